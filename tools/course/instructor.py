"""The instructor's pages made from the lessons: the timing sheet, a page a lesson, blocks of the checklist.

`pages` writes them to docs/instructor/, in the words of timing.md.j2 and lesson.md.j2. The day begins at
`START` with a welcome; after the lesson that completes `STRETCH` minutes there is a pause, and the first at
or after `NOON` is lunch. The day ends with a buffer, for what took longer, and a wrap-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from tools.course.about import NO_ADDRESS, address, binder_url, colab_url, published, repository, tag
from tools.course.outline import Outline, Section

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
        slots.append(Slot(now, end, outline, outline.lesson.name))
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


def drops(course: Sequence[Outline], lost: int) -> tuple[list[str], int]:
    """Choose what to leave out: as few whole lessons as needed, then optional sections of the others.

    Raises
    ------
    ValueError
        If all that may be left out is less than what is lost.
    """
    for number in range(len(DROPPED) + 1):
        gone = [outline for outline in course if outline.lesson.number in DROPPED[:number]]
        names = [f"all of {outline.lesson.name}" for outline in gone]
        freed = sum(outline.lesson.minutes for outline in gone)
        for outline in course:
            for section in () if outline in gone else outline.sections:
                if section.optional and freed < lost:
                    names.append(f"{section.number} {section.title}")
                    freed += section.minutes
        if freed >= lost:
            return names, freed
    raise ValueError(f"only {freed} minutes may be left out, not {lost}: mark more sections optional")


def doing(section: Section) -> str:
    """Return what learners do in a section, in a few words."""
    exercises = [f"exercise {exercise.number}" for exercise in section.exercises]
    return ", ".join([*exercises, *(f"demo: {demo_name(demo)}" for demo in section.demos)])


def demo_name(demo: str) -> str:
    """Return a demo's name in words."""
    return demo.replace("_", " ")


def listed(lines: Sequence[str]) -> str:
    """Return lines as a list in Markdown."""
    return "\n".join(f"- {line}" for line in lines)


_TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent), keep_trailing_newline=True)
_TEMPLATES.filters |= {one.__name__: one for one in (clock, span, doing, demo_name, listed)}
_TEMPLATES.filters["elapsed"] = lambda minutes: f"{minutes // 60}:{minutes % 60:02d}"


def timing_page(course: Sequence[Outline]) -> str:
    """Return docs/instructor/timing.md."""
    course = of_the_day(course)
    return _TEMPLATES.get_template("timing.md.j2").render(
        START=START,
        slots=day(course),
        teaching=sum(outline.lesson.minutes for outline in course),
        dropped={lost: drops(course, lost) for lost in LOST},
        path=[outline for outline in course if outline.lesson.short_minutes],
    )


def lesson_page(outline: Outline) -> str:
    """Return what an instructor wants to know of a lesson."""
    return _TEMPLATES.get_template("lesson.md.j2").render(vars(outline))


def pages(course: Sequence[Outline], folder: str = "docs/instructor") -> dict[str, str]:
    """Return the text of each page by its path."""
    written = {f"{folder}/{outline.lesson.stem}.md": lesson_page(outline) for outline in course}
    return {f"{folder}/timing.md": timing_page(course), **written}


def checklist_blocks(course: Sequence[Outline]) -> dict[str, str]:
    """Return the blocks of docs/instructor/checklist.md."""
    course = of_the_day(course)
    slots, first = day(course), course[0].lesson
    fetching = []
    fallback = [NO_ADDRESS]
    if published():
        fetching = [f"git clone --branch {tag()} {address()}", f"cd {repository().partition('/')[2]}"]
        links = " · ".join(f"[{o.lesson.number}]({colab_url(o.lesson.notebook)})" for o in course)
        fallback = [
            f"Binder, nothing to install: [lesson {first.number}]({binder_url(first.notebook)}). Open it "
            "today: the first start builds the course's image and takes long, later ones take minutes.",
            f"Colab, with a Google account, a lesson a link: {links}",
        ]
    heavy = max(course, key=lambda outline: outline.lesson.minutes).lesson.name
    breaks = [slot for slot in slots if slot.name in ("Pause", "Lunch")]
    pauses = [f"{slot.name.lower()} at {clock(slot.begin)}" for slot in breaks]
    times = [
        f"☐ Whole day: {', '.join([f'{clock(START)} to {clock(slots[-1].end)}', *pauses])}. "
        f"Two-hour path: {span(sum(o.lesson.short_minutes for o in course))}.",
        f"☐ The longest lesson is {heavy}: run it once on a learner's laptop, and look at the clock.",
    ]
    install = ["```bash", *fetching, "make lab", "```"]
    return {"install": "\n".join(install), "fallback": listed(fallback), "times": listed(times)}
