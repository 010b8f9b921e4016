"""Files of strangers: each format, depth and orientation, read against the array that was saved."""

import io
import sys
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
import skimage
import tifffile
from PIL import Image, ImageCms, ImageOps, features

from workshop_utils import pictures

RNG = np.random.default_rng(0)
GRAY = RNG.integers(0, 256, (19, 31), dtype=np.uint8)
RGB = RNG.integers(0, 256, (19, 31, 3), dtype=np.uint8)
DEEP = RNG.integers(0, 65536, (19, 31, 3), dtype=np.uint16)


def pillow(array, kind, **options):
    """Save with Pillow, and give the bytes."""
    buffer = io.BytesIO()
    image = array if isinstance(array, Image.Image) else Image.fromarray(array)
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def tiff(array, **options):
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, array, **options)
    return buffer.getvalue()


def opencv(array, ending, *options):
    colors = cv2.COLOR_RGBA2BGRA if array.ndim == 3 and array.shape[2] == 4 else cv2.COLOR_RGB2BGR
    return cv2.imencode(ending, cv2.cvtColor(array, colors) if array.ndim == 3 else array, options)[
        1
    ].tobytes()


# What comes back is what was saved


LOSSLESS = {
    "PNG": lambda a: pillow(a, "PNG"),
    "BMP": lambda a: pillow(a, "BMP"),
    "WebP": lambda a: pillow(a, "WEBP", lossless=True),
    "TIFF": lambda a: pillow(a, "TIFF"),
    "TIFF, LZW": lambda a: pillow(a, "TIFF", compression="tiff_lzw"),
    "TIFF, deflate": lambda a: pillow(a, "TIFF", compression="tiff_adobe_deflate"),
    "TIFF, PackBits": lambda a: pillow(a, "TIFF", compression="packbits"),
    "TIFF by tifffile": tiff,
    "TIFF, big-endian": lambda a: tiff(a, byteorder=">"),
    "TIFF, BigTIFF": lambda a: tiff(a, bigtiff=True),
    "TIFF, tiles": lambda a: tiff(a, tile=(16, 16)),
    "TIFF by OpenCV (LZW)": lambda a: opencv(a, ".tiff"),
}


@pytest.mark.parametrize("way", LOSSLESS)
def test_eight_bits_of_color_come_back_in_every_format(way):
    picture = pictures.read(LOSSLESS[way](RGB))
    assert np.array_equal(picture.values, RGB)
    assert np.array_equal(picture.rgb, RGB)
    assert picture.source.format == way.partition(",")[0].split()[0]
    assert (picture.source.mode, picture.source.bits, picture.source.pages) == ("RGB", 8, 1)
    assert (picture.scale, picture.notes) == (None, ())


@pytest.mark.parametrize("way", [way for way in LOSSLESS if way != "WebP"])  # which has no gray
def test_gray_stays_one_channel(way):
    picture = pictures.read(LOSSLESS[way](GRAY))
    assert np.array_equal(picture.values, GRAY)
    assert np.array_equal(picture.rgb, np.stack([GRAY] * 3, axis=-1))
    assert picture.source.mode == "gray"


def test_jpeg_is_what_pillow_makes_of_it():
    content = pillow(RGB, "JPEG", quality=90)
    assert np.array_equal(pictures.read(content).rgb, np.asarray(Image.open(io.BytesIO(content))))


def test_a_gif_gives_the_colors_of_its_palette():
    few = Image.fromarray(RGB).quantize(32)
    picture = pictures.read(pillow(few, "GIF"))
    assert np.array_equal(picture.rgb, np.asarray(few.convert("RGB")))
    assert picture.source.mode == "palette"


