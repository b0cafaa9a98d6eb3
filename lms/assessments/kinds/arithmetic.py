"""Expressions that authors write: numbers, parameters and a few functions, and nothing that could do harm."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, exp, floor, isfinite, sqrt

from lms.assessments.kinds import queueing
from lms.assessments.kinds.amounts import rounded

LONGEST, MOST_PARTS, DEEPEST, HIGHEST_POWER = 300, 100, 20, 100


class BadExpression(ValueError):
    """The expression cannot be read or worked out; the message says why, in a sentence."""


def _power(base: float, exponent: float) -> float:
    if abs(exponent) > HIGHEST_POWER:
        raise BadExpression(f"A power may be at most {HIGHEST_POWER}.")
    if base < 0 and exponent != int(exponent):
        raise BadExpression("A negative number has no power that is not whole.")
    return float(base**exponent)


_BINARY: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: _power,
}
_UNARY: Mapping[type[ast.unaryop], Callable[[float], float]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}
_COMPARE: Mapping[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}


def _round(value: float, decimals: float = 0) -> float:
    if abs(decimals) > 10:
        raise BadExpression("Round to at most 10 decimals.")
    return rounded(value, int(decimals))


_FUNCTIONS: Mapping[str, tuple[Callable[..., float], int, int]] = {
    "round": (_round, 1, 2), "ceil": (ceil, 1, 1), "floor": (floor, 1, 1), "min": (min, 2, 9), "max": (max, 2, 9),
    "abs": (abs, 1, 1), "exp": (exp, 1, 1), "sqrt": (sqrt, 1, 1), "erlang_c": (queueing.erlang_c, 2, 2),
    "service_level": (queueing.service_level, 4, 4), "asa": (queueing.asa, 3, 3),
    "agents_needed": (queueing.agents_needed, 4, 4),
}
FUNCTIONS = frozenset(_FUNCTIONS)


@dataclass(frozen=True)
class Expression:
    """A checked expression and the names of the parameters it needs."""

    text: str
    names: frozenset[str]
    _node: ast.expr

    def value(self, parameters: Mapping[str, float]) -> float:
        """The finite number it comes to. Raises BadExpression when it cannot be worked out."""
        try:
            result = float(_work_out(self._node, parameters))
        except ZeroDivisionError:
            raise BadExpression("It divides by zero.") from None
        except OverflowError:
            raise BadExpression("The number grows too large.") from None
        except (ValueError, KeyError) as error:
            raise error if isinstance(error, BadExpression) else BadExpression(_sentence(error)) from None
        if not isfinite(result):
            raise BadExpression("The number grows too large.")
        return result

    def holds(self, parameters: Mapping[str, float]) -> bool:
        """Whether a comparison is true. Raises BadExpression as `value` does."""
        return bool(self.value(parameters))


def _sentence(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"There is no parameter “{error.args[0]}”."
    return str(error) if isinstance(error, queueing.Impossible) else "It cannot be worked out."


@lru_cache(maxsize=4096)
def parsed(text: str, *, comparison: bool = False) -> Expression:
    """The expression of a text; with `comparison`, one such as a * b < c. Raises BadExpression."""
    if len(text) > LONGEST:
        raise BadExpression(f"Keep an expression under {LONGEST} characters.")
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise BadExpression(f"We cannot read “{text}”. Write it as in calls * aht / 1800.") from None
    if isinstance(node, ast.Compare) != comparison:
        raise BadExpression(
            "Compare two sides, as in calls < 100." if comparison else "Only `require` may compare with < or >."
        )
    checked = [part for side in _sides(node) for part in _checked(side, DEEPEST)]
    if len(checked) > MOST_PARTS:
        raise BadExpression("Make the expression shorter.")
    return Expression(text, frozenset(part.id for part in checked if isinstance(part, ast.Name)), node)


def _sides(node: ast.expr) -> list[ast.expr]:
    if not isinstance(node, ast.Compare):
        return [node]
    if not all(type(sign) in _COMPARE for sign in node.ops):
        raise BadExpression("Compare with < <= > >= == or !=.")
    return [node.left, *node.comparators]


def _checked(node: ast.expr, depth: int) -> list[ast.expr]:
    """The node and all beneath it, each of a sort that is allowed."""
    if depth == 0:
        raise BadExpression("Use fewer brackets inside brackets.")
    return [node, *(part for child in _children(node) for part in _checked(child, depth - 1))]


def _children(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool) and abs(number) < 1e300:
            return []
        case ast.Name():
            return []
        case ast.UnaryOp(op=sign, operand=operand) if type(sign) in _UNARY:
            return [operand]
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _BINARY:
            return [left, right]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            _check_count(name, len(args))
            return args
        case ast.Call(func=ast.Name(id=name), keywords=[]):
            raise BadExpression(f"There is no function “{name}”. Known: {', '.join(sorted(FUNCTIONS))}.")
    raise BadExpression("Use only numbers, parameters, + - * / ** ( ) and the functions of the course format.")


def _check_count(name: str, count: int) -> None:
    _function, fewest, most = _FUNCTIONS[name]
    if not fewest <= count <= most:
        wanted = str(fewest) if fewest == most else f"{fewest} to {most}"
        raise BadExpression(f"Give {name} {wanted} values; it has {count}.")


def _work_out(node: ast.expr, parameters: Mapping[str, float]) -> float:
    """Numbers are floats throughout, so that nothing can grow without end. A comparison gives 1 or 0."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return float(parameters[name])
        case ast.UnaryOp(op=sign, operand=operand):
            return _UNARY[type(sign)](_work_out(operand, parameters))
        case ast.BinOp(left=left, op=sign, right=right):
            return _BINARY[type(sign)](_work_out(left, parameters), _work_out(right, parameters))
        case ast.Call(func=ast.Name(id=name), args=args):
            return float(_FUNCTIONS[name][0](*(_work_out(argument, parameters) for argument in args)))
        case ast.Compare(left=left, ops=signs, comparators=others):
            values = [_work_out(side, parameters) for side in (left, *others)]
            pairs = zip(signs, values, values[1:], strict=False)
            return float(all(_COMPARE[type(sign)](before, after) for sign, before, after in pairs))
    raise BadExpression("It cannot be worked out.")
