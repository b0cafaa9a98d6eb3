"""Logistic regression of grouped counts, and small systems of equations, in plain Python."""

import math
from collections.abc import Sequence
from operator import mul


def logistic_fit(
    rows: Sequence[tuple[Sequence[float], float, float]], size: int, *, start: Sequence[float] = ()
) -> tuple[list[float], float] | None:
    """Maximum-likelihood logistic regression of grouped counts (predictors, hits, trials) by Newton's method.

    `start`: the first coefficients, of a smaller model on the same rows. Returns the coefficients and the log likelihood, or
    None when nothing varies or the predictors are collinear.
    """
    beta = [0.0] * size
    hits, trials = sum(row[1] for row in rows), sum(row[2] for row in rows)
    if not 0 < hits < trials:
        return None
    beta[0] = math.log(hits / (trials - hits))
    beta[: len(start)] = start
    best = _log_likelihood(rows, beta)
    for _turn in range(100):
        gradient = [0.0] * size
        information = [[0.0] * size for _row in range(size)]
        for x, hit, n in rows:
            p = _sigmoid(sum(map(mul, beta, x)))
            residual, weight = hit - n * p, n * p * (1 - p)
            for i in range(size):
                gradient[i] += residual * x[i]
                weighted = weight * x[i]
                line = information[i]
                for j in range(i + 1):
                    line[j] += weighted * x[j]
        for i in range(size):
            for j in range(i):
                information[j][i] = information[i][j]
        step = solve(information, gradient)
        if step is None:
            return (beta, best) if max(map(abs, gradient)) < 1e-4 * trials else None
        scale = 1.0
        while scale > 1e-6:
            trial = [b + scale * s for b, s in zip(beta, step, strict=True)]
            reached = _log_likelihood(rows, trial)
            if reached >= best:
                break
            scale /= 2
        else:
            return beta, best
        moved = reached - best
        beta, best = trial, reached
        if moved < 1e-12 * max(1.0, abs(best)):
            break
    return beta, best


def _log_likelihood(rows: Sequence[tuple[Sequence[float], float, float]], beta: Sequence[float]) -> float:
    total = 0.0
    for x, hit, n in rows:
        z = sum(map(mul, beta, x))
        total += hit * z - n * (max(z, 0.0) + math.log1p(math.exp(-abs(z))))
    return total


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def solve(matrix: Sequence[Sequence[float]], values: Sequence[float]) -> list[float] | None:
    """Solve a small system by elimination with pivoting; None when it is singular."""
    size = len(values)
    rows = [[*row, value] for row, value in zip(matrix, values, strict=True)]
    largest = max((abs(cell) for row in matrix for cell in row), default=0.0)
    for at in range(size):
        pivot = max(range(at, size), key=lambda one: abs(rows[one][at]))
        if abs(rows[pivot][at]) <= 1e-13 * largest:
            return None
        rows[at], rows[pivot] = rows[pivot], rows[at]
        for below in range(at + 1, size):
            factor = rows[below][at] / rows[at][at]
            if factor:
                rows[below] = [x - factor * y for x, y in zip(rows[below], rows[at], strict=True)]
    result = [0.0] * size
    for at in reversed(range(size)):
        rest = math.fsum(rows[at][j] * result[j] for j in range(at + 1, size))
        result[at] = (rows[at][size] - rest) / rows[at][at]
    return result
