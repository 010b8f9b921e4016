"""Every public docstring is complete, as numpydoc's own validation judges it."""

import dataclasses
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from numpydoc.docscrape import ClassDoc
from numpydoc.validate import validate

import workshop_utils

#: What is held: a summary that is a sentence, every parameter, what comes back, in the usual words.
HELD = {
    "GL05", "GL06", "GL07", "GL08", "GL09", "SS01", "SS02", "SS03", "SS04", "SS05", "PR01", "PR02", "PR03",
    "PR05", "PR06", "PR07", "PR08", "PR09", "PR10", "RT01", "RT05", "YD01",
}  # fmt: skip


def public() -> Iterator[tuple[str, Any]]:
    """Name each public function, class, method and property of the rooms, once."""
    for room in workshop_utils.__all__:
        module = getattr(workshop_utils, room)
        if not inspect.ismodule(module):
            continue
        own = [
            name
            for name, thing in vars(module).items()
            if getattr(thing, "__module__", "") == module.__name__
        ]
        for name in getattr(module, "__all__", own):
            thing = getattr(module, name)
            if name.startswith("_") or not (inspect.isfunction(thing) or inspect.isclass(thing)):
                continue
            path = f"workshop_utils.{room}.{name}"
            yield path, thing
            if inspect.isclass(thing):
                kinds = (property, classmethod, staticmethod)
                for member, value in vars(thing).items():
                    if not member.startswith("_") and (inspect.isfunction(value) or isinstance(value, kinds)):
                        yield f"{path}.{member}", value


THINGS = dict(public())


def fields(thing: Any) -> set[str]:
    """Name what a record is made of: a dataclass or a named tuple, which documents it as attributes."""
    if dataclasses.is_dataclass(thing):
        return {field.name for field in dataclasses.fields(thing)}
    return set(getattr(thing, "_fields", ()))


@pytest.mark.parametrize("path", THINGS)
def test_the_docstring_is_complete(path):
    thing = THINGS[path]
    found = {code: said for code, said in validate(path)["errors"] if code in HELD}
    if (names := fields(thing)) and "PR01" in found:
        documented = {
            name for attribute in ClassDoc(thing)["Attributes"] for name in attribute.name.split(", ")
        }
        if names <= documented:
            del found["PR01"]
    assert not found, path


def test_everything_public_is_looked_at():
    assert len(THINGS) > 150
    assert {"workshop_utils.training.fit", "workshop_utils.evaluation.ClassificationReport.table"} <= set(
        THINGS
    )
