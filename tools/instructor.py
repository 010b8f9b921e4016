"""The instructor's pages made from the lessons: the timing sheet, a page a lesson, blocks of the checklist.

tools/build_pages.py writes them to docs/instructor/. The day begins at `START`; after the lesson that
completes `STRETCH` minutes there is a pause, and the first at or after `NOON` is lunch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from course import PLACEHOLDER, address, binder_url, colab_url, repository, tag
from outline import Exercise, Lesson, Outline, Section

START, NOON = 9 * 60, 12 * 60
STRETCH, PAUSE, LUNCH = 75, 15, 60
#: What the path is called, in minutes.
SHORT = 120
STAR = " ★"
_WRITTEN = "<!-- Written by tools/build_pages.py from {source}: do not edit. -->"


@dataclass(frozen=True)
class Slot:
    """A lesson of the day, or a pause (None), with its first and last minute since midnight."""

    begin: int
    end: int
    outline: Outline | None
    name: str


def day(course: Sequence[Outline], start: int = START) -> list[Slot]:
    """Lay the lessons out over a day, with pauses between them and none at its end."""
    slots, now, since = [], start, start
    for position, outline in enumerate(course):
        end = now + outline.lesson.minutes
        slots.append(Slot(now, end, outline, name_of(outline.lesson)))
        now = end
        if now - since < STRETCH or position == len(course) - 1:
            continue
        eaten = any(slot.name == "Lunch" for slot in slots)
        lunch = now >= NOON and not eaten
        end = now + (LUNCH if lunch else PAUSE)
        slots.append(Slot(now, end, None, "Lunch" if lunch else "Pause"))
        now = since = end
    return slots


def name_of(lesson: Lesson) -> str:
    """Return a lesson as it is called everywhere."""
    return f"{lesson.number} · {lesson.title}"


def clock(minute: int) -> str:
    """Return a minute of the day as a clock shows it.

    Examples
    --------
    >>> clock(9 * 60 + 5)
    '09:05'
    """
    return f"{minute // 60:02d}:{minute % 60:02d}"


def span(minutes: int) -> str:
    """Return a length of time in words.

    Examples
    --------
    >>> span(400), span(120), span(45)
    ('6 h 40 min', '2 h', '45 min')
    """
    hours, rest = divmod(minutes, 60)
    return " ".join(filter(None, [f"{hours} h" if hours else "", f"{rest} min" if rest else ""]))


# The timing sheet


def timing_page(course: Sequence[Outline]) -> str:
    """Return docs/instructor/timing.md."""
    slots = day(course)
    teaching = sum(outline.lesson.minutes for outline in course)
    short = [outline for outline in course if outline.lesson.short_minutes]
    total = sum(outline.lesson.short_minutes for outline in short)
    text = [
        _WRITTEN.format(source="lessons/"),
        "# Timing sheet",
        "The minutes of the sections stand in the lessons, in the notes for instructors, and add up to those "
        f"of the lessons. The day here begins at {clock(START)}; shift the clock for yours. ★ marks the "
        "two-hour path.",
        "## The day",
        day_table(slots),
        f"{span(teaching)} of teaching, {clock(START)} to {clock(slots[-1].end)}.",
        "Late by a quarter of an hour? Leave out an exercise, never a *predict first*. Late by more? Leave "
        "out 02 or 03: every lesson runs alone. Early? The demos and the last exercises repay ten minutes.",
        "## The day, section by section",
        *section_tables(slots),
        "## The two-hour path",
        f"{span(total)} without a pause, in minutes from the start; with ten minutes after lesson 01, "
        f"{span(total + 10)}.",
        short_table(short),
        *shortenings(short),
    ]
    return "\n\n".join(text) + "\n"


def day_table(slots: Sequence[Slot]) -> str:
    """Return the day by lessons and pauses."""
    rows = ["| from | to | minutes | | |", "|---|---|---|---|---|"]
    for slot in slots:
        name = f"[{slot.name}]({page_name(slot.outline.lesson)})" if slot.outline else f"*{slot.name}*"
        star = "★" if slot.outline and slot.outline.lesson.short_minutes else ""
        rows.append(
            f"| {clock(slot.begin)} | {clock(slot.end)} | {slot.end - slot.begin} | {name} | {star} |"
        )
    return "\n".join(rows)


def section_tables(slots: Sequence[Slot]) -> Iterator[str]:
    """Give a heading and a table for each lesson of the day."""
    for slot in slots:
        if slot.outline is None:
            yield f"*{slot.name}, {clock(slot.begin)} to {clock(slot.end)}*"
            continue
        yield f"### {slot.name}"
        rows, now = ["| from | minutes | section | with |", "|---|---|---|---|"], slot.begin
        for section in slot.outline.sections:
            star = STAR if section.short_minutes else ""
            title = f"{section.number} {section.title}{star}"
            rows.append(f"| {clock(now)} | {section.minutes} | {title} | {doing(section)} |")
            now += section.minutes
        yield "\n".join(rows)


def doing(section: Section) -> str:
    """Return what learners do in a section, in a few words."""
    exercises = [f"exercise {exercise.number}" for exercise in section.exercises]
    demos = [f"demo: {demo_name(demo)}" for demo in section.demos]
    return ", ".join([*exercises, *demos])


def demo_name(demo: str) -> str:
    """Return a demo's name in words."""
    return demo.replace("_", " ")


