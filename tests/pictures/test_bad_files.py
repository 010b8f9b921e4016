"""Files that are no pictures, or no longer: a sentence each, and no trace left."""

import contextlib
import gc
import io
import logging
import os
import struct
import subprocess
import sys
import warnings
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from workshop_utils import pictures
from workshop_utils.pictures import pillow_files, tiff_files

RGB = np.random.default_rng(0).integers(0, 256, (64, 80, 3), dtype=np.uint8)


def saved(kind, **options):
    buffer = io.BytesIO()
    Image.fromarray(RGB).save(buffer, kind, **options)
    return buffer.getvalue()


KINDS = {
    "PNG": saved("PNG"),
    "JPEG": saved("JPEG"),
    "WebP": saved("WEBP"),
    "GIF": saved("GIF"),
    "BMP": saved("BMP"),
    "TIFF": saved("TIFF"),
    "TIFF, LZW": saved("TIFF", compression="tiff_lzw"),
    "TIFF, deflate": saved("TIFF", compression="tiff_adobe_deflate"),
    "TIFF, JPEG": saved("TIFF", compression="jpeg"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.97])
def test_a_file_that_is_cut_off_is_refused_and_says_so(kind, share, capfd):
    with pytest.raises(pictures.PictureError, match=r"damaged or cut off"):
        pictures.read(KINDS[kind][: int(share * len(KINDS[kind])) + 16])
    if kind != "TIFF, JPEG":  # libjpeg, which is written in C, complains by itself
        assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", KINDS)
def test_noise_in_the_middle_gives_a_picture_or_a_sentence(kind, capfd):
    generator = np.random.default_rng(1)
    for _ in range(8):
        content = bytearray(KINDS[kind])
        for at in generator.integers(4, len(content), 12):
            content[at] = generator.integers(256)
        try:
            picture = pictures.read(bytes(content))
        except pictures.PictureError:
            continue
        assert picture.rgb.dtype == np.uint8
        assert picture.rgb.shape[:2] == picture.values.shape[:2]
    if not kind.startswith("TIFF, "):  # libtiff, which is written in C, complains by itself
        assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF, whatever its name says; save the page"),
        (b"PK\x03\x04" + b"\0" * 60, "a ZIP archive or an Office document"),
        (b"8BPS\0\1", "Photoshop"),
        (b"VjCD0100\4\3\2\1", "ChemDraw"),
        (
            b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>",
            "an SVG, a drawing without pixels",
        ),
        (b"\n<!DOCTYPE html>\n<HTML><body>404</body></HTML>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n", "Git LFS.*git lfs pull"),
        (b"name,smiles\nethanol,CCO\n", "a text file"),
        ("Löslichkeit".encode("utf-16"), "of no kind|a text file"),
        (b"\0" * 5000, "full of zeros"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", "a video"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"\0" * 128 + b"DICM", "DICOM"),
        (b"\x07\x01\x02\x03", "of no kind that is known"),
        (b"\x89PNG", "of no kind|cut off"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(tmp_path, content, said):
    path = tmp_path / "picture.png"
    path.write_bytes(content)
    with pytest.raises(pictures.PictureError, match=said):
        pictures.read(path)


def test_the_name_does_not_matter(tmp_path):
    path = tmp_path / "a scan.pdf"
    path.write_bytes(KINDS["JPEG"])
    assert pictures.read(path).source.format == "JPEG"


def test_an_empty_file(tmp_path):
    (tmp_path / "picture.png").touch()
    with pytest.raises(
        pictures.PictureError, match=r"picture\.png cannot be read as a picture: it is empty, 0 bytes"
    ):
        pictures.read(tmp_path / "picture.png")
    with pytest.raises(pictures.PictureError, match="empty"):
        pictures.read(b"")


def test_a_folder_and_what_is_no_file(tmp_path):
    with pytest.raises(pictures.PictureError, match=r"it is a folder; pictures\.find"):
        pictures.read(tmp_path)
    with pytest.raises(pictures.PictureError, match="no ordinary file"):
        pictures.read(os.devnull)


def test_a_file_that_is_not_there_is_answered_with_names_like_it(tmp_path):
    (tmp_path / "plate_1.png").write_bytes(KINDS["PNG"])
    with pytest.raises(FileNotFoundError, match=r"no file plate-1\.png in .*; similar names: plate_1\.png"):
        pictures.read(tmp_path / "plate-1.png")
    with pytest.raises(FileNotFoundError, match=r"no folder .*nowhere"):
        pictures.read(tmp_path / "nowhere" / "plate.png")
    with pytest.raises(FileNotFoundError, match="download the picture first"):
        pictures.read("https://example.org/plate.png")


def test_a_file_that_may_not_be_opened(tmp_path, monkeypatch):
    path = tmp_path / "picture.png"
    path.write_bytes(KINDS["PNG"])

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(pictures.PictureError, match=r"cannot be opened \(Permission denied\)"):
        pictures.read(path)


@pytest.mark.parametrize("given", [None, 3, RGB, io.StringIO("text"), Image.fromarray(RGB), [b"a"]])
def test_what_is_neither_a_path_nor_bytes_is_told_apart(given):
    with pytest.raises(
        TypeError, match=rf"the path of a picture file, its bytes, or a file .*, got {type(given).__name__};"
    ):
        pictures.read(given)


@pytest.mark.parametrize("page", [None, "first", 0.5])
def test_a_page_that_is_no_number_of_one_is_refused(page):
    with pytest.raises(TypeError, match="page to be a whole number from 0 on, got"):
        pictures.read(KINDS["PNG"], page)


@pytest.mark.parametrize("name", ["a" * 5000, "\0.png", "~nobody-of-this-name/a.png", "\ud800.png", ""])
def test_a_name_that_no_file_can_have_is_a_sentence(name):
    with pytest.raises(
        (pictures.PictureError, FileNotFoundError), match=r"cannot be opened|no file|no folder|a folder"
    ):
        pictures.read(name)


def test_what_a_browser_uploads_is_read_as_bytes():
    assert np.array_equal(pictures.read(bytearray(KINDS["PNG"])).values, RGB)
    assert np.array_equal(pictures.read(memoryview(KINDS["PNG"])).values, RGB)


# Too large


def png_of(width, height, *, depth=8, color=0, body=b""):
    def chunk(name, content):
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(10_001, 10_000), (20_000, 20_000), (2_000_000, 2_000_000)])
def test_more_than_a_hundred_megapixels_are_refused_before_they_are_unpacked(width, height):
    with pytest.raises(pictures.PictureError, match=r"at most 100 megapixels"):
        pictures.read(png_of(width, height))
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(np.zeros((16, 16), np.uint8), contiguous=False)
    content = bytearray(buffer.getvalue())
    for code, value in ((256, width), (257, height)):
        with tifffile.TiffFile(io.BytesIO(buffer.getvalue())) as file:
            tag = file.pages[0].tags[code]
        content[tag.offset + 2 : tag.offset + 4] = struct.pack("<H", 4)
        content[tag.offset + 8 : tag.offset + 12] = struct.pack("<I", value)
    with pytest.raises(pictures.PictureError, match="at most 100 megapixels"):
        pictures.read(bytes(content))