@pytest.mark.parametrize("colors", [2, 4, 16, 200])
def test_a_png_with_a_palette_gives_colors(colors):
    few = Image.fromarray(RGB).quantize(colors)
    picture = pictures.read(pillow(few, "PNG"))
    assert np.array_equal(picture.values, np.asarray(few.convert("RGB")))
    assert picture.source.bits == int(np.log2(colors) + 0.99)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_one_bit_is_true_or_false(kind):
    mask = GRAY > 128
    picture = pictures.read(pillow(Image.fromarray(mask), kind))
    assert picture.values.dtype == bool or kind == "BMP"
    assert np.array_equal(picture.values > 0, mask)
    assert np.array_equal(picture.rgb[..., 1] == 255, mask)
    assert set(np.unique(picture.rgb)) == {0, 255}


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_ccitt"])
def test_a_fax_is_right_way_round(compression):
    mask = np.ones((40, 64), bool)
    mask[10:20, 8:30] = False  # ink
    picture = pictures.read(pillow(Image.fromarray(mask), "TIFF", compression=compression))
    assert np.array_equal(picture.rgb[..., 0] == 255, mask)


# More than eight bits


DEEP_WAYS = {
    "PNG": lambda a: opencv(a, ".png"),
    "TIFF": tiff,
    "TIFF, LZW": lambda a: opencv(a, ".tiff", cv2.IMWRITE_TIFF_COMPRESSION, 5),
    "TIFF, deflate": lambda a: tiff(a, compression="zlib"),
    "TIFF, predictor": lambda a: tiff(a, compression="zlib", predictor=2),
    "TIFF, separate planes": lambda a: (
        tiff(np.moveaxis(a, -1, 0), photometric="rgb", planarconfig="separate") if a.ndim == 3 else tiff(a)
    ),
}


@pytest.mark.parametrize("way", DEEP_WAYS)
@pytest.mark.parametrize("kind", ["gray", "color"])
def test_sixteen_bits_are_kept_for_measuring_and_halved_for_looking(way, kind):
    values = DEEP if kind == "color" else DEEP[..., 0].copy()
    picture = pictures.read(DEEP_WAYS[way](values))
    assert picture.values.dtype == np.uint16
    assert np.array_equal(picture.values, values)
    shown = picture.rgb if kind == "color" else picture.rgb[..., 0]
    assert np.array_equal(shown, np.round(values / 257).astype(np.uint8))
    assert "uint16 values from 0 to 65535" in picture.notes[0]


def test_twelve_bits_in_sixteen_are_not_shown_black():
    values = (DEEP[..., 0] >> 4) + np.uint16(3)
    picture = pictures.read(tiff(values))
    assert picture.values.max() == values.max() < 4200
    assert picture.rgb.max() == 255
    assert picture.rgb.min() == 0
    assert "to look at it, uint16 values from" in picture.notes[0]


@pytest.mark.parametrize("dtype", ["float32", "float64", "int16", "int32", "uint32", "int8", "float16"])
def test_any_real_number_can_be_measured_and_looked_at(dtype):
    values = (np.linspace(-100, 100, 600).reshape(20, 30)).astype(dtype)
    if dtype == "uint32":
        values = np.arange(600, dtype=dtype).reshape(20, 30) * np.uint32(7_000_000)
    picture = pictures.read(tiff(values))
    assert picture.values.dtype == values.dtype
    assert np.array_equal(picture.values, values)
    order = picture.rgb[..., 0].ravel().astype(int)
    assert (np.diff(order) >= 0).all()
    assert (order[0], order[-1]) == (
        0,
        255 if dtype != "uint32" else round(255 * int(values.max()) / (2**32 - 1)),
    )


def test_floats_from_0_to_1_keep_their_black_and_white():
    values = np.linspace(0.25, 0.75, 600, dtype=np.float32).reshape(20, 30)
    picture = pictures.read(tiff(values))
    np.testing.assert_allclose(picture.rgb[..., 0], 255 * values, atol=0.51)


