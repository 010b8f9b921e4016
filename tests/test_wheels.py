"""What another system needs: its markers, its tags, and the way through the requirements of wheels."""

import platform
import sys
import zipfile

import packaging.markers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import sys_tags
from packaging.utils import parse_wheel_filename
from wheels import SYSTEMS, Target, Wheel, closure, read_wheel

WINDOWS, MACOS, LINUX = (Target(system, "3.11") for system in ("windows", "macos", "linux"))


def at_hand(**packages):
    """Make wheels in mind: ``name_1_0=["requirement", ...]``."""
    found = []
    for stem, lines in packages.items():
        name, _, version = stem.partition("_")
        file = f"{name}-{version.replace('_', '.')}-py3-none-any.whl"
        name, version, _, tags = parse_wheel_filename(file)
        found.append(Wheel(file, name, version, tags, tuple(map(Requirement, lines))))
    return found


def names(roots, wheels, target=LINUX, **pins):
    reached, lacking = closure(
        map(Requirement, roots), wheels, target, {name: SpecifierSet(pin) for name, pin in pins.items()}
    )
    return {f"{name} {wheel.version}" for name, wheel in reached.items()}, set(lacking)


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_marker_has_a_value_so_that_none_is_taken_from_this_computer(system):
    assert set(Target(system, "3.12").environment()) == set(packaging.markers.default_environment())


def test_the_values_of_this_computer_are_what_python_says_of_it():
    """The oracle for one column of the table: whichever system runs this test."""
    system = {"Windows": "windows", "Darwin": "macos", "Linux": "linux"}[platform.system()]
    if platform.machine() != Target(system, "3.11").environment()["platform_machine"]:
        pytest.skip("no wheelhouse is made for this processor")
    ours = packaging.markers.default_environment()
    running = "{}.{}".format(*sys.version_info)
    theirs = Target(system, running).environment(sys.version_info.micro)
    unknown = {"platform_release", "platform_version"}
    assert {key: ours[key] for key in set(ours) - unknown} == {
        key: theirs[key] for key in set(ours) - unknown
    }


@pytest.mark.parametrize(
    ("marker", "wanted_by"),
    [
        ('platform_system == "Windows"', {"windows"}),
        ('sys_platform == "win32"', {"windows"}),
        ('os_name == "nt" and platform_machine == "AMD64"', {"windows"}),
        ('sys_platform != "win32"', {"macos", "linux"}),
        ('sys_platform == "darwin"', {"macos"}),
        ('platform_system == "Darwin" and platform_machine == "arm64"', {"macos"}),
        ('platform_system == "Linux" and platform_machine == "x86_64"', {"linux"}),
        ('sys_platform == "emscripten" or platform_machine == "aarch64"', set()),
        ('python_version < "3.12"', {"windows", "macos", "linux"}),
        ('python_version >= "3.12"', set()),
        ('python_full_version < "3.11.4"', {"windows", "macos", "linux"}),
        ('python_full_version >= "3.11.4"', {"windows", "macos", "linux"}),
        ('implementation_name == "pypy"', set()),
        ('extra == "lab"', set()),
    ],
)
def test_a_marker_is_read_with_the_eyes_of_the_system(marker, wanted_by):
    needed = Requirement(f"thing; {marker}")
    assert {target.system for target in (WINDOWS, MACOS, LINUX) if target.wants(needed)} == wanted_by


def test_an_extra_counts_where_it_is_asked_for():
    needed = Requirement('thing; extra == "lab" and sys_platform == "win32"')
    assert WINDOWS.wants(needed, {"lab", "transfer"})
    assert not WINDOWS.wants(needed, {"transfer"})
    assert not LINUX.wants(needed, {"lab"})


@pytest.mark.skipif((sys.platform, platform.machine()) != ("linux", "x86_64"), reason="an oracle on Linux")
def test_what_is_collected_for_linux_this_linux_takes():
    running = Target("linux", "{}.{}".format(*sys.version_info))
    oldest = [tag for tag in running.tags if "2_28" not in tag.platform]
    assert set(oldest) <= set(sys_tags())
    assert len(oldest) > 100