def test_a_picture_just_below_the_limit_is_no_bomb_to_pillow_s_warning():
    body = zlib.compress(b"".join(b"\0" + b"\0" * 1200 for _ in range(9_600)))
    picture = pictures.read(png_of(9_600, 9_600, depth=1, body=body))
    assert picture.rgb.shape == (9_600, 9_600, 3)
    assert picture.notes == ()


def test_a_bomb_in_a_png_s_text_is_refused():
    bomb = zlib.compress(b"a" * 80_000_000)
    content = png_of(4, 4, body=zlib.compress(b"\0" * 20))
    chunk = b"zTXt" + b"Comment\0\0" + bomb
    at = 8 + 25
    extra = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    with pytest.raises(pictures.PictureError, match="damaged or cut off"):
        pictures.read(content[:at] + extra + content[at:])


@pytest.mark.parametrize("kind", ["zlib", "lzma"])
def test_a_tiff_that_unpacks_to_more_than_it_says_is_refused(kind):
    """Its head says 64 × 64, its data unpack to 40 MB: a hundred of those would fill the memory."""
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, np.zeros((6400, 6400), np.uint8), compression=kind, rowsperstrip=6400)
    content = bytearray(buffer.getvalue())
    assert len(content) < 60_000
    with tifffile.TiffFile(io.BytesIO(buffer.getvalue())) as file:
        tags = [file.pages[0].tags[code] for code in (256, 257, 278)]
    for tag in tags:
        content[tag.offset + 2 : tag.offset + 4] = struct.pack("<H", 4)
        content[tag.offset + 8 : tag.offset + 12] = struct.pack("<I", 64)
    with pytest.raises(pictures.PictureError, match="unpacks to more than its head says"):
        pictures.read(bytes(content))


# Kinds that nobody reads here


def test_a_color_mode_that_is_not_read_is_named():
    lab = Image.fromarray(RGB).convert("HSV")
    with pytest.raises(pictures.PictureError, match="color mode is HSV"):
        pillow_files.stored(lab, pages=1)
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, RGB, photometric="cielab")
    with pytest.raises(pictures.PictureError, match=r"color mode is CIELAB.*save it as RGB"):
        pictures.read(buffer.getvalue())


