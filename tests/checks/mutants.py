"""Small mistakes in an answer: each mutant differs from it in one place.

A changed sign, constant, comparison or axis, a term or call left out, two names or arguments exchanged, one
element or statement less: what people mistype. `source_mutants` makes them all; nothing is drawn by chance.
"""

import ast
from collections.abc import Iterator

_OPERATORS = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div],
    ast.Div: [ast.Mult],
    ast.Pow: [ast.Mult],
    ast.BitAnd: [ast.BitOr],
}
_COMPARISONS = {
    ast.Eq: [ast.NotEq],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.LtE: [ast.Lt, ast.GtE],
}
_NAMES = {
    "mean": "sum",
    "sum": "mean",
    "any": "all",
    "argmin": "argmax",
    "eval": "train",
    "train": "eval",
    "sqrt": "square",
    "abs": "square",
}


def source_mutants(code: str) -> list[str]:
    """Make all mutants of an answer.

    Parameters
    ----------
    code : str
        The answer, as it stands between the markers of a lesson.

    Returns
    -------
    list of str
        Codes that can be run, each once, in the order of the places where they differ.
    """
    tree = ast.parse(code)
    found: dict[str, None] = {}
    for owner, field, index, node in _places(tree):
        for changed in _changes(node, _arguments(tree)):
            _put(owner, field, index, changed)
            mutant = ast.unparse(ast.fix_missing_locations(tree))
            _put(owner, field, index, node)
            found.setdefault(mutant)
    found.pop(ast.unparse(tree), None)
    return list(found)


def _places(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Where each part of a code hangs: its owner, the field, and its place where the field is a list."""
    for owner in ast.walk(tree):
        for field, value in ast.iter_fields(owner):
            if isinstance(value, list):
                yield from ((owner, field, i, one) for i, one in enumerate(value) if isinstance(one, ast.AST))
            elif isinstance(value, ast.AST):
                yield owner, field, None, value


def _put(owner: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(owner, field, node)
    else:
        getattr(owner, field)[index] = node


def _arguments(tree: ast.AST) -> list[str]:
    return [argument.arg for argument in ast.walk(tree) if isinstance(argument, ast.arg)]


def _changes(node: ast.AST, arguments: list[str]) -> Iterator[ast.AST]:
    """What else could stand in this place."""
    match node:
        case ast.BinOp(left, operator, right):
            yield from (ast.BinOp(left, other(), right) for other in _OPERATORS.get(type(operator), []))
            yield from (left, right, ast.BinOp(right, operator, left))
        case ast.UnaryOp(_, operand):
            yield operand
        case ast.BoolOp(_, values):
            yield from values
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), values)
        case ast.Compare(left, [operator], right):
            yield from (ast.Compare(left, [other()], right) for other in _COMPARISONS.get(type(operator), []))
        case ast.Constant(bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(int() | float() as value):
            yield from map(ast.Constant, (value + 1, value - 1, -value, 2 * value))
        case ast.Call(function, values, keywords):
            yield from _calls(node, function, values, keywords)
        case ast.Attribute(value, name, context) if name in _NAMES:
            yield ast.Attribute(value, _NAMES[name], context)
        case ast.Subscript(value, slice_):
            yield value
            if isinstance(slice_, ast.Tuple):
                yield ast.Subscript(value, ast.Tuple(slice_.elts[::-1], ast.Load()), ast.Load())
        case ast.List(items, ast.Load()) | ast.Set(items):
            kind = ast.List if isinstance(node, ast.List) else ast.Set
            for i in range(len(items)):
                rest = items[:i] + items[i + 1 :]
                yield ast.List(rest, ast.Load()) if kind is ast.List else ast.Set(rest)
        case ast.Tuple(items, ast.Load()) if len(items) > 1:
            yield ast.Tuple(items[::-1], ast.Load())
        case ast.Name(name, ast.Load()) if name in arguments:
            yield from (ast.Name(other, ast.Load()) for other in arguments if other != name)
        case ast.Expr(ast.Call()) | ast.AugAssign():
            yield ast.Pass()
        case ast.Return(value):
            yield ast.Expr(value)
        case ast.If(test, body, orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.With(_, body):
            yield ast.If(ast.Constant(1), body, [])


def _calls(node: ast.Call, function: ast.expr, values: list, keywords: list) -> Iterator[ast.AST]:
    """The call left out, its arguments exchanged, or one keyword less."""
    if values:
        yield values[0]
    if isinstance(function, ast.Attribute) and not values:
        yield function.value
    if len(values) > 1:
        yield ast.Call(function, values[::-1], keywords)
    for i in range(len(keywords)):
        yield ast.Call(function, values, keywords[:i] + keywords[i + 1 :])
