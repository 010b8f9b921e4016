"""A JupyterHub for a class: the numbers behind docs/instructor/jupyterhub.md, and what is made from them.

The page, the script for one machine and the settings for a cluster carry blocks that tools/build_pages.py
fills from here, so they cannot disagree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from urllib.parse import urlencode

import memory
from course import address, repository, tag

#: Stands for the address of the reader's own hub.
HUB = "https://hub.example.org"
FIRST = "notebooks/00_start_here.ipynb"
#: nbgitpuller merges `origin/BRANCH` at the second click, which a tag does not have.
BRANCH = "main"


@dataclass(frozen=True)
class Classroom:
    """How large a class is, and what one learner takes.

    Attributes
    ----------
    kernel, server, limit : float
        GB: the most that a lesson's kernel took when it was measured, a learner's JupyterLab beside it, and
        the most that the hub grants a learner.
    system : float
        GB for the operating system, the hub and its proxy.
    seconds, cores : float
        How long one training of lesson 04 takes, and on how many cores.
    minutes : float
        Within which a class that is told to run the same cell does so.
    machine_cores, machine_memory : int
        The one machine that the page proposes; GB.
    node_cores, node_memory, node_keeps : int
        One node of a cluster, and what Kubernetes keeps of its memory; GB.
    cpu_guarantee : float
        Cores that the cluster holds back for each learner.
    """

    kernel: float
    server: float
    learners: int = 40
    limit: float = 3
    system: float = 2
    seconds: float = 20
    cores: float = 2
    minutes: float = 2
    machine_cores: int = 16
    machine_memory: int = 128
    node_cores: int = 8
    node_memory: int = 64
    node_keeps: int = 4
    cpu_guarantee: float = 0.25

    @property
    def memory_taken(self) -> float:
        """GB when every learner has one lesson open, at its peak."""
        return self.learners * (self.kernel + self.server) + self.system

    @property
    def memory_at_most(self) -> float:
        """GB when every learner takes all that the hub grants."""
        return self.learners * self.limit + self.system

    @property
    def training_at_once(self) -> int:
        """Learners who train at the same moment, when the class spreads over the minutes."""
        return math.ceil(self.learners * self.seconds / (60 * self.minutes))

    @property
    def cores_needed(self) -> float:
        """Cores with which none of them waits for another."""
        return self.training_at_once * self.cores

    def seconds_at_worst(self, cores: int) -> float:
        """Seconds until the last result, if all learners press the key in the same second."""
        return max(self.seconds, self.learners * self.seconds * self.cores / cores)

    @property
    def learners_a_node(self) -> int:
        """Learners that a node can take without promising the same memory or core twice."""
        by_memory = (self.node_memory - self.node_keeps) / self.limit
        return math.floor(min(by_memory, self.node_cores / self.cpu_guarantee))

    @property
    def nodes(self) -> int:
        """Nodes for the class."""
        return math.ceil(self.learners / self.learners_a_node)


MEASURED = memory.peaks()
CLASS = Classroom(memory.kernel_gigabytes(MEASURED), memory.server_gigabytes(MEASURED))


def memory_table(room: Classroom = CLASS) -> str:
    """Return the page's sum of memory."""
    learners, one = room.learners, room.kernel + room.server
    rows = [
        "| | each | all |",
        "|---|---|---|",
        f"| one lesson's kernel, at its peak | {room.kernel:g} GB | {learners * room.kernel:g} GB |",
        f"| the learner's JupyterLab beside it | {room.server:g} GB | {learners * room.server:g} GB |",
        f"| **{learners} learners, one lesson open** | {one:g} GB | {learners * one:g} GB |",
        f"| **{learners} learners at their limit** | {room.limit:g} GB | {learners * room.limit:g} GB |",
        f"| system, hub and proxy | | {room.system:g} GB |",
        f"| **the machine, at most** | | **{room.memory_at_most:g} GB of {room.machine_memory} GB** |",
    ]
    return "\n".join(rows)


def core_table(room: Classroom = CLASS) -> str:
    """Return the page's table of how long a class waits for its training."""
    one = room.seconds * room.cores
    head = [
        f"One training: {room.seconds:g} s × {room.cores:g} cores = {one:g} core-seconds; "
        f"all {room.learners}: {room.learners * one:g}.",
        "",
        "| cores | all press in the same second: the last result comes after | at once without waiting |",
        "|---|---|---|",
    ]
    rows = [
        f"| {cores} | {room.seconds_at_worst(cores):.0f} s | {math.floor(cores / room.cores)} learners |"
        for cores in (room.machine_cores // 2, room.machine_cores, room.machine_cores * 2)
    ]
    return "\n".join([*head, *rows])


def pull_link() -> str:
    """Return the link that copies the course into a learner's home on the hub, and opens the first lesson."""
    folder = repository().partition("/")[2]
    options = {
        "repo": address(),
        "branch": BRANCH,
        "urlpath": f"lab/tree/{folder}/{FIRST}?autodecode",
    }
    return f"{HUB}/hub/user-redirect/git-pull?{urlencode(options)}"


def page_blocks() -> dict[str, str]:
    """Return the blocks of docs/instructor/jupyterhub.md."""
    build = [
        "```bash",
        "jupyter-repo2docker --no-run --user-id=1000 --user-name=jovyan --target-repo-dir=/srv/course \\",
        f'    --ref={tag()} --image="$IMAGE:{tag()}" {address()}',
        f'docker push "$IMAGE:{tag()}"',
        "```",
    ]
    link = f"```text\n{pull_link()}\n```"
    measured = memory.table(MEASURED)
    return {
        "measured": measured,
        "memory": memory_table(),
        "cores": core_table(),
        "link": link,
        "build": "\n".join(build),
    }


def script_block(room: Classroom = CLASS) -> str:
    """Return the settings at the head of docs/instructor/tljh-user-data.sh."""
    lines = {
        "COURSE": address(),
        "VERSION": tag(),
        "LEARNERS": room.learners,
        "MEMORY": f"{room.limit:g}G",
        "CORES": f"{room.cores:g}",
    }
    return "\n".join(f"{name}={value}" for name, value in lines.items())


def values_block(room: Classroom = CLASS) -> str:
    """Return what docs/instructor/z2jh-values.yaml grants a learner, as the end of its `singleuser:`."""
    return f"""\
  image:
    name: molecules-to-images
    tag: {tag()}
  memory:
    guarantee: {room.limit:g}G
    limit: {room.limit:g}G
  cpu:
    guarantee: {room.cpu_guarantee:g}
    limit: {room.cores:g}
  extraEnv:
    OMP_NUM_THREADS: "{room.cores:g}\""""