def test_a_format_that_this_pillow_lacks_is_named(monkeypatch):
    Image.init()
    monkeypatch.delitem(Image.OPEN, "WEBP")
    with pytest.raises(
        pictures.PictureError, match="this computer's Pillow cannot read WebP; save it as PNG"
    ):
        pictures.read(KINDS["WebP"])


def test_deep_color_that_opencv_cannot_read_is_not_taken_with_half_its_bits(monkeypatch):
    content = cv2.imencode(".png", RGB.astype(np.uint16) * 257)[1].tobytes()
    monkeypatch.setattr(pillow_files.cv2, "imdecode", lambda *_: None)
    with pytest.raises(pictures.PictureError, match="a 16-bit PNG that OpenCV cannot read"):
        pictures.read(content)


def test_a_camera_s_raw_file_is_not_taken_for_its_thumbnail():
    buffer = io.BytesIO()
    pattern = [(33421, 3, 2, (2, 2), True), (33422, 1, 4, bytes([0, 1, 1, 2]), True)]
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(RGB[::4, ::4], photometric="rgb", subfiletype=1, subifds=1)
        writer.write(RGB[..., 0].astype(np.uint16), photometric="cfa", extratags=pattern)
    with pytest.raises(pictures.PictureError, match="a camera's raw file"):
        pictures.read(buffer.getvalue())


def test_a_preview_is_not_taken_for_the_picture():
    after, behind = io.BytesIO(), io.BytesIO()
    with tifffile.TiffWriter(after) as writer:
        writer.write(RGB[::4, ::4], photometric="rgb", subfiletype=1)
        writer.write(RGB, photometric="rgb")
    with pytest.raises(pictures.PictureError, match=r"a small preview; the picture itself is page=1"):
        pictures.read(after.getvalue())
    assert np.array_equal(pictures.read(after.getvalue(), page=1).values, RGB)
    with tifffile.TiffWriter(behind) as writer:
        writer.write(RGB[::4, ::4], photometric="rgb", subifds=1)
        writer.write(RGB, photometric="rgb")
    with pytest.raises(pictures.PictureError, match="a larger picture lies behind it"):
        pictures.read(behind.getvalue())


def test_a_compression_that_nobody_here_unpacks_asks_for_its_package(monkeypatch):
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, RGB.astype(np.uint16))
    content = buffer.getvalue()

    def refuse(*_):
        raise ValueError("<COMPRESSION.X: 1> requires the 'imagecodecs' package")

    monkeypatch.setattr(tiff_files, "_channels_last", refuse)
    monkeypatch.setattr(tiff_files.cv2, "imdecodemulti", lambda *_, **__: (False, ()))
    with pytest.raises(pictures.PictureError, match="pip install imagecodecs"):
        pictures.read(content)


def test_pages_are_counted_and_a_missing_one_is_refused():
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, np.stack([RGB, 255 - RGB, RGB]), photometric="rgb")
    first, second = (pictures.read(buffer.getvalue(), page=page) for page in (0, 1))
    assert np.array_equal(second.values, 255 - RGB)
    assert (first.source.pages, second.source.page) == (3, 1)
    assert first.notes == ("the file holds 2 other pictures: this is page=0",)
    for page in (3, -1):
        with pytest.raises(pictures.PictureError, match=rf"page from 0 to 2, got page={page}"):
            pictures.read(buffer.getvalue(), page=page)
    with pytest.raises(pictures.PictureError, match=r"page=1: the file holds 1 picture$"):
        pictures.read(KINDS["PNG"], page=1)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_the_frames_of_an_animation_are_pages(kind):
    frames = [Image.new("RGB", (16, 16), color) for color in ("red", "lime", "blue")]
    buffer = io.BytesIO()
    frames[0].save(
        buffer,
        kind,
        save_all=True,
        append_images=frames[1:],
        **({"lossless": True} if kind == "WEBP" else {}),
    )
    picture = pictures.read(buffer.getvalue(), page=2)
    assert picture.rgb[8, 8].tolist() == [0, 0, 255]
    assert picture.source.pages == 3


def test_imagej_may_put_many_pictures_behind_one_page():
    stack = np.arange(3 * 8 * 9, dtype=np.uint16).reshape(3, 8, 9)
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, stack, imagej=True, metadata={"axes": "ZYX"})
    content = bytearray(buffer.getvalue())
    with tifffile.TiffFile(io.BytesIO(buffer.getvalue())) as file:
        first = file.pages[0]
        tags = len(first.tags)
        content[first.offset + 2 + 12 * tags : first.offset + 6 + 12 * tags] = b"\0" * 4  # no second page
    picture = pictures.read(bytes(content), page=2)
    assert np.array_equal(picture.values, stack[2])
    assert picture.source.pages == 3


