"""docs/data.md says of every bundled file where it is from, and nothing of files that are not there."""

import hashlib
import re

import pytest

from tools.course import about
from workshop_utils.datasets import fetching

DATA = about.ROOT / "workshop_utils" / "_data"
PAGE = (about.ROOT / "docs" / "data.md").read_text(encoding="utf-8")
#: What belongs to the package's looks, not to its data.
NOT_DATA = {"checksums.txt", "course.mplstyle"}


def bundled():
    files = (path.relative_to(DATA).as_posix() for path in DATA.rglob("*") if path.is_file())
    return sorted(name for name in files if name not in NOT_DATA)


def sections():
    """Return the written parts: what the heading names → the text below it."""
    return dict(re.findall(r"^## [^`\n]*`([^`\n]+)`\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL))


def test_the_table_is_what_is_bundled():
    contents = {name: (DATA / name).read_bytes() for name in bundled()}
    expected = [(name, str(len(c)), hashlib.sha256(c).hexdigest()) for name, c in contents.items()]
    assert re.findall(r"^\| `([^`]+)` \| (\d+) \| `([0-9a-f]{64})` \|$", PAGE, re.MULTILINE) == expected


def test_the_package_checks_every_bundled_file():
    lines = (DATA / "checksums.txt").read_text(encoding="utf-8").splitlines()
    assert sorted(line.split(maxsplit=1)[1] for line in lines) == bundled()


@pytest.mark.parametrize("name", bundled())
def test_every_file_has_a_section_with_license_and_citation(name):
    folder = f"{name.split('/')[0]}/" if "/" in name else name
    text = sections()[folder]
    assert "**License.**" in text
    assert "**Cite.**" in text


def test_data_from_elsewhere_names_its_source_by_doi():
    assert re.search(r"\*\*Source\.\*\*.*doi\.org/10\.", sections()["esol.csv"], re.DOTALL)


def test_the_table_of_fetched_files_is_what_the_package_fetches():
    row = r"^\| `([^`]+)` \| \[[^]]+\]\(([^)]+)\) \| ([^|]+) \| \d+ \| `([0-9a-f]{64})` \|$"
    expected = [(name, one.address, one.license, one.sha256) for name, one in fetching.FILES.items()]
    assert re.findall(row, PAGE, re.MULTILINE) == expected


@pytest.mark.parametrize("name", fetching.FILES)
def test_an_address_always_gives_the_same_bytes(name):
    """It names a commit, not a branch that moves on."""
    assert re.search(r"/[0-9a-f]{40}/", fetching.FILES[name].address)
    assert fetching.FILES[name].address.startswith("https://")
