"""How the tests of the tools start a program."""

import subprocess

from tools.course.about import ROOT


def run(*command, cwd=ROOT, env=None):
    """Run a program to its end, and return what it printed and how it ended."""
    words = list(map(str, command))
    return subprocess.run(words, cwd=cwd, env=env, capture_output=True, encoding="utf-8", check=False)
