"""One source, two editions: what the builder shows, what it hides, and what it refuses."""

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest

from tools.course import notebooks, solution_blocks
from tools.course.about import ROOT
from tools.course.solution_blocks import LessonError

SAMPLE = ROOT / "tests" / "fixtures" / "07_sample_lesson.py"
SETUP = '# %% [markdown]\n# # 08 · Broken\n\n# %% tags=["setup"]\n\n'
LESSONS = notebooks.find_lessons()


@pytest.fixture(scope="module")
def sample():
    """Both editions of the sample lesson, read back."""
    built = notebooks.build(SAMPLE)
    return {edition: nbformat.reads(text, as_version=4) for edition, text in built.items()}


def sources(notebook, tag=None):
    return [cell.source for cell in notebook.cells if tag is None or tag in cell.metadata.get("tags", [])]


def stub_of(code):
    return solution_blocks.stub(solution_blocks.Block(1, code.count("\n") + 3, code), Path("lesson.py"))


def refusal(tmp_path, text):
    """What the builder says about a lesson."""
    lesson = tmp_path / "08_broken.py"
    lesson.write_text(text, encoding="utf-8")
    with pytest.raises(LessonError) as caught:
        notebooks.build(lesson)
    return str(caught.value)


def test_minutes_and_questions_are_written_by_the_builder(sample):
    prose = "\n".join(sources(sample["learner"]))
    assert "- count it.\n\n**5 minutes** · 2 of them on the two-hour path ★: 7.1" in prose
    assert "> **Predict first.** Which of the three\n> are ink?" in prose


# What the learner sees


def test_an_answer_becomes_its_shape(sample):
    (exercise,), (answer,) = (sources(sample[edition], "exercise") for edition in sample)
    shapes = ["secret_level = ...", "low, (middle, high) = ..., (..., ...)", "count: int = ..."]
    assert exercise.split("\n")[2:5] == shapes
    assert exercise.startswith("# Exercise 7.1")
    assert exercise.endswith("print(count)")
    assert "secret_level = 0.5  # halfway" in answer
    assert "SOLUTION" not in answer


def test_a_function_keeps_its_signature_and_docstring_and_loses_its_body(sample):
    (exercise,) = sources(sample["learner"], "exercise")
    scope = {}
    exec(exercise.split("print(")[0], scope)
    assert scope["inked"].__doc__ == "Count the values above a level."
    assert scope["inked"].__annotations__["values"] == list[float]
    assert scope["inked"]([1.0], level=0.2) is None


def test_no_line_of_an_answer_and_no_instructor_cell_reaches_the_learner():
    learner = notebooks.build(SAMPLE)["learner"]
    secrets = [
        "halfway",
        "comprehension",
        "sum(value",
        "inked(gray)",
        "12345",
        "Two of the three",
        "SOLUTION",
    ]
    assert not [secret for secret in [*secrets, "where *paper* ends"] if secret in learner]


def test_the_learners_edition_of_the_sample_runs_untouched(sample, capsys):
    scope = {}
    for cell in sample["learner"].cells:
        if cell.cell_type == "code" and not cell.source.startswith("%"):
            exec(cell.source, scope)
    assert capsys.readouterr().out == "Ellipsis\n3\n3\n"


@pytest.mark.parametrize(
    ("answer", "shape"),
    [
        ("x = 1", "x = ..."),
        ("x = y = f(1)", "x = y = ..."),
        ("a, b = f()", "a, b = ..., ..."),
        ("[a] = f()", "[a] = ...,"),
        ("x = y, z = f()", "x = y, z = ..., ..."),
        ("x: 'int | None' = 1", "x: 'int | None' = ..."),
        ("x = [\n    1,  # one\n]\nx = x + 1", "x = ..."),
        (
            "@cache\ndef f(x={'a': 1}) -> int:\n    # secret\n\n    return 1",
            "@cache\ndef f(x={'a': 1}) -> int:\n    ...",
        ),
        (
            'def f():\n    """One.\n\n    Two.\n    """\n    return 1',
            'def f():\n    """One.\n\n    Two.\n    """\n    ...',
        ),
        ("# only a thought\nshow(x)\nassert x", "..."),
    ],
)
def test_the_shape_of(answer, shape):
    assert stub_of(answer) == shape


# What the instructor sees


def test_instructor_cells_are_set_apart(sample):
    prose, mistakes, short, code = sources(sample["instructor"], "instructor")
    assert prose.startswith("> **For the instructor** · 3 minutes\n>\n> Ask the room\n")
    assert all(line.startswith(">") for line in prose.split("\n"))
    assert mistakes.startswith("> **For the instructor, usual mistakes**\n>\n> - 255 is ink.\n> - In")
    assert short.startswith("> **For the instructor, on the two-hour path** · 2 minutes\n>\n> Leave")
    assert code.startswith("# For the instructor\n")