def short_table(course: Sequence[Outline]) -> str:
    """Return the two-hour path, section by section, with its sum."""
    rows, now = ["| from | minutes | section |", "|---|---|---|"], 0
    for outline in course:
        minutes = outline.lesson.short_minutes
        rows.append(f"| **{_elapsed(now)}** | **{minutes}** | **{name_of(outline.lesson)}** |")
        for section in outline.sections:
            if section.short_minutes:
                cut = f" (of {section.minutes})" if section.short_minutes < section.minutes else ""
                title = f"{section.number} {section.title}"
                rows.append(f"| {_elapsed(now)} | {section.short_minutes}{cut} | {title} |")
                now += section.short_minutes
    rows.append(f"| {_elapsed(now)} | **{now}** | **together** |")
    return "\n".join(rows)


def _elapsed(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def shortenings(course: Sequence[Outline]) -> list[str]:
    """Return how sections are shortened on the path, as a list under a line of its own."""
    shorter = [section for outline in course for section in outline.sections if section.shortened]
    listed = "\n".join(f"- **{section.number}**: {section.shortened}" for section in shorter)
    return ["What is left out there:", listed] if shorter else []


# A page for each lesson


def page_name(lesson: Lesson) -> str:
    """Return the name of a lesson's page in docs/instructor/."""
    return f"{_stem(lesson)}.md"


def _stem(lesson: Lesson) -> str:
    return lesson.notebook.removeprefix("notebooks/").removesuffix(".ipynb")


def lesson_page(outline: Outline) -> str:
    """Return what an instructor wants to know of a lesson."""
    lesson = outline.lesson
    path = f" · {outline.lesson.short_minutes} on the two-hour path ★" if outline.lesson.short_minutes else ""
    text = [
        _WRITTEN.format(source=f"lessons/{_stem(lesson)}.py"),
        f"# Teaching {name_of(lesson)}",
        f"**{lesson.minutes} minutes**{path} · learners open `{lesson.notebook}`, you open "
        f"`solutions/{_stem(lesson)}.ipynb`.",
        "Afterwards they can",
        _listed(outline.objectives),
    ]
    for section in outline.sections:
        text += section_part(section)
    text += ["## What they take home", _listed(outline.summary)]
    return "\n\n".join(text) + "\n"


def section_part(section: Section) -> list[str]:
    """Return the paragraphs about a section."""
    text = [f"## {section.number} {section.title}", f"*{section.minutes} minutes.*"]
    if section.shortened:
        text.append(f"*★ {section.short_minutes} minutes on the two-hour path.* {section.shortened}")
    for heading, lines in {
        "Ask first": section.questions,
        "Talking points": section.advice,
        "Usual mistakes": section.mistakes,
    }.items():
        text += [f"**{heading}**", _listed(lines)] if lines else []
    for demo in section.demos:
        text.append(
            f"**Demo**: [{demo_name(demo)}](../frames/{demo}.png), a still for rooms where no kernel runs."
        )
    for exercise in section.exercises:
        text += exercise_part(exercise)
    return text


def exercise_part(exercise: Exercise) -> list[str]:
    """Return an exercise and its answer."""
    return [f"**Exercise {exercise.number}.** {exercise.text}", f"```python\n{exercise.answer}\n```"]


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


# The checklist for the day before


def checklist_blocks(course: Sequence[Outline]) -> dict[str, str]:
    """Return the blocks of docs/instructor/checklist.md."""
    slots = day(course)
    first = course[0].lesson
    links = " · ".join(f"[{o.lesson.number}]({colab_url(o.lesson.notebook)})" for o in course)
    folder = repository().partition("/")[2]
    install = ["```bash", f"git clone --branch {tag()} {address()}", f"cd {folder}", "make lab", "```"]
    fallback = [
        f"- Binder, nothing to install: [lesson {first.number}]({binder_url(first.notebook)}). Open it "
        "today: the first start builds the course's image and takes long, later ones take minutes.",
        f"- Colab, with a Google account, a lesson a link: {links}",
    ]
    if f"/{PLACEHOLDER}/" in address():
        fallback.append("- The course has no public address yet: until it has, these links lead nowhere.")
    heavy = [name_of(o.lesson) for o in course if o.lesson.minutes == max(o.lesson.minutes for o in course)]
    times = [
        f"- ☐ Whole day: {clock(START)} to {clock(slots[-1].end)}, "
        + ", ".join(f"{slot.name.lower()} at {clock(slot.begin)}" for slot in slots if slot.outline is None)
        + f". Two-hour path: {span(sum(o.lesson.short_minutes for o in course))}.",
        f"- ☐ The longest lesson is {heavy[0]}: run it once on a learner's laptop, and look at the clock.",
    ]
    return {"install": "\n".join(install), "fallback": "\n".join(fallback), "times": "\n".join(times)}


def words_of(markdown: str) -> int:
    """Count the words of a page, without its links and marks: what fits on a printed page."""
    return len(re.sub(r"\]\([^)]*\)|<[^>]*>|[`*|#\[\]-]", " ", markdown).split())
