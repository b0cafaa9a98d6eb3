"""Expressions that authors write: numbers, parameters, + - * / **, comparisons, and a short list of functions."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

LONGEST = 300
BIGGEST_POWER = 64


class BadExpression(ValueError):
    """The expression cannot be read or worked out; the sentence says why."""


def erlang_c(agents: float, load: float) -> float:
    """Probability of waiting (Erlang C), by B0 = 1, Bk = A·B/(k + A·B); C = B / (1 - (A/N)(1 - B)). Needs agents > load."""
    count = round(agents)
    if not 0 < load < count <= 10_000:
        raise BadExpression("Erlang C needs more agents than load, and at most 10,000.")
    blocked = 1.0
    for k in range(1, count + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked / (1 - load / count * (1 - blocked))


def service_level(agents: float, load: float, seconds: float, aht: float) -> float:
    """Share answered within `seconds`: 1 - C·exp(-(N - A)·T/AHT)."""
    return 1 - erlang_c(agents, load) * math.exp(-(round(agents) - load) * seconds / aht)


def asa(agents: float, load: float, aht: float) -> float:
    """Average speed of answer in seconds: C·AHT/(N - A)."""
    return erlang_c(agents, load) * aht / (round(agents) - load)


def agents_needed(load: float, share: float, seconds: float, aht: float) -> float:
    """The fewest agents that answer `share` of contacts within `seconds`."""
    if not (share < 1 and seconds >= 0 and aht > 0):
        raise BadExpression("A service level is a share under 1, of contacts that take some time.")
    count = math.floor(load) + 1
    while service_level(count, load, seconds, aht) < share:
        count += 1
        if count > 10_000:
            raise BadExpression("That service level needs more than 10,000 agents.")
    return count


FUNCTIONS: dict[str, Callable[..., float]] = {
    "round": round,
    "ceil": math.ceil,
    "floor": math.floor,
    "min": min,
    "max": max,
    "abs": abs,
    "exp": math.exp,
    "sqrt": math.sqrt,
    "erlang_c": erlang_c,
    "service_level": service_level,
    "asa": asa,
    "agents_needed": agents_needed,
}
OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def evaluate(expression: object, values: Mapping[str, float]) -> float:
    """The expression's value with these parameters. Raises BadExpression."""
    text = str(expression)
    if len(text) > LONGEST:
        raise BadExpression(f"Keep the expression under {LONGEST} characters.")
    try:
        result = float(_value(ast.parse(text.strip(), mode="eval").body, values))
    except BadExpression:
        raise
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        raise BadExpression(f"We could not read “{text}” as arithmetic.") from None
    except (ZeroDivisionError, OverflowError):
        raise BadExpression(f"“{text}” divides by zero or grows too big.") from None
    if not math.isfinite(result):
        raise BadExpression(f"“{text}” grows too big.")
    return result


def _value(node: ast.AST, values: Mapping[str, float]) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.Name(id=name):
            raise BadExpression(f"We do not know “{name}”: it is not a parameter of this question.")
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base, power = _value(left, values), _value(right, values)
            if abs(power) > BIGGEST_POWER:
                raise BadExpression(f"Keep powers at {BIGGEST_POWER} or less.")
            return float(base) ** power  # whole numbers would grow for as long as there is memory
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return OPERATORS[type(op)](_value(left, values), _value(right, values))
        case ast.UnaryOp(op=op, operand=operand) if type(op) in OPERATORS:
            return OPERATORS[type(op)](_value(operand, values))
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_value(part, values) for part in parts)
        case ast.BoolOp(op=ast.Or(), values=parts):
            return any(_value(part, values) for part in parts)
        case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in OPERATORS for op in ops):
            chain = [_value(left, values), *(_value(other, values) for other in others)]
            return all(
                OPERATORS[type(op)](one, two) for op, one, two in zip(ops, chain, chain[1:], strict=False)
            )
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name](*(_value(argument, values) for argument in arguments))
    raise BadExpression("Use numbers, parameters, + - * / ** and the listed functions only.")