def test_cells_that_both_see_are_the_same_in_both(sample):
    learner, instructor = ({cell.id: cell.source for cell in sample[edition].cells} for edition in sample)
    shared = learner.keys() & instructor.keys()
    assert len(shared) == len(learner) - 1
    assert all(learner[key] == instructor[key] for key in shared)


# The notebook file


def test_a_rebuild_gives_the_same_bytes(tmp_path):
    assert notebooks.build(SAMPLE) == notebooks.build(SAMPLE)
    assert len(notebooks.write(SAMPLE, tmp_path)) == 2
    assert notebooks.write(SAMPLE, tmp_path) == []


def test_windows_line_ends_in_a_lesson_change_nothing(tmp_path):
    lesson = tmp_path / SAMPLE.name
    lesson.write_bytes(SAMPLE.read_bytes().replace(b"\n", b"\r\n"))
    assert notebooks.build(lesson) == notebooks.build(SAMPLE)


def test_the_file_is_plain_sorted_and_without_outputs(tmp_path):
    for path in notebooks.write(SAMPLE, tmp_path):
        text = path.read_bytes().decode()
        assert text.endswith("}\n")
        assert "\r" not in text
        notebook = json.loads(text)
        assert json.dumps(notebook, sort_keys=True) == json.dumps(notebook)
        assert notebook["metadata"] == notebooks.METADATA
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook["cells"])
        assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])


def test_a_new_cell_leaves_the_ids_of_the_others_alone(tmp_path, sample):
    lesson = tmp_path / SAMPLE.name
    text = SAMPLE.read_text(encoding="utf-8")
    changed = text.replace("# %%\ngray = [", "# %%\nnew = 1\n\n# %%\ngray = [", 1)
    lesson.write_text(changed, encoding="utf-8")
    longer = nbformat.reads(notebooks.build(lesson)["learner"], as_version=4)
    before, after = ([cell.id for cell in notebook.cells] for notebook in (sample["learner"], longer))
    assert len(after) == len(before) + 1
    assert set(before) < set(after)


# What is refused, with file and line


@pytest.mark.parametrize(
    ("answer", "line", "reason"),
    [
        ("x = 1\nfor i in range(3):\n    y = i", 9, "For in a solution block has no stub"),
        ("x.y = 1", 8, "'x.y' cannot be stubbed"),
        ("a, *b = f()", 8, "cannot be stubbed"),
        ("print(y := 1)", 8, ":="),
        ("def f(x): return x", 8, "its own line"),
        ("x = 1\n\ny = (1,", 10, "not Python"),
        ("### BEGIN SOLUTION\nx = 1", 8, "nested solution block: that of line 7 is still open"),
        ("x = 1\n## END SOLUTION", 9, "expected '### BEGIN SOLUTION' or '### END SOLUTION'"),
        ("    ### END SOLUTION", 8, "at the left margin"),
        ("x = 1\n\n# %%\ny = 2", 7, "still open where its cell ends"),
        ("x = 1\n### END SOLUTION", 10, "'### END SOLUTION' without"),
    ],
)
def test_a_block_that_would_mislead_is_refused_by_file_and_line(tmp_path, answer, line, reason):
    block = f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION\n"
    said = refusal(tmp_path, f'{SETUP}# %% tags=["exercise"]\n{block}')
    assert said.startswith(f"lessons/08_broken.py:{line}: ")
    assert reason in said


