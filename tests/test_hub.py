"""The page about a class's JupyterHub: its sums add up, and its files can be used as they are."""

import dataclasses
import os
import re
import shutil
import subprocess
from urllib.parse import parse_qs, urlsplit

import build_pages
import course
import hub
import memory
import pytest
import yaml

FOLDER = course.ROOT / "docs" / "instructor"
SCRIPT, VALUES = FOLDER / "tljh-user-data.sh", FOLDER / "z2jh-values.yaml"


def page():
    """The page in one line: its text is wrapped anywhere."""
    return " ".join((FOLDER / "jupyterhub.md").read_text(encoding="utf-8").split())


def values():
    return yaml.safe_load(VALUES.read_text(encoding="utf-8"))


def numbers_in(row):
    return [float(number) for number in re.findall(r"[\d.]+(?= GB)", row)]


def test_a_learner_is_counted_with_what_was_measured():
    peaks = memory.peaks()
    kernels = [peak.megabytes for name, peak in peaks.items() if name != memory.SERVER]
    assert max(kernels) <= 1000 * hub.CLASS.kernel < max(kernels) + 100
    assert 1000 * hub.CLASS.server > peaks[memory.SERVER].megabytes


def test_the_sums_of_memory_on_the_page_add_up():
    rows = {row.split("|")[1].strip(" *"): numbers_in(row) for row in hub.memory_table().splitlines()[2:]}
    kernels, servers = rows["one lesson's kernel, at its peak"], rows["the learner's JupyterLab beside it"]
    learners = hub.CLASS.learners
    assert rows[f"{learners} learners, one lesson open"] == [kernels[0] + servers[0], kernels[1] + servers[1]]
    each, together = rows[f"{learners} learners at their limit"]
    assert together == learners * each
    assert rows["the machine, at most"] == [
        together + rows["system, hub and proxy"][0],
        hub.CLASS.machine_memory,
    ]


def test_the_machine_never_promises_its_memory_twice():
    assert hub.CLASS.memory_taken < hub.CLASS.memory_at_most <= hub.CLASS.machine_memory


def test_the_limit_leaves_room_for_the_lesson_before():
    """An idle kernel with its libraries takes most of a gigabyte."""
    assert hub.CLASS.limit - hub.CLASS.kernel - hub.CLASS.server >= 1


def test_the_machine_has_the_cores_that_the_page_counts():
    room = hub.CLASS
    assert room.training_at_once == 7
    assert room.cores_needed == 14 <= room.machine_cores
    assert f"{room.training_at_once} of {room.learners}, on {room.cores_needed:g} cores" in page()
    assert f"**{room.machine_cores} cores and {room.machine_memory} GB**" in page()


@pytest.mark.parametrize(("cores", "seconds"), [(1, 1600), (8, 200), (16, 100), (80, 20), (500, 20)])
def test_more_cores_shorten_the_wait_until_each_learner_has_two(cores, seconds):
    assert hub.CLASS.seconds_at_worst(cores) == seconds


def test_the_nodes_of_a_cluster_hold_the_class_at_its_limits():
    room = hub.CLASS
    usable = room.node_memory - room.node_keeps
    assert room.learners_a_node * room.limit <= usable
    assert room.learners_a_node * room.cpu_guarantee <= room.node_cores
    assert (room.nodes - 1) * room.learners_a_node < room.learners <= room.nodes * room.learners_a_node
    said = f"**{room.nodes} nodes of {room.node_memory} GB with {room.node_cores} cores** for {room.learners}"
    assert said in page()
    assert f"takes {room.learners_a_node} learners" in page()
    assert room.nodes * room.node_memory == room.machine_memory
    assert room.nodes * room.node_cores == room.machine_cores


def test_a_larger_class_gets_more_of_everything():
    larger = dataclasses.replace(hub.CLASS, learners=100)
    assert larger.nodes == 5
    assert larger.memory_at_most > larger.machine_memory
    assert larger.cores_needed > hub.CLASS.cores_needed


def test_the_files_grant_what_the_page_counts():
    limits = values()["singleuser"]
    assert limits["memory"] == {"guarantee": f"{hub.CLASS.limit:g}G", "limit": f"{hub.CLASS.limit:g}G"}
    assert limits["cpu"] == {"guarantee": hub.CLASS.cpu_guarantee, "limit": hub.CLASS.cores}
    assert limits["image"]["tag"] == course.tag()
    script = SCRIPT.read_text(encoding="utf-8")
    settings = dict(re.findall(r"^([A-Z]+)=(\S+)$", script, re.MULTILINE))
    assert settings["MEMORY"] == f"{hub.CLASS.limit:g}G"
    assert (settings["LEARNERS"], settings["CORES"]) == (str(hub.CLASS.learners), f"{hub.CLASS.cores:g}")
    assert (settings["COURSE"], settings["VERSION"]) == (course.address(), course.tag())


