"""The instructor's pages made from the lessons: the timing sheet, a page a lesson, blocks of the checklist.

tools/build_pages.py writes them to docs/instructor/. The day begins at `START` with a welcome; after the
lesson that completes `STRETCH` minutes there is a pause, and the first at or after `NOON` is lunch. The day
ends with a buffer, for what took longer, and a wrap-up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from course import PLACEHOLDER, address, binder_url, colab_url, repository, tag
from outline import Exercise, Lesson, Outline, Section

START, NOON = 9 * 60, 12 * 60
STRETCH, PAUSE, LUNCH = 75, 15, 60
WELCOME, BUFFER, WRAP_UP = 15, 20, 15
#: The lessons after this one are part two: for another day, or for oneself.
LAST_OF_DAY = "08"
#: Whole lessons that a class may leave out, the first first: no later lesson needs what only they teach.
DROPPED = ("03", "02")
#: What is lost, in minutes, for which the page says what to leave out.
LOST = (30, 60, 90)
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
    """Lay the lessons out over a day: a welcome, pauses between them, a buffer and a wrap-up at its end."""
    now = since = start + WELCOME
    slots = [Slot(start, now, None, "Welcome")]
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
    slots.append(Slot(now, now + BUFFER, None, "Buffer: what took longer, or questions"))
    slots.append(Slot(now + BUFFER, now + BUFFER + WRAP_UP, None, "Wrap-up"))
    return slots


def of_the_day(course: Sequence[Outline]) -> list[Outline]:
    """Return the lessons that are taught in one day, without part two."""
    return [outline for outline in course if outline.lesson.number <= LAST_OF_DAY]


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
    course = of_the_day(course)
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
        f"{span(teaching)} of teaching, and {span(slots[-1].end - START - teaching)} of welcome, pauses, "
        f"lunch, buffer and wrap-up: {clock(START)} to {clock(slots[-1].end)}. Nobody can take in more in a "
        "day; part two of the course is for another one.",
        "The welcome is for laptops that do not start, and for the question of lesson 01: which pictures did "
        "*you* handle last week? In the wrap-up everybody writes down one thing to try on Monday, and one "
        "doubt.",
        "## What to leave out",
        "Late by a quarter of an hour? Use the buffer, then leave out an exercise, never a *predict first*. "
        "Late by more? Leave out, in this order:",
        drop_table(course),
        "Every lesson runs alone. Optional sections are marked in the notebooks; learners run and read them "
        "later. Early? The demos and the last exercises repay ten minutes.",
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


def drop_table(course: Sequence[Outline]) -> str:
    """Return what to leave out for each number of minutes lost."""
    rows = ["| lost | leave out | that frees |", "|---|---|---|"]
    for lost in LOST:
        names, minutes = drops(course, lost)
        rows.append(f"| {lost} min | {'; '.join(names)} | {minutes} min |")
    return "\n".join(rows)


def drops(course: Sequence[Outline], lost: int) -> tuple[list[str], int]:
    """Choose what to leave out: as few whole lessons as needed, then optional sections of the others.

    Raises
    ------
    ValueError
        If all that may be left out is less than what is lost.
    """
    for number in range(len(DROPPED) + 1):
        gone = [outline for outline in course if outline.lesson.number in DROPPED[:number]]
        names = [f"all of {name_of(outline.lesson)}" for outline in gone]
        freed = sum(outline.lesson.minutes for outline in gone)
        for outline in course:
            for section in () if outline in gone else outline.sections:
                if section.optional and freed < lost:
                    names.append(f"{section.number} {section.title}")
                    freed += section.minutes
        if freed >= lost:
            return names, freed
    raise ValueError(
        f"only {freed} minutes may be left out, and {lost} are asked for: mark more sections optional"
    )


def section_tables(slots: Sequence[Slot]) -> Iterator[str]:
    """Give a heading and a table for each lesson of the day."""
    for slot in slots:
        if slot.outline is None:
            yield f"*{slot.name}, {clock(slot.begin)} to {clock(slot.end)}*"
            continue
        yield f"### {slot.name}"
        rows, now = ["| from | minutes | section | with |", "|---|---|---|---|"], slot.begin
        for section in slot.outline.sections:
            star = STAR if section.short_minutes else " (optional)" if section.optional else ""
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
    optional = " *Optional: the first to leave out when time is short.*" if section.optional else ""
    text = [f"## {section.number} {section.title}", f"*{section.minutes} minutes.*{optional}"]
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
    course = of_the_day(course)
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
        + ", ".join(
            f"{slot.name.lower()} at {clock(slot.begin)}" for slot in slots if slot.name in ("Pause", "Lunch")
        )
        + f". Two-hour path: {span(sum(o.lesson.short_minutes for o in course))}.",
        f"- ☐ The longest lesson is {heavy[0]}: run it once on a learner's laptop, and look at the clock.",
    ]
    return {"install": "\n".join(install), "fallback": "\n".join(fallback), "times": "\n".join(times)}


def words_of(markdown: str) -> int:
    """Count the words of a page, without its links and marks: what fits on a printed page."""
    return len(re.sub(r"\]\([^)]*\)|<[^>]*>|[`*|#\[\]-]", " ", markdown).split())