@pytest.mark.parametrize(
    ("file", "fits"),
    [
        ("x-1-py3-none-any.whl", {"windows", "macos", "linux"}),
        ("x-1-cp311-cp311-win_amd64.whl", {"windows"}),
        ("x-1-cp37-abi3-win_amd64.whl", {"windows"}),
        ("x-1-cp311-cp311-win32.whl", set()),
        ("x-1-cp311-cp311-win_arm64.whl", set()),
        ("x-1-cp311-cp311-macosx_11_0_arm64.whl", {"macos"}),
        ("x-1-cp311-cp311-macosx_10_9_universal2.whl", {"macos"}),
        ("x-1-cp311-cp311-macosx_10_9_x86_64.whl", set()),
        ("x-1-cp311-cp311-macosx_26_0_arm64.whl", set()),
        ("x-1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl", {"linux"}),
        ("x-1-cp311-cp311-manylinux_2_28_x86_64.whl", {"linux"}),
        ("x-1-cp311-cp311-manylinux_2_39_x86_64.whl", set()),
        ("x-1-cp311-cp311-musllinux_1_2_x86_64.whl", set()),
        ("x-1-cp312-cp312-win_amd64.whl", set()),
        ("x-1-cp312-abi3-win_amd64.whl", set()),
        ("x-1-cp311-cp311t-win_amd64.whl", set()),
    ],
)
def test_a_wheel_is_for_whom_its_name_says(file, fits):
    tags = parse_wheel_filename(file)[3]
    assert {target.system for target in (WINDOWS, MACOS, LINUX) if tags & target.tags} == fits


def test_the_way_goes_through_markers_and_extras_and_circles():
    wheels = at_hand(
        course_1=[
            'kernel; sys_platform == "linux"',
            'winsome; sys_platform == "win32"',
            'shape; extra == "lab"',
        ],
        kernel_2=["course"],
        winsome_1=[],
        shape_3=["schema[format]"],
        schema_1=['dates; extra == "format"', 'never; extra == "other"'],
        dates_1=[],
        unasked_1=[],
    )  # fmt: skip
    linux, windows = (names(["course[lab]"], wheels, target) for target in (LINUX, WINDOWS))
    common = {"course 1", "shape 3", "schema 1", "dates 1"}
    assert linux == (common | {"kernel 2"}, set())
    assert windows == (common | {"winsome 1"}, set())


def test_an_extra_that_is_asked_for_later_is_not_forgotten():
    wheels = at_hand(first_1=["schema"], second_1=["schema[format]"], schema_1=['dates; extra == "format"'])
    assert names(["second", "first"], wheels)[1] == names(["first", "second"], wheels)[1] == {"dates"}


def test_bounds_of_all_who_ask_count_together_and_so_do_the_tested_versions():
    wheels = at_hand(a_1=["c>=1"], b_1=["c<3"], c_1=[], c_2=[], c_3=[])
    assert "c 2" in names(["b", "a"], wheels)[0]
    assert "c 3" in names(["a"], wheels)[0]
    assert "c 1" in names(["a"], wheels, c="==1")[0]
    assert names(["a", "b"], wheels, c="==3")[1] == {"c"}


def test_a_build_without_gpu_is_taken_for_the_tested_version_but_not_the_other_way_round():
    plain, local = at_hand(torch_2=[]), at_hand(**{"torch_2+cpu": []})
    assert names(["torch>=1"], local, torch="==2") == ({"torch 2+cpu"}, set())
    assert names(["torch>=1"], plain, torch="==2+cpu") == (set(), {"torch"})


def test_who_asks_for_what_is_lacking_is_said():
    wheels = at_hand(course_1=["drawing>=2,<9"], drawing_1=[])
    assert closure([Requirement("course")], wheels, LINUX, {})[1] == {
        "drawing": (SpecifierSet(">=2,<9"), "course")
    }


@given(st.dictionaries(st.sampled_from("abcdef"), st.sets(st.sampled_from("abcdef")), min_size=1))
def test_what_is_reached_lacks_nothing_or_says_so(graph):
    """Of a random graph: everything that something reached requires is reached too, or named as lacking."""
    wheels = at_hand(**{f"{name}_1": sorted(needs) for name, needs in graph.items()})
    start = min(graph)
    reached, lacking = closure([Requirement(start)], wheels, LINUX, {})
    asked = {start}.union(*(graph[name] for name in reached))
    assert asked == set(reached) | set(lacking)
    assert not set(lacking) & set(graph)


def test_a_wheel_is_read_from_its_own_metadata(tmp_path):
    path = tmp_path / "Some_Thing-1.5-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("vendored/other-1.dist-info/METADATA", "Name: other\nRequires-Dist: wrong\n")
        archive.writestr(
            "some_thing-1.5.dist-info/METADATA", "Name: some-thing\nRequires-Dist: right>=2\n\nText"
        )
    wheel = read_wheel(path)
    assert (wheel.name, str(wheel.version), wheel.pure) == ("some-thing", "1.5", True)
    assert wheel.requires == (Requirement("right>=2"),)


@pytest.mark.parametrize("content", [b"", b"<html>sign in to the wifi</html>", None])
def test_half_a_wheel_is_refused_by_name(tmp_path, content):
    path = tmp_path / "thing-1-py3-none-any.whl"
    if content is None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("thing.py", "")
    else:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=r"thing-1-py3-none-any\.whl: expected a wheel .* delete it"):
        read_wheel(path)
    assert path.exists()
