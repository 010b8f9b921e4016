"""The weekly search for dead links: what it collects, and how it judges answers; here it asks only itself."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import check_links
import course
import pytest


class Pages(BaseHTTPRequestHandler):
    """A site whose pages answer with the number that is their name."""

    def do_GET(self):
        self.send_response(int(self.path[1:]))
        self.end_headers()

    def log_message(self, *arguments):
        """Say nothing."""


@pytest.fixture
def site():
    server = HTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[text](https://a.org/page)", ["https://a.org/page"]),
        ("[![badge](https://a.org/b.svg)](https://c.org)", ["https://a.org/b.svg", "https://c.org"]),
        ("<https://a.org/x>, `https://b.org/y`.", ["https://a.org/x", "https://b.org/y"]),
        ("doi: https://doi.org/10.1002/(SICI)1097.", ["https://doi.org/10.1002/(SICI)1097"]),
        ("https://a.org/wiki/Ring_(chemistry)", ["https://a.org/wiki/Ring_(chemistry)"]),
        ("https://hub.example.org/lab http://localhost:8888 http://127.0.0.1/", []),
        ("no address here, not even ftp://a.org", []),
    ],
)
def test_addresses_are_taken_out_of_prose(text, found):
    assert check_links.links_in(text) == found


def test_pages_and_lessons_of_the_repository_are_read(tmp_path):
    for name in ("README.md", "docs/instructor/page.md", "lessons/01_x.py", "notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(
            f"https://a.org/both#part and https://a.org/{name[:3]}", encoding="utf-8"
        )
    found = check_links.links(tmp_path)
    assert set(found) == {"https://a.org/both", "https://a.org/REA", "https://a.org/doc", "https://a.org/les"}
    assert found["https://a.org/both"] == ["README.md", "docs/instructor/page.md", "lessons/01_x.py"]


def test_the_course_names_its_sources_and_its_own_address_is_not_asked_before_it_is_published():
    found = check_links.links()
    assert "https://doi.org/10.1021/ci034243x" in found
    assert not [link for link in found if course.tag() in link and course.repository() in link]


@pytest.mark.parametrize("code", [200, 204, 403, 429])
def test_a_page_that_answers_or_refuses_programs_is_there(site, code):
    assert check_links.problem(f"{site}/{code}") == ""


@pytest.mark.parametrize("code", [404, 410, 500])
def test_a_page_that_is_gone_is_named_with_its_answer(site, code):
    assert check_links.problems([f"{site}/200", f"{site}/{code}"]) == {f"{site}/{code}": f"answers {code}"}


def test_a_host_that_does_not_answer_is_named():
    with socket.create_server(("127.0.0.1", 0)) as once:
        port = once.getsockname()[1]
    assert "refused" in check_links.problem(f"http://127.0.0.1:{port}/")


def test_the_command_ends_with_1_where_a_link_is_dead(monkeypatch, capsys, site):
    monkeypatch.setattr(
        check_links, "links", lambda: {f"{site}/200": ["a.md"], f"{site}/404": ["a.md", "b.md"]}
    )
    assert check_links.main() == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{site}/404 answers 404; named in a.md, b.md",
        "2 links, 1 of them lead nowhere",
    ]


def test_the_command_ends_with_0_where_all_is_well(monkeypatch, capsys, site):
    monkeypatch.setattr(check_links, "links", lambda: {f"{site}/200": ["a.md"]})
    assert check_links.main() == 0
    assert "0 of them" in capsys.readouterr().out