def test_values_that_are_no_numbers_are_counted_and_white():
    values = np.linspace(0, 5, 600, dtype=np.float32).reshape(20, 30)
    values[3, :7] = np.nan
    values[4, 0] = np.inf
    picture = pictures.read(tiff(values))
    assert (picture.rgb[3, :7] == 255).all()
    assert picture.notes[0].startswith("8 values are no numbers")
    assert np.isnan(picture.values).sum() == 7


@pytest.mark.parametrize("value", [0, 1, 300, 65535])
def test_one_value_everywhere_is_no_division_by_zero(value):
    picture = pictures.read(tiff(np.full((8, 9), value, np.uint16)))
    assert len(np.unique(picture.rgb)) == 1


def test_complex_numbers_are_refused():
    with pytest.raises(pictures.PictureError, match="nobody can look at"):
        pictures.read(tiff(np.ones((5, 5), np.complex64)))


# Transparency


def with_alpha(kind, **options):
    array = np.zeros((10, 12, 4), np.uint8)
    array[2:5, 3:6] = (10, 20, 30, 255)
    array[6, :] = (0, 0, 0, 128)
    return array, pillow(array, kind, **options)


@pytest.mark.parametrize(("kind", "options"), [("PNG", {}), ("WEBP", {"lossless": True}), ("TIFF", {})])
def test_a_transparent_background_is_white_paper(kind, options):
    array, content = with_alpha(kind, **options)
    picture = pictures.read(content)
    assert (picture.rgb[0, 0] == 255).all()
    assert (picture.rgb[3, 4] == (10, 20, 30)).all()
    assert abs(int(picture.rgb[6, 0, 0]) - 127) <= 1
    assert np.array_equal(picture.values[..., 3], array[..., 3])
    assert picture.source.mode == "RGB+alpha"
    assert picture.notes == ("it is transparent in places; it was laid on white paper",)


def test_alpha_of_lzw_and_of_sixteen_bits_too():
    array, _ = with_alpha("PNG")
    for content in (
        pillow(array, "TIFF", compression="tiff_lzw"),
        opencv(array.astype(np.uint16) * 257, ".png"),
        tiff(array.astype(np.uint16) * 257, extrasamples=["unassalpha"], photometric="rgb"),
    ):
        picture = pictures.read(content)
        assert (picture.rgb[0, 0] == 255).all()
        assert (picture.rgb[3, 4] == (10, 20, 30)).all()


def test_premultiplied_colors_are_not_darkened_twice():
    half = np.full((6, 6, 4), (100, 50, 0, 128), np.uint8)
    picture = pictures.read(tiff(half, photometric="rgb", extrasamples=["assocalpha"]))
    assert picture.rgb[0, 0].tolist() == [227, 177, 127]


def test_gray_with_alpha_and_a_transparent_palette_and_a_transparent_color():
    gray = Image.new("LA", (9, 9), (0, 0))
    gray.paste((40, 255), (2, 2, 5, 5))
    palette = Image.fromarray(np.uint8([[0, 1], [1, 0]]), "P")
    palette.putpalette([255, 0, 0, 0, 0, 255])
    for content, clear, solid in (
        (pillow(gray, "PNG"), (0, 0), ((3, 3), (40, 40, 40))),
        (pillow(palette, "PNG", transparency=1), (0, 1), ((0, 0), (255, 0, 0))),
        (pillow(palette, "GIF", transparency=1), (0, 1), ((0, 0), (255, 0, 0))),
        (pillow(Image.fromarray(np.uint8([[0, 90]])), "PNG", transparency=0), (0, 0), ((0, 1), (90, 90, 90))),
    ):
        picture = pictures.read(content)
        assert picture.rgb[clear].tolist() == [255, 255, 255]
        assert picture.rgb[solid[0]].tolist() == list(solid[1])
        assert "+alpha" in picture.source.mode


def test_white_lines_on_nothing_are_laid_on_black():
    array = np.full((10, 12, 4), (255, 255, 255, 0), np.uint8)
    array[4:6, 2:9, 3] = 255
    picture = pictures.read(pillow(array, "PNG"))
    assert picture.rgb[0, 0].tolist() == [0, 0, 0]
    assert picture.rgb[4, 4].tolist() == [255, 255, 255]
    assert "black" in picture.notes[0]


