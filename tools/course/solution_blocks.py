"""Cut the answers out of a lesson: what stands between ``### BEGIN SOLUTION`` and ``### END SOLUTION``.

The learner's edition shows the *shape* of an answer and not the answer: ``edges = sobel(picture)`` becomes
``edges = ...``, and a function keeps its signature and docstring. Whatever cannot be shown that way is an
error here: the only other choice would be to give the answer away or to break the cell that follows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_MARKER_LIKE = re.compile(r"^[\s#]*(BEGIN|END)[\s_-]*SOLUTION\b", re.IGNORECASE)
_DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef
_HARMLESS = ast.Expr | ast.Assert | ast.Pass


class LessonError(ValueError):
    """A lesson breaks a rule of the builder; the message starts with its file and line."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path.as_posix()}:{line}: {reason}")


@dataclass(frozen=True)
class Block:
    """A solution block: the line numbers of its two markers (from 1) and the code between them."""

    begin: int
    end: int
    code: str


def find_blocks(text: str, path: Path) -> list[Block]:
    """Find the solution blocks of a lesson.

    Parameters
    ----------
    text : str
        The whole lesson, py:percent.
    path : Path
        What error messages call it.

    Returns
    -------
    list of Block
        In the order of the lesson.

    Raises
    ------
    LessonError
        If a marker is misspelled or indented, a block is nested, unclosed or crosses the end of its cell, or
        an END has no BEGIN.
    """
    lines = text.split("\n")
    blocks, begin = [], None
    for number, line in enumerate(lines, start=1):
        if begin and line.startswith("# %%"):
            raise LessonError(
                path, begin, f"solution block still open where its cell ends, line {number - 1}"
            )
        if not _MARKER_LIKE.match(line):
            continue
        if line.rstrip() not in (BEGIN, END):
            raise LessonError(path, number, f"expected {BEGIN!r} or {END!r} at the left margin, got {line!r}")
        if line.rstrip() == BEGIN:
            if begin:
                raise LessonError(path, number, f"nested solution block: that of line {begin} is still open")
            begin = number
        elif begin:
            blocks.append(Block(begin, number, "\n".join(lines[begin : number - 1])))
            begin = None
        else:
            raise LessonError(path, number, f"{END!r} without a {BEGIN!r} above it")
    if begin:
        raise LessonError(path, begin, "this solution block is never closed")
    return blocks


def without_markers(text: str, path: Path, *, answers: bool) -> str:
    """Put in the place of each solution block its code, for the instructor's edition, or its stubs."""
    lines = text.split("\n")
    for block in reversed(find_blocks(text, path)):
        lines[block.begin - 1 : block.end] = [block.code if answers else stub(block, path)]
    return "\n".join(lines)


def stub(block: Block, path: Path) -> str:
    """Turn the code of a block into its shape.

    Parameters
    ----------
    block : Block
        Its code is Python; comments, calls and assertions in it vanish.
    path : Path
        What error messages call the lesson.

    Returns
    -------
    str
        One ``name = ...`` for each assignment, each function with its signature, its docstring and ``...``;
        a lone ``...`` if the block defines nothing.

    Raises
    ------
    LessonError
        If the block is not Python, or defines a name in a way that has no stub.

    Examples
    --------
    >>> code = "edges = sobel(picture)  # the magnitude\\nlow, high = 0.1, 0.2"
    >>> print(stub(Block(1, 4, code), Path("lesson.py")))
    edges = ...
    low, high = ..., ...
    """
    try:
        statements = ast.parse(block.code).body
    except SyntaxError as error:
        raise LessonError(path, block.begin + (error.lineno or 1), f"not Python: {error.msg}") from error
    stubs: list[str] = []
    known: set[str] = set()
    for statement in statements:
        reason = _why_no_stub(statement, block.code)
        if reason:
            raise LessonError(path, block.begin + statement.lineno, reason)
        names = set(defined_names(statement))
        if names - known:
            stubs.append(_stub_of(statement, block.code))
        known |= names
    return "\n".join(stubs).strip("\n").replace("\n\n\n", "\n\n") or "..."


def defined_names(statement: ast.stmt) -> Iterator[str]:
    """Give the names that an assignment or a function defines; nothing for other statements."""
    if isinstance(statement, _DEFINITION):
        yield statement.name
    for target in _targets(statement):
        yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))


def _targets(statement: ast.stmt) -> list[ast.expr]:
    if isinstance(statement, ast.Assign):
        return statement.targets
    return [statement.target] if isinstance(statement, ast.AnnAssign) else []


def _why_no_stub(statement: ast.stmt, code: str) -> str | None:
    """Say why a statement cannot be shown without its answer, or None if it can."""
    if isinstance(statement, _DEFINITION):
        before = [code.split("\n")[one.lineno - 1][: one.col_offset] for one in statement.body[:2]]
        return "in a function each statement has its own line" if "".join(before).strip() else None
    targets = _targets(statement)
    if not targets and not isinstance(statement, _HARMLESS):
        kind = type(statement).__name__
        return f"{kind} in a solution block has no stub: assign to a name, or write a function"
    for target in targets:
        for node in ast.walk(target):
            if isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
                return f"{ast.unparse(target)!r} cannot be stubbed: assign to a plain name"
    if any(isinstance(node, ast.NamedExpr) for node in ast.walk(statement)):
        return "a name defined with := cannot be stubbed: assign to it on a line of its own"
    return None


def _stub_of(statement: ast.stmt, code: str) -> str:
    if isinstance(statement, _DEFINITION):
        return _function_stub(statement, code)
    targets = _targets(statement)
    written = [ast.get_source_segment(code, target) or "" for target in targets]
    if isinstance(statement, ast.AnnAssign):
        return f"{written[0]}: {ast.get_source_segment(code, statement.annotation)} = ..."
    shape = next((target for target in targets if not isinstance(target, ast.Name)), targets[0])
    return f"{' = '.join(written)} = {_placeholder(shape)}"


def _placeholder(target: ast.expr, *, inner: bool = False) -> str:
    """Give as many ``...`` as the target has names: ``low, high = ...`` would not unpack."""
    if not isinstance(target, ast.Tuple | ast.List):
        return "..."
    parts = ", ".join(_placeholder(part, inner=True) for part in target.elts)
    parts += "," if len(target.elts) == 1 else ""
    return f"({parts})" if inner else parts


def _function_stub(function: ast.FunctionDef | ast.AsyncFunctionDef, code: str) -> str:
    """Keep the lines down to the docstring, or to the signature's end: thoughts below it are the answer's."""
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    documented = ast.get_docstring(function) is not None
    last = function.body[0].end_lineno if documented else function.body[0].lineno - 1
    kept = code.split("\n")[first - 1 : last]
    while kept[-1].strip()[:1] in ("", "#"):
        kept.pop()
    return "\n".join(["", *kept, "    ...", ""])