# Nothing is left behind


def test_no_file_is_changed_and_no_handle_stays_open(tmp_path):
    bad = {"cut.png": KINDS["PNG"][:200], "cut.tif": KINDS["TIFF"][:200], "text.jpg": b"hello"}
    files = {f"{n}.bin": content for n, content in enumerate(KINDS.values())} | bad
    for name, content in files.items():
        path = tmp_path / name
        path.write_bytes(content)
        path.chmod(0o444)
        before = path.stat()
        with warnings.catch_warnings():
            warnings.simplefilter("error", ResourceWarning)
            try:
                pictures.read(path)
            except pictures.PictureError:
                assert name in bad
            gc.collect()
        assert path.read_bytes() == content
        assert path.stat().st_mtime_ns == before.st_mtime_ns
        path.rename(tmp_path / f"renamed {name}")  # Windows refuses that to a file that is open
    here = Path("/proc/self/fd")
    if here.exists():
        held = [str(link.readlink()) for link in here.iterdir() if link.is_symlink()]
        assert not [name for name in held if str(tmp_path) in name]


def test_loggers_and_limits_of_others_are_left_as_they_were():
    limit = Image.MAX_IMAGE_PIXELS
    logger = logging.getLogger("tifffile")
    for content in (KINDS["TIFF"], KINDS["TIFF"][:100]):
        with contextlib.suppress(pictures.PictureError):
            pictures.read(content)
        assert not logger.disabled
    assert limit == Image.MAX_IMAGE_PIXELS


def test_the_room_loads_neither_torch_nor_rdkit_nor_matplotlib():
    code = "import sys, workshop_utils.pictures; print({'torch', 'rdkit', 'matplotlib'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "set()"


# What is given in another way


def test_the_content_may_come_in_many_ways(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(KINDS["PNG"])
    with path.open("rb") as file:
        for given in (KINDS["PNG"], bytearray(KINDS["PNG"]), io.BytesIO(KINDS["PNG"]), file):
            assert np.array_equal(pictures.read(given).values, RGB)


@pytest.mark.parametrize("given", [None, 5, ["a.png"], RGB, Image.fromarray(RGB), io.StringIO("a")])
def test_what_is_no_file_is_a_sentence(given):
    with pytest.raises(TypeError, match="expected the path of a picture file"):
        pictures.read(given)


def test_a_name_may_begin_with_a_tilde(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "~plate.png").write_bytes(KINDS["PNG"])
    assert pictures.read("~plate.png").source.path == "~plate.png"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("HTTPS://example.org/a.png", "download the picture first"),
        ("www.example.org/a.png", "download the picture first"),
        ("file:///home/a.png", "leave out file://"),
        ('"picture.png"', r"leave out the quotes and the empty space around picture\.png"),
        ("picture.png\n", "leave out the quotes"),
        ("A\u0308ther.png", "one has the same letters, stored in another way"),
        ("link.png", "is a link to .*nowhere"),
    ],
)
def test_a_name_that_is_a_little_wrong_is_answered_with_what_is_wrong(tmp_path, monkeypatch, name, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "\u00c4ther.png").write_bytes(KINDS["PNG"])
    (tmp_path / "link.png").symlink_to(tmp_path / "nowhere.png")
    if name.startswith("A") and (tmp_path / name).exists():
        pytest.skip("on a Mac both spellings name one file")
    with pytest.raises(FileNotFoundError, match=said):
        pictures.read(name)


def test_names_that_no_file_can_have_and_links_in_a_circle(tmp_path):
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    for name in (
        tmp_path / "loop.png",
        "a" * 300 + ".png",
        "data:image/png;base64," + "iVBOR" * 900,
        "a\0.png",
    ):
        with pytest.raises(pictures.PictureError, match="it cannot be opened") as caught:
            pictures.read(name)
        assert len(str(caught.value)) < 500


def test_a_file_of_many_gigabytes_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "stack.tif"
    path.write_bytes(KINDS["TIFF"])
    os.truncate(path, 8 << 30)  # a hole that takes no room
    with pytest.raises(pictures.PictureError, match=r"at most 2 GB, got 8\.6 GB; save the pages"):
        pictures.read(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"BMI,height\n22.1,1.80\n" * 9, "a text file"), (b"SIMPLE  =   T" * 9, "a FITS file")],
)
def test_a_table_that_begins_like_a_bitmap_is_none(content, said):
    with pytest.raises(pictures.PictureError, match=said):
        pictures.read(content)
