"""The climb to the top of a marginal likelihood: what `irt` fits models with.

Inside, an item is (a, d, g) with d = -a·b and g = logit c. EM-gradient steps (Lange 1995) come first, then Newton steps
with the observed information (Louis 1982).
"""

from dataclasses import dataclass

from lms.assessments.statistics.arrays import Array, Flags, np

POINTS = 61
REACH = 6.0
STEEPEST = 10.0
"""No slope is let past this: beyond it the likelihood is flat and the estimate has run away."""


@dataclass
class Data:
    """Distinct answer patterns: `right` and `answered` are patterns × items, `counts` how often each is there."""

    right: Array
    answered: Array
    counts: Array
    nodes: Array
    weights: Array
    complete: bool


@dataclass
class State:
    """Where the fit stands: parameters items × 3 (a, d, g), and what the E-step found there."""

    full: Array
    objective: float
    loglik: float
    posterior: Array
    p: Array
    slopes: Array
    """items × nodes × parameters: dP / d(a, d, g)."""
    residual: Array
    """items × nodes: expected right less expected by the model."""
    expected_right: Array
    expected: Array


def patterns(right: Array, answered: Array, points: int) -> Data:
    coded = (right + 2 * (1 - answered)).astype(np.int8)
    distinct, counts = np.unique(coded, axis=0, return_counts=True)
    nodes = np.linspace(-REACH, REACH, points)
    weights = np.exp(-nodes * nodes / 2)
    return Data(
        right=(distinct == 1).astype(np.float64),
        answered=(distinct != 2).astype(np.float64),
        counts=counts.astype(np.float64),
        nodes=nodes,
        weights=weights / weights.sum(),
        complete=bool((distinct != 2).all()),
    )