def test_transparent_everywhere_is_taken_for_a_mistake():
    array = np.dstack([RGB, np.zeros(RGB.shape[:2], np.uint8)])
    picture = pictures.read(pillow(array, "PNG"))
    assert np.array_equal(picture.rgb, RGB)
    assert "transparent everywhere" in picture.notes[0]


def test_a_channel_of_unknown_meaning_is_measured_and_not_shown():
    four = RNG.integers(0, 256, (19, 31, 4), dtype=np.uint8)
    picture = pictures.read(tiff(four, photometric="rgb", extrasamples=["unspecified"]))
    assert np.array_equal(picture.rgb, four[..., :3])
    assert np.array_equal(picture.values, four)
    assert picture.notes == ("1 more channel than colors: in the values only",)
    five = np.dstack([four, four[..., :1]])
    picture = pictures.read(tiff(five, photometric="minisblack", planarconfig="contig"))
    assert np.array_equal(picture.rgb[..., 0], five[..., 0])
    assert picture.values.shape == (19, 31, 5)


def test_false_colors_of_imagej_leave_the_numbers_to_be_measured():
    colors = np.stack([np.arange(256) * 257, np.zeros(256), np.arange(255, -1, -1) * 257]).astype(np.uint16)
    false = pictures.read(tiff(GRAY, photometric="palette", colormap=colors, description="ImageJ=1.53t\n"))
    assert np.array_equal(false.values, GRAY)
    assert np.array_equal(false.rgb[..., 0], GRAY)
    assert np.array_equal(false.rgb[..., 2], 255 - GRAY)
    assert "false" in false.notes[0]
    other = pictures.read(tiff(GRAY, photometric="palette", colormap=colors))
    assert np.array_equal(other.values, false.rgb)


@pytest.mark.skipif(not features.check("libtiff"), reason="a Pillow without libtiff")
@pytest.mark.parametrize("array", [RGB, DEEP[..., 0].copy()], ids=["color", "deep"])
def test_compressions_that_python_itself_cannot_unpack(array):
    try:
        content = pillow(array, "TIFF", compression="zstd")
    except OSError:
        pytest.skip("a libtiff without zstd")
    assert np.array_equal(pictures.read(content).values, array)


# Phones


def test_heic_is_read_with_its_extra_and_asks_for_it_without(monkeypatch):
    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), (200, 30, 30))).save(buffer, quality=90)
    picture = pictures.read(buffer.getvalue())
    assert (picture.source.format, picture.rgb.shape) == ("HEIC", (48, 64, 3))
    assert np.abs(picture.rgb.reshape(-1, 3).mean(axis=0) - (200, 30, 30)).max() < 6
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(pictures.PictureError, match=r"HEIC, as iPhones save it.*pip install pillow-heif"):
        pictures.read(buffer.getvalue())


def test_a_phone_s_jpeg_may_hold_a_second_picture():
    buffer = io.BytesIO()
    others = [Image.new("RGB", (32, 32), "blue")]
    Image.new("RGB", (32, 32), "red").save(buffer, "MPO", save_all=True, append_images=others)
    first, second = (pictures.read(buffer.getvalue(), page=page) for page in (0, 1))
    assert first.rgb[0, 0, 0] > 200 > 60 > first.rgb[0, 0, 2]
    assert second.rgb[0, 0, 2] > 200 > 60 > second.rgb[0, 0, 0]
    assert "another picture" in first.notes[0]


@pytest.mark.parametrize(
    ("field", "expected"), [("2026:08:19 12:32:30", "2026-08-19T12:32:30"), ("yesterday", None)]
)
def test_the_time_is_the_one_that_the_file_states(field, expected):
    exif = Image.Exif()
    exif[306] = field
    assert pictures.read(pillow(RGB, "JPEG", exif=exif)).source.time == expected
    dated = tiff(RGB, photometric="rgb", datetime="2026:08:19 12:32:30")
    assert pictures.read(dated).source.time == "2026-08-19T12:32:30"
    assert pictures.read(pillow(RGB, "PNG")).source.time is None