@pytest.mark.parametrize(
    ("cells", "line", "reason"),
    [
        ('# %% tags=["exercise"]\n### BEGIN SOLUTION\nx = 1\n', 7, "never closed"),
        ("# %%\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n", 7, "tagged 'exercise'"),
        ('# %%\nx = 1\n\n# %% tags=["exercise"]\ny = 1\n', 9, "needs a solution block"),
        ('# %% tags=["instuctor"]\nx = 1\n', 6, "unknown tag ['instuctor']"),
        ('# %% tags=["setup"]\n', 6, "tagged 'setup'"),
        ("# %% [markdown]\n# ## 8.1 Ink\n", 6, "a numbered heading, and no other, says its minutes"),
        ("# %% [markdown] minutes=5 minutes=7\n# ## 8.1 Ink\n", 6, "a key stands twice"),
        ('# %%[markdown] tags=["instructor"]\n# Secret.\n', 6, "this line begins none"),
        ("# %% [markdown] minutes=0\n# ## 8.1 Ink\n", 6, "at least one minute"),
        ('# %% [markdown] minutes=3 tags=["slide"]\n# ## 8.1 Ink\n', 6, "is for all, and has no tags"),
        ('# %% tags=["question"]\nx = 1\n', 6, "a question is prose"),
        ("# %% [markdown] minutes=3 short=4\n# ## 8.1 Ink\n", 6, "short is a part of the minutes"),
        ('# %% [markdown] minutes="3"\n# ## 8.1 Ink\n', 6, "minutes is of type int, and here it is '3'"),
        ("# %% [markdown] minuts=3\n# ## 8.1 Ink\n", 6, "unknown key 'minuts'"),
        ("# %% [markdown]\n# Text.\n#\n# ## Summary\n", 6, "a heading begins a cell of its own"),
        ('# %% [markdown] part="mistakes"\n# - One.\n', 6, "part is one of ['mistakes', 'short']"),
        ("# %%\nx = '''\n# %%\n'''\n", 1, "cells were read"),
    ],
)
def test_a_cell_that_breaks_a_rule_is_refused_by_file_and_line(tmp_path, cells, line, reason):
    said = refusal(tmp_path, SETUP + cells)
    assert said.startswith(f"lessons/08_broken.py:{line}: ")
    assert reason in said


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('# %%\nx = 1\n\n# %% tags=["setup"]\n', 4, "the first code cell, and no other"),
        ('# %% [markdown]\n# # 08\n\n# %% tags=["setup"]\nimport os\n', 4, "leave it empty"),
        ('x = 1\n\n# %% tags=["setup"]\n', 1, "text above the first"),
    ],
)
def test_a_lesson_without_a_proper_set_up_cell_is_refused(tmp_path, text, line, reason):
    said = refusal(tmp_path, text)
    assert said.startswith(f"lessons/08_broken.py:{line}: ")
    assert reason in said


# The command


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A repository with the sample lesson and a broken one."""
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    (tmp_path / "lessons").mkdir()
    shutil.copy(SAMPLE, tmp_path / "lessons")
    (tmp_path / "lessons" / "08_broken.py").write_text(SETUP + "# %%\n### END SOLUTION\n")
    return tmp_path


def test_the_command_builds_what_it_can_and_reports_the_rest(course, capsys):
    assert notebooks.main([]) == 1
    said = capsys.readouterr()
    assert said.out == "07_sample_lesson: notebooks, solutions\n"
    assert said.err.startswith("lessons/08_broken.py:7: '### END SOLUTION' without")
    assert (course / "notebooks" / "07_sample_lesson.ipynb").exists()
    assert not (course / "notebooks" / "08_broken.ipynb").exists()


# The lessons of the course


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_the_committed_notebooks_are_what_the_lesson_gives(lesson, tmp_path):
    for fresh in notebooks.write(lesson, tmp_path):
        committed = ROOT / fresh.relative_to(tmp_path)
        name = fresh.relative_to(tmp_path).as_posix()
        assert committed.exists(), f"{name} is missing; run: make lessons"
        assert committed.read_bytes() == fresh.read_bytes(), f"{name} is stale; run: make lessons"


def test_every_notebook_has_a_lesson():
    stems = {lesson.stem for lesson in LESSONS}
    for folder in notebooks.FOLDERS.values():
        stray = {path.stem for path in (ROOT / folder).glob("*.ipynb")} - stems
        assert not stray, f"{folder}/ holds notebooks without a lesson: {sorted(stray)}; delete or rename"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_no_line_of_a_real_answer_is_in_the_learners_notebook(lesson):
    """But for those that its stub shows; and no cell for the instructor."""
    blocks = solution_blocks.find_blocks(lesson.read_text(encoding="utf-8"), lesson)
    built = {edition: nbformat.reads(t, as_version=4) for edition, t in notebooks.build(lesson).items()}
    shown = {line.strip() for block in blocks for line in solution_blocks.stub(block, lesson).split("\n")}
    exercises = {line.strip() for one in sources(built["learner"], "exercise") for line in one.split("\n")}
    answers = {line.strip() for block in blocks for line in block.code.split("\n")} - shown - {""}
    assert not answers & exercises
    everything = "\n".join(sources(built["learner"]))
    hidden = [*sources(built["instructor"], "instructor"), *sources(built["instructor"], "solution")]
    assert not [text for text in [*hidden, *(block.code for block in blocks)] if text in everything]
    assert "For the instructor" not in everything
    assert len(re.findall(r"^\*\*\d+ minutes?\b", everything, re.MULTILINE)) == 1, "those of the whole lesson"