class Fitter:
    """One model on one set of data: free parameters `phi`, with (a, d, g) of all items = base + map @ phi."""

    def __init__(self, data: Data, *, model: str, sd: float | None, guessing: tuple[float, float]) -> None:
        self.data = data
        self.model = model
        self.size = data.right.shape[1]
        self.guessing = guessing if model == "3pl" else None
        self.width = 3 if model == "3pl" else 2
        self.fixed_sd = sd if model == "rasch" else None
        k, width = self.size, self.width
        self.base = np.zeros(k * width)
        if model in ("2pl", "3pl"):
            self.map = np.eye(k * width)
        else:
            self.map = np.zeros((k * 2, k + 1))
            self.map[0::2, 0] = 1
            self.map[1::2, 1:] = np.eye(k)
            if self.fixed_sd is not None:
                self.base[0::2] = self.fixed_sd
                self.map = self.map[:, 1:]
        lowest, highest = np.full(k * width, -np.inf), np.full(k * width, np.inf)
        lowest[0::width], highest[0::width] = (
            (-STEEPEST if width * k == self.map.shape[1] else 1e-3),
            STEEPEST,
        )
        if width == 3:
            lowest[2::3], highest[2::3] = -8.0, 2.0
        if self.map.shape[1] == k * width:
            self.lowest, self.highest = lowest, highest
        else:
            free = self.map.shape[1]
            self.lowest, self.highest = np.full(free, -np.inf), np.full(free, np.inf)
            if self.fixed_sd is None:
                self.lowest[0], self.highest[0] = 1e-3, STEEPEST

    def start(self, share: Array) -> Array:
        """A first guess from the facilities."""
        full = np.zeros((self.size, self.width))
        full[:, 0] = 1.0
        if self.guessing:
            mean = self.guessing[0]
            full[:, 2] = mean
            floor = 1 / (1 + np.exp(-mean))
            share = np.clip((share - floor) / (1 - floor), 0.05, 0.99)
        full[:, 1] = np.log(share / (1 - share)) * 1.2
        if self.map.shape[1] == full.size:
            return full.ravel()
        return full[:, 1] if self.fixed_sd is not None else np.concatenate([[1.0], full[:, 1]])

    def at(self, phi: Array) -> State:
        """The E-step at `phi`."""
        data = self.data
        full = (self.base + self.map @ phi).reshape(self.size, self.width)
        z = full[:, :1] * data.nodes + full[:, 1:2]
        # log σ(z) and log σ(-z) without overflow
        log_right, log_wrong = -np.logaddexp(0, -z), -np.logaddexp(0, z)
        s, t = np.exp(log_right), np.exp(log_wrong)
        slopes = np.empty((*z.shape, self.width))
        if self.guessing:
            c = 1 / (1 + np.exp(-full[:, 2:3]))
            p = c + (1 - c) * s
            log_right, log_wrong = np.log(p), np.log1p(-c) + log_wrong
            steep = (1 - c) * s * t
            slopes[:, :, 2] = c * (1 - c) * t
        else:
            p, steep = s, s * t
        slopes[:, :, 0], slopes[:, :, 1] = steep * data.nodes, steep
        logs = data.right @ (log_right - log_wrong)
        logs += log_wrong.sum(axis=0) if data.complete else data.answered @ log_wrong
        logs += np.log(data.weights)
        highest = logs.max(axis=1, keepdims=True)
        np.exp(logs - highest, out=logs)
        sums = logs.sum(axis=1, keepdims=True)
        logs /= sums
        loglik = float(data.counts @ (np.log(sums[:, 0]) + highest[:, 0]))
        weighted = logs * data.counts[:, None]
        expected_right = data.right.T @ weighted
        expected = (
            np.broadcast_to(weighted.sum(axis=0), expected_right.shape)
            if data.complete
            else data.answered.T @ weighted
        )
        objective = loglik
        if self.guessing:
            mean, sd = self.guessing
            objective -= float((((full[:, 2] - mean) / sd) ** 2).sum()) / 2
        return State(
            full, objective, loglik, logs, p, slopes, expected_right - expected * p, expected_right, expected
        )

    def gradient(self, state: State) -> Array:
        """The objective's gradient in `phi`."""
        variance = self._variance(state)
        steps = np.einsum("jq,jqp->jp", state.residual / variance, state.slopes)
        if self.guessing:
            mean, sd = self.guessing
            steps[:, 2] -= (state.full[:, 2] - mean) / sd**2
        gradient: Array = self.map.T @ steps.ravel()
        return gradient

    def complete_information(self, state: State) -> Array:
        """Fisher's information of the completed data: the EM-gradient step's matrix."""
        weight = state.expected / self._variance(state)
        blocks = np.einsum("jq,jqp,jqr->jpr", weight, state.slopes, state.slopes)
        return self._reduced(self._spread(self._with_prior(blocks)))

    def observed_information(self, state: State) -> Array:
        """Minus the objective's Hessian, by Louis's (1982) identity."""
        data, width = self.data, self.width
        p, variance = state.p, self._variance(state)
        wrong = state.expected - state.expected_right
        q = np.maximum(1 - p, 1e-12)
        curve = state.expected_right / np.maximum(p, 1e-12) ** 2 + wrong / q**2
        blocks = np.einsum("jq,jqp,jqr->jpr", curve, state.slopes, state.slopes)
        blocks -= np.einsum("jq,jqpr->jpr", state.residual / variance, self._second(state))
        whole = self._spread(self._with_prior(blocks))
        score = state.slopes / variance[:, :, None]  # dlogit-likelihood per unit of residual
        weighted = state.posterior * data.counts[:, None]
        for at in range(len(data.nodes)):
            residual = data.right - data.answered * p[:, at]
            crossed = residual.T @ (residual * weighted[:, at : at + 1])
            here = score[:, at, :]
            whole -= (here[:, :, None, None] * crossed[:, None, :, None] * here[None, None, :, :]).reshape(
                whole.shape
            )
        mean = np.empty((len(data.right), self.size, width))
        for one in range(width):
            gained = state.posterior @ score[:, :, one].T
            lost = state.posterior @ (score[:, :, one] * p).T
            mean[:, :, one] = data.right * gained - data.answered * lost
        flat = mean.reshape(len(mean), -1)
        whole += flat.T @ (flat * data.counts[:, None])
        return self._reduced(whole)

    def run(self, share: Array) -> tuple[State, bool]:
        """Climb to the top. Returns the last state and whether it settled."""
        phi = self.start(share)
        state = self.at(phi)
        information: Array | None = None
        before, newton, patience = np.inf, False, 8
        for turn in range(600):
            gradient = self.gradient(state)
            free = ~(((phi >= self.highest) & (gradient > 0)) | ((phi <= self.lowest) & (gradient < 0)))
            size = float(np.abs(gradient[free]).max()) if free.any() else 0.0
            if newton and size > before / 4:
                information = None
            newton = newton or turn >= patience
            if newton:
                if information is None:
                    information = self.observed_information(state)
                step = _solve(information, gradient, free)
                if step is None:
                    newton, information, patience = False, None, turn + 12
            if not newton:
                step = _solve(self.complete_information(state), gradient, free)
            if step is None:
                return state, False
            if newton and float(np.abs(step).max()) < 1e-7:
                return state, True
            before = size
            moved = self._climb(phi, state, step)
            if moved is None:
                settled = size < 1e-4 * max(1.0, float(self.data.counts.sum()) ** 0.5)
                if settled or not newton:
                    return state, settled
                newton, information, patience = False, None, turn + 12
                continue
            phi, state = moved
        return state, False

    def _climb(self, phi: Array, state: State, step: Array) -> tuple[Array, State] | None:
        step = step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
        for _halving in range(12):
            trial = np.clip(phi + step, self.lowest, self.highest)
            reached = self.at(trial)
            if reached.objective >= state.objective - 1e-9:
                return trial, reached
            step = step / 2
        return None

    def _variance(self, state: State) -> Array:
        variance: Array = np.maximum(state.p * (1 - state.p), 1e-12)
        return variance

    def _second(self, state: State) -> Array:
        """items × nodes × parameters × parameters: the second derivatives of P."""
        nodes = self.data.nodes
        second = np.zeros((*state.p.shape, self.width, self.width))
        if self.guessing:
            c = 1 / (1 + np.exp(-state.full[:, 2:3]))
            s = (state.p - c) / (1 - c)
            bend = (1 - c) * s * (1 - s) * (1 - 2 * s)
            across = -c * (1 - c) * s * (1 - s)
            second[:, :, 0, 2] = second[:, :, 2, 0] = across * nodes
            second[:, :, 1, 2] = second[:, :, 2, 1] = across
            second[:, :, 2, 2] = c * (1 - c) * (1 - 2 * c) * (1 - s)
        else:
            s = state.p
            bend = s * (1 - s) * (1 - 2 * s)
        second[:, :, 0, 0] = bend * nodes**2
        second[:, :, 0, 1] = second[:, :, 1, 0] = bend * nodes
        second[:, :, 1, 1] = bend
        return second

    def _with_prior(self, blocks: Array) -> Array:
        if self.guessing:
            blocks[:, 2, 2] += 1 / self.guessing[1] ** 2
        return blocks

    def _spread(self, blocks: Array) -> Array:
        whole = np.zeros((self.size, self.width, self.size, self.width))
        at = np.arange(self.size)
        whole[at, :, at, :] = blocks
        return whole.reshape(self.size * self.width, -1)

    def _reduced(self, whole: Array) -> Array:
        if self.map.shape[0] == self.map.shape[1]:
            return whole
        reduced: Array = self.map.T @ whole @ self.map
        return reduced


def _solve(information: Array, gradient: Array, free: Flags) -> Array | None:
    """The step of the free parameters, or None when the matrix does not point uphill."""
    step = np.zeros_like(gradient)
    at = np.flatnonzero(free)
    try:
        lower = np.linalg.cholesky(information[np.ix_(at, at)])
    except np.linalg.LinAlgError:
        return None
    step[at] = np.linalg.solve(lower.T, np.linalg.solve(lower, gradient[at]))
    return step if np.isfinite(step).all() else None