# Right side up


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    "kind", ["JPEG", "PNG", "WEBP", "TIFF", "TIFF, LZW", "TIFF, 16 bits", "TIFF, 16 bits, LZW"]
)
def test_every_orientation_of_exif_is_turned_as_pillow_turns_it(orientation, kind):
    picture = np.zeros((16, 32, 3), np.uint8)
    picture[:8, :16], picture[8:, :16], picture[:8, 16:] = (250, 0, 0), (0, 250, 0), (0, 0, 250)
    plain = Image.fromarray(picture)
    plain.getexif()[274] = orientation
    expected = np.asarray(ImageOps.exif_transpose(plain))
    exif = Image.Exif()
    exif[274] = orientation
    if "16" in kind:
        deep = picture.astype(np.uint16) * 257
        content = tiff(deep, extratags=[(274, 3, 1, orientation, True)])
        if "LZW" in kind:
            content = lzw_with_orientation(deep, orientation)
    else:
        options = {"compression": "tiff_lzw"} if "LZW" in kind else {}
        content = pillow(picture, kind.partition(",")[0], exif=exif, **options)
    found = pictures.read(content)
    assert found.rgb.shape == expected.shape
    assert np.abs(found.rgb.astype(int) - expected).mean() < 15  # JPEG, whose colors are coarse
    assert found.values.shape[:2] == expected.shape[:2]
    assert bool(found.notes and "right side up" in found.notes[-1]) == (orientation > 1)


def lzw_with_orientation(deep, orientation):
    """OpenCV compresses but knows no orientation; the tag for the resolution's unit is rewritten into it."""
    content = bytearray(opencv(deep, ".tiff", cv2.IMWRITE_TIFF_COMPRESSION, 5))
    with tifffile.TiffFile(io.BytesIO(bytes(content))) as file:
        tags = file.pages[0].tags
        spare = next(tags[code] for code in (274, 296, 284) if code in tags)
        offset = spare.offset
    content[offset : offset + 2] = (274).to_bytes(2, "little")
    content[offset + 8 : offset + 10] = orientation.to_bytes(2, "little")
    return bytes(content)


def test_an_orientation_that_does_not_exist_is_ignored():
    exif = Image.Exif()
    exif[274] = 77
    assert np.array_equal(pictures.read(pillow(RGB, "PNG", exif=exif)).rgb, RGB)


# CMYK and color profiles


def test_cmyk_without_a_profile_is_a_guess_and_said_so():
    inks = Image.new("CMYK", (8, 8), (0, 0, 0, 0))
    inks.paste((0, 0, 0, 255), (0, 0, 4, 8))
    for kind in ("TIFF", "JPEG"):
        picture = pictures.read(pillow(inks, kind))
        assert picture.rgb[0, 0].max() < 10
        assert picture.rgb[0, 7].min() > 245
        assert picture.values.shape == (8, 8, 4)
        assert "CMYK without a profile" in picture.notes[0]


def test_a_profile_is_used_and_named_and_the_values_are_left_alone():
    path = Path(skimage.__file__).parent / "data" / "rocket.jpg"
    picture = pictures.read(path)
    with Image.open(path) as image:
        plain = np.asarray(image)
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        expected = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert np.array_equal(picture.values, plain)
    assert np.array_equal(picture.rgb, np.asarray(expected))
    assert "Adobe RGB (1998)" in picture.notes[0]


def test_a_broken_profile_is_left_out_and_said_so():
    picture = pictures.read(pillow(RGB, "PNG", icc_profile=b"no profile at all"))
    assert np.array_equal(picture.rgb, RGB)
    assert "profile cannot be used" in picture.notes[0]
