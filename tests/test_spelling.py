"""The course spells as Americans do, in code and in prose; what others have named keeps its name."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BRITISH = re.compile(
    r"colour|neighbour|favour|honour|behaviour|\bcentre|centred|judgement|licence|learnt|spelt|litre|grey"
    r"|labelled|labelling|cancelled|modelled|artefact|sulphur|aluminium|anticlockwise|\bper cent\b"
    r"|(optim|normal|equal|recogn|maxim|minim|kekul|standard|sanit|regular|parametr|organ|summar|initial"
    r"|general|visual)is(e|ed|es|er|ing|ation)\b",
    re.IGNORECASE,
)
#: Names that others have given, and the one old value that stays accepted.
NAMES = re.compile(
    r"https?://\S+|mols per litre|Greys\b|lightgrey|palette=.colour.|== .colour.|computationalmodelling"
)
#: The changelog says what earlier versions called things; this file lists them.
SPARED = {"CHANGELOG.md", "tests/test_spelling.py"}
KINDS = {
    ".py",
    ".pyi",
    ".md",
    ".toml",
    ".yml",
    ".yaml",
    ".css",
    ".html",
    ".j2",
    ".sh",
    ".ipynb",
    ".txt",
    ".json",
}


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    return [name for name in done.stdout.split("\n") if Path(name).suffix in KINDS and name not in SPARED]


FILES = tracked()


@pytest.mark.skipif(not FILES, reason="not a checkout: git lists no files")
def test_nothing_is_spelled_otherwise():
    found = []
    for name in FILES:
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").split("\n"), start=1):
            if match := BRITISH.search(NAMES.sub("", line)):
                found.append(f"{name}:{number}: {match[0]}")
    assert not found


@pytest.mark.parametrize(
    "word", ["colour", "Grey", "normalised", "optimiser", "centre", "neighbours", "learnt"]
)
def test_the_search_finds_such_words(word):
    assert BRITISH.search(f"a {word} here")


@pytest.mark.parametrize(
    "word", ["color", "noise", "raised", "exercise", "optimism", "parameters", "equals", "centroid"]
)
def test_other_words_are_left_alone(word):
    assert not BRITISH.search(word)
