"""What GitHub runs is what a learner runs: the same make targets, on all systems, without secrets."""

import re

import colab_environment
import course
import pytest
import yaml

FOLDER = course.ROOT / ".github" / "workflows"
WORKFLOWS = sorted(path.name for path in FOLDER.glob("*.y*ml"))


class Strict(yaml.SafeLoader):
    """YAML where `on` is a word, as GitHub reads it, and a key stands once."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (yaml looks it up on the class)
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:bool"]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"a key stands twice: {keys}"
        return super().construct_mapping(node, deep)


def text_of(name):
    return (FOLDER / name).read_text(encoding="utf-8")


def read(name):
    return yaml.load(text_of(name), Strict)


def steps_of(name):
    return [step for job in read(name)["jobs"].values() for step in job["steps"]]


def targets():
    text = (course.ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):", text, re.MULTILINE))


def test_there_is_a_test_of_every_change_and_a_weekly_one():
    assert {"test.yml", "weekly.yml"} <= set(WORKFLOWS)
    assert {"push", "pull_request"} <= set(read("test.yml")["on"])
    (week,) = read("weekly.yml")["on"]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", week["cron"])


@pytest.mark.parametrize("name", WORKFLOWS)
def test_the_workflow_has_what_github_needs(name):
    workflow = read(name)
    assert {"name", "on", "jobs", "permissions"} <= set(workflow)
    for job in workflow["jobs"].values():
        assert job["runs-on"]
        assert 0 < job["timeout-minutes"] <= 120
        assert all(("run" in step) != ("uses" in step) for step in job["steps"])


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_command_is_a_make_target_that_exists(name):
    commands = [step["run"].split() for step in steps_of(name) if "run" in step]
    assert commands
    for program, *words in commands:
        assert program == "make"
        assert {word for word in words if "=" not in word} <= targets()


@pytest.mark.parametrize("name", WORKFLOWS)
def test_actions_are_github_s_own_and_pinned_to_a_major_version(name):
    used = [step["uses"] for step in steps_of(name) if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in used)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_secret_is_used_and_nothing_may_be_written(name):
    assert "secrets" not in text_of(name)
    assert read(name)["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in read(name)["on"]


@pytest.mark.parametrize("name", ["test.yml", "weekly.yml"])
def test_what_the_browser_showed_is_kept_even_of_a_failed_run(name):
    for job in read(name)["jobs"].values():
        commands = [step.get("run", "").split()[1:2] for step in job["steps"]]
        if ["test"] in commands or ["test-browser"] in commands:
            kept = job["steps"][-1]
            assert kept["uses"].startswith("actions/upload-artifact@")
            assert kept["if"] == "${{ !canceled() }}"
            assert kept["with"]["path"] == "artifacts/browser"
            break
    else:
        pytest.fail(f"{name} runs no test in a browser")


def test_the_tests_run_on_three_systems_and_three_pythons():
    (job,) = read("test.yml")["jobs"].values()
    matrix = job["strategy"]["matrix"]
    assert matrix == {
        "os": ["ubuntu-latest", "macos-latest", "windows-latest"],
        "python": ["3.11", "3.12", "3.13"],
    }
    assert job["strategy"]["fail-fast"] == "false"
    assert job["runs-on"] == "${{ matrix.os }}"
    setup = next(step for step in job["steps"] if step.get("uses", "").startswith("actions/setup-python"))
    assert setup["with"]["python-version"] == "${{ matrix.python }}"


def test_the_tests_are_those_of_the_readme():
    commands = [step["run"].split()[1] for step in steps_of("test.yml") if "run" in step]
    assert commands == ["lint", "test"]


def test_the_week_asks_for_links_and_runs_the_notebooks_with_the_python_and_the_versions_of_colab():
    commands = {words[1] for step in steps_of("weekly.yml") if (words := step.get("run", "").split())}
    assert commands >= {"links", "test-colab"}
    setup = read("weekly.yml")["jobs"]["colab"]["steps"][1]["with"]
    assert colab_environment.colab_python()[0].startswith(f"{setup['python-version']}.")


def test_the_oldest_python_is_the_one_the_package_asks_for():
    (job,) = read("test.yml")["jobs"].values()
    assert course.project()["requires-python"] == f">={job['strategy']['matrix']['python'][0]}"


@pytest.mark.parametrize("name", WORKFLOWS)
def test_pip_s_cache_follows_files_that_exist(name):
    for step in steps_of(name):
        for path in step.get("with", {}).get("cache-dependency-path", "").split():
            assert (course.ROOT / path).is_file()