def test_threads_are_as_many_as_the_cores_that_a_learner_has():
    """PyTorch sees all cores of the machine, and crawls if it starts a thread for each."""
    cores = f"{hub.CLASS.cores:g}"
    assert values()["singleuser"]["extraEnv"] == {"OMP_NUM_THREADS": cores, "OMP_WAIT_POLICY": "PASSIVE"}
    script = SCRIPT.read_text(encoding="utf-8")
    assert '{"OMP_NUM_THREADS": "$CORES", "OMP_WAIT_POLICY": "PASSIVE"}' in script


def test_no_password_stands_in_a_file():
    assert not re.search(r"password\s*:", VALUES.read_text(encoding="utf-8"))
    assert "base64 > /root/instructor-password" in SCRIPT.read_text(encoding="utf-8")


@pytest.mark.skipif(
    shutil.which("bash") is None, reason="the scripts run on servers; here is no bash to read them"
)
@pytest.mark.parametrize(
    "path",
    [SCRIPT, course.ROOT / "binder" / "postBuild", course.ROOT / "binder" / "start"],
    ids=lambda path: path.name,
)
def test_bash_reads_the_script(path):
    done = subprocess.run(["bash", "-n", path.as_posix()], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert path.read_bytes().startswith(b"#!")


@pytest.mark.skipif(os.name == "nt", reason="the line runs in a learner's container, with paths of Linux")
def test_the_lessons_are_copied_to_a_learner_once(tmp_path):
    (tmp_path / "srv" / "notebooks").mkdir(parents=True)
    (tmp_path / "srv" / "notebooks" / "00.ipynb").write_text("as shipped", encoding="utf-8")
    *shell, line = values()["singleuser"]["lifecycleHooks"]["postStart"]["exec"]["command"]
    line = line.replace("/srv/course", str(tmp_path / "srv")).replace("/home/jovyan", str(tmp_path))
    subprocess.run([*shell, line], check=True)
    copy = tmp_path / "course" / "notebooks" / "00.ipynb"
    assert copy.read_text(encoding="utf-8") == "as shipped"
    copy.write_text("my answer", encoding="utf-8")
    subprocess.run([*shell, line], check=True)
    assert copy.read_text(encoding="utf-8") == "my answer"


def test_the_first_page_of_the_cluster_is_a_lesson_that_is_copied_there():
    shown = values()["singleuser"]["defaultUrl"].removeprefix("/lab/tree/course/")
    assert shown == hub.FIRST
    assert (course.ROOT / shown).exists()


def test_the_link_opens_a_lesson_in_the_folder_that_git_makes():
    parts = urlsplit(hub.pull_link())
    asked = {name: value for name, (value,) in parse_qs(parts.query).items()}
    assert parts.path == "/hub/user-redirect/git-pull"
    assert asked["repo"] == course.address()
    assert asked["urlpath"] == f"lab/tree/{course.address().rpartition('/')[2]}/{hub.FIRST}?autodecode"
    assert hub.pull_link() in page()


def test_the_link_names_a_branch_because_nbgitpuller_merges_one(tmp_path):
    """What its second click asks of git, after a clone at a branch and after one at a tag."""

    def git(*words, folder=tmp_path):
        line = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words]
        return subprocess.run(line, cwd=folder, capture_output=True, check=False).returncode

    for words in (
        ["init", "-q", "-b", hub.BRANCH],
        ["commit", "-q", "--allow-empty", "-m", "x"],
        ["tag", "v1"],
    ):
        assert git(*words) == 0
    for name in (hub.BRANCH, "v1"):
        assert git("clone", "-q", "--branch", name, ".", f"copy-{name}") == 0
    second_click = ["diff", "--quiet"]
    assert git(*second_click, f"..origin/{hub.BRANCH}", folder=tmp_path / f"copy-{hub.BRANCH}") == 0
    assert git(*second_click, "..origin/v1", folder=tmp_path / "copy-v1") != 0


def test_links_follow_the_address(monkeypatch):
    urls = {"Repository": "https://github.com/chemists/pictures/"}
    project = {**course.project(), "urls": urls, "version": "2.5.0"}
    monkeypatch.setattr(course, "project", lambda: project)
    pages = {path.rpartition("/")[2]: text for path, text in build_pages.hub_pages().items()}
    assert "chemists%2Fpictures&branch=main" in pages["jupyterhub.md"]
    assert f"COURSE={urls['Repository'].rstrip('/')}\nVERSION=v2.5.0\n" in pages[SCRIPT.name]
    assert "tag: v2.5.0" in pages[VALUES.name]
