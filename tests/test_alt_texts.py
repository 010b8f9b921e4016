"""Every picture says what is seen, to those who do not see it: in outputs, in prose, on our pages.

What the cells of both editions show is looked at while nbval runs them (`notebook_guards`); here is the gate
itself, and what stands in Markdown.
"""

from pathlib import Path

import nbformat
import outputs
import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted(path for folder in ("notebooks", "solutions") for path in (ROOT / folder).glob("*.ipynb"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
ALT = "A benzene ring, black on white, that fills the picture"
SHORT = "a picture's alt text has fewer than 30 characters"
DRAWN = "without role and aria-label"


def shown(**forms):
    """Give what is wrong with an output in these forms."""
    data = {name.replace("_", "/", 1): value for name, value in forms.items()}
    return " | ".join(outputs.bundle_problems(data))


@pytest.mark.parametrize(
    ("html", "said"),
    [
        (f'<img src="ring.png" alt="{ALT}">', ""),
        (f"<div><table><tr><td><IMG ALT='{ALT}' src=x></table></div>", ""),
        ('<img src="ring.png">', SHORT),
        ('<img src="ring.png" alt="">', SHORT),
        ('<img src="x" alt="figures/a_rather_long_name_of_a_file.png">', "the name of a file"),
        (f'<input type="image" alt="{ALT}">', ""),
        ("<svg><title>no role</title><path d=''/></svg>", DRAWN),
        (f'<svg role="img" aria-label="{ALT}"><path d=""/></svg>', ""),
        ('<svg aria-hidden="true"><path d=""/></svg>', ""),
        ("<svg aria-hidden='true'><g/></svg><img src=x>", SHORT),
        ("<canvas width=9></canvas>", DRAWN),
        ('<iframe src="page.html"></iframe>', DRAWN),
        (f'<iframe src="page.html" title="{ALT}"></iframe>', ""),
        ("<p>1 < 2, and no picture <b>here</b></p>", ""),
    ],
)
def test_a_picture_in_an_output_is_judged_by_its_alt_text(html, said):
    found = shown(text_html=html)
    assert said in found
    assert bool(said) == bool(found)


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        (f"![{ALT}](ring.png)", ""),
        ("text ![](ring.png) text", SHORT),
        ("![ring](ring.png 'a title')", SHORT),
        ("<img src='ring.png'>", SHORT),
        ("`<img>` is an element; so is\n```html\n<img src=x>\n```\nor `![](y)`", ""),
    ],
)
def test_a_picture_in_markdown_is_judged_too(markdown, said):
    found = shown(text_markdown=markdown)
    assert said in found
    assert bool(said) == bool(found)


@pytest.mark.parametrize("mime", ["image/png", "image/jpeg", "image/svg+xml", "image/gif", "video/mp4"])
def test_a_picture_without_html_has_no_place_for_an_alt_text(mime):
    assert "without alt text" in shown(**{mime.replace("/", "_", 1): "iVBOR", "text_plain": "<PIL.Image>"})


# What is there


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_picture_in_the_prose_of_a_notebook_has_its_alt_text(path):
    prose = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
    pictures = [one for text in prose for one in outputs.markdown_pictures(text)]
    assert [problem for one in pictures for problem in one.problems()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_picture_on_a_page_of_the_repository_has_its_alt_text(path):
    found = outputs.markdown_pictures(path.read_text(encoding="utf-8"))
    # A badge is a button: what it does is all there is to say.
    assert [problem for one in found if "badge" not in one.source for problem in one.problems()] == []
    assert all(one.alt for one in found)
