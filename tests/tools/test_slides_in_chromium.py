"""Every slide on a stage of 1280 × 720, from the disk; and the printed handout. Pictures of all are kept."""

import re

import pytest

from tools.classroom import handout, slides
from tools.course.about import ROOT
from tools.course.notebooks import find_lessons

pytestmark = pytest.mark.instructor
STAGE = {"width": slides.WIDTH, "height": slides.HEIGHT}
SHOTS = ROOT / "artifacts" / "slides"
#: px on that stage: 1/36 of its height, which is read from the last row.
SMALLEST = 20
WORDS = 75
LOOK = """() => {
  const slide = Reveal.getCurrentSlide();
  const found = {over: 0, where: '', smallest: 1000, small: '', words: 0, blank: 0};
  for (const part of slide.querySelectorAll('*')) {
    const box = part.getBoundingClientRect();
    if (part.closest('aside') || !box.width || !box.height) continue;
    const over = Math.max(box.bottom - innerHeight, box.right - innerWidth, -box.left, -box.top);
    if (over > found.over) { found.over = over; found.where = part.outerHTML.slice(0, 120); }
    if (part.tagName === 'IMG') found.blank += !(part.complete && part.naturalWidth && part.alt);
    const text = [...part.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent).join(' ').trim();
    if (!text) continue;
    const size = parseFloat(getComputedStyle(part).fontSize);
    if (size < found.smallest) { found.smallest = size; found.small = text.slice(0, 60); }
    if (!part.closest('table, pre')) found.words += text.split(/\\s+/).length;
  }
  return found;
}"""


@pytest.fixture(params=find_lessons(), ids=lambda path: path.stem)
def deck(request, browser):
    """Open a deck from the disk; its page knows what it asked for and what it complained of."""
    file = slides.TARGET / f"{request.param.stem}.html"
    if not file.exists():
        pytest.fail(f"there is no {file}: run make slides")
    page = browser.new_page(viewport=STAGE)
    page.asked, page.complaints = [], []
    page.on("request", lambda sent: page.asked.append(sent.url))
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    yield page
    page.close()


def test_every_slide_fits_its_stage_can_be_read_and_asks_nobody(deck):
    SHOTS.mkdir(parents=True, exist_ok=True)
    stem = deck.url.rpartition("/")[2].partition(".")[0]
    problems, slides, pictures = [], deck.evaluate("Reveal.getTotalSlides()"), 0
    for number in range(1, slides + 1):
        found = deck.evaluate(LOOK)
        if found["over"] > 0.5:
            problems.append(f"slide {number}: {found['over']:.0f} px outside the stage: {found['where']}")
        if found["smallest"] < SMALLEST:
            problems.append(f"slide {number}: {found['smallest']:.0f} px letters: {found['small']}")
        if found["words"] > WORDS:
            problems.append(f"slide {number}: {found['words']} words")
        if found["blank"]:
            problems.append(f"slide {number}: a picture is blank or has no alt text")
        pictures += deck.evaluate("Reveal.getCurrentSlide().querySelectorAll('img').length")
        deck.screenshot(path=SHOTS / f"{stem}-{number:02d}.png")
        deck.evaluate("Reveal.next()")
    assert not problems, "\n".join(problems)
    assert slides > 5
    assert pictures > 0
    assert deck.complaints == []
    assert [url for url in deck.asked if not url.startswith(("file:", "data:"))] == []


def test_the_list_of_decks_opens_each(browser):
    page = browser.new_page(viewport=STAGE)
    page.goto((slides.TARGET / "index.html").as_uri())
    links = page.eval_on_selector_all("a", "links => links.map(link => link.href)")
    assert [link.rpartition("/")[2] for link in links] == [f"{path.stem}.html" for path in find_lessons()]
    page.close()


def test_the_handout_is_two_pages_of_a4(browser):
    """Printed anew, as make handout does; Chromium writes pages as plain objects."""
    page = slides.TARGET.parent / "handout.html"
    content = handout.print_pdf(page, handout.find_browser()).read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", content)) == 2
    boxes = {tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox\s*\[([^\]]+)\]", content)}
    assert all(abs(box[2] - 595) < 2 and abs(box[3] - 842) < 2 for box in boxes), boxes
