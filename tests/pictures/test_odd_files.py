"""Files that are whole but odd: what they hold is read as it is, or a note says what became of it."""

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms, ImageFile

from workshop_utils import pictures
from workshop_utils.pictures import reading, tiff_files

RNG = np.random.default_rng(0)
GRAY = RNG.integers(0, 256, (40, 64), dtype=np.uint8)
RGB = RNG.integers(0, 256, (40, 64, 3), dtype=np.uint8)


def tiff(array, **options):
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, array, **options)
    return buffer.getvalue()


def pillow(array, kind, **options):
    buffer = io.BytesIO()
    (array if isinstance(array, Image.Image) else Image.fromarray(array)).save(buffer, kind, **options)
    return buffer.getvalue()


def with_tag(content, code, value):
    """Write another number into a tag."""
    changed = bytearray(content)
    with tifffile.TiffFile(io.BytesIO(content)) as file:
        at = file.pages[0].tags[code].valueoffset
    changed[at : at + 2] = struct.pack("<H", value)
    return bytes(changed)


def by_hand(data, bits, photometric, *, samples=1, compression=1, more=()):
    """A TIFF of 64 × 40 px that no library here would write; `more`: code, type (3 or 5) and values."""
    tags = [
        (256, 4, [64]), (257, 4, [40]), (258, 3, [bits] * samples), (259, 3, [compression]),
        (262, 3, [photometric]), (273, 4, [0]), (277, 3, [samples]), (278, 4, [40]), (279, 4, [len(data)]),
        *more,
    ]  # fmt: skip
    tags.sort()
    kinds = {3: "H", 4: "I", 5: "II"}
    packed = {
        code: b"".join(struct.pack(f"<{kinds[kind]}", *np.atleast_1d(value)) for value in values)
        for code, kind, values in tags
    }
    behind = 8 + 2 + 12 * len(tags) + 4
    at = behind + sum(len(part) for part in packed.values() if len(part) > 4)
    packed[273] = struct.pack("<I", at)
    entries, blob = b"", b""
    for code, kind, values in tags:
        part = packed[code]
        place = part.ljust(4, b"\0") if len(part) <= 4 else struct.pack("<I", behind + len(blob))
        blob += part if len(part) > 4 else b""
        entries += struct.pack("<HHI", code, kind, len(values)) + place
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + b"\0" * 4 + blob + data


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(depth, color, rows, *extra):
    """A PNG of 64 px a row that Pillow would not write."""
    head = struct.pack(">IIBBBBB", 64, len(rows), depth, color, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + b"".join(extra)
        + chunk(b"IDAT", body)
        + chunk(b"IEND", b"")
    )


# White is zero


WHITE_IS_ZERO = {
    "none": lambda a: tiff(a, photometric="miniswhite"),
    "deflate": lambda a: tiff(a, photometric="miniswhite", compression="zlib"),
    "LZW": lambda a: with_tag(pillow(a, "TIFF", compression="tiff_lzw"), 262, 0),
    "PackBits": lambda a: with_tag(pillow(a, "TIFF", compression="packbits"), 262, 0),
}


@pytest.mark.parametrize("compression", WHITE_IS_ZERO)
@pytest.mark.parametrize("dtype", [bool, np.uint8, np.uint16])
def test_where_white_is_zero_neither_values_nor_look_depend_on_the_compression(compression, dtype):
    values = np.zeros((40, 64), dtype)
    values[:, 20:] = np.iinfo(dtype).max if dtype is not bool else True
    picture = pictures.read(WHITE_IS_ZERO[compression](values))
    assert np.array_equal(picture.values, values)
    assert (picture.rgb[:, :20] == 255).all()
    assert (picture.rgb[:, 20:] == 0).all()


# Colors and channels


@pytest.mark.parametrize("compression", [1, 8])
def test_ycbcr_is_not_taken_for_red_green_and_blue(compression):
    color = np.asarray(Image.new("RGB", (64, 40), (200, 30, 30)).convert("YCbCr"))
    data = color.tobytes() if compression == 1 else zlib.compress(color.tobytes())
    content = by_hand(data, 8, 6, samples=3, compression=compression, more=[(530, 3, [1, 1])])
    assert np.abs(pictures.read(content).rgb[0, 0].astype(int) - (200, 30, 30)).max() <= 2


def test_a_channel_that_is_no_color_is_kept_by_every_compression():
    four = np.dstack([RGB, GRAY])
    picture = pictures.read(with_tag(pillow(four, "TIFF", compression="tiff_lzw"), 338, 0))
    assert np.array_equal(picture.values, four)
    assert np.array_equal(picture.rgb, RGB)
    assert picture.notes == ("1 more channel than colors: in the values only",)
    two = Image.fromarray(np.dstack([GRAY, GRAY]), "LA")
    with pytest.raises(pictures.PictureError, match="its compression LZW needs a package"):
        pictures.read(with_tag(pillow(two, "TIFF", compression="tiff_lzw"), 338, 0))


@pytest.mark.parametrize("channels", [1, 2])
def test_a_head_that_promises_more_colors_than_there_are(channels):
    data = np.dstack([GRAY] * channels)
    picture = pictures.read(by_hand(data.tobytes(), 8, 2, samples=channels))
    assert np.array_equal(picture.rgb[..., 0], GRAY)
    assert picture.source.mode == "gray"
    assert picture.notes[0].startswith(f"its head says RGB, but it holds {channels} channel")


def test_three_channels_without_a_name_are_shown_and_said():
    picture = pictures.read(tiff(RGB, photometric="minisblack", planarconfig="contig"))
    assert np.array_equal(picture.rgb, RGB)
    assert picture.notes == (
        "nobody says what its three channels are: they are shown as red, green and blue",
    )


@pytest.mark.parametrize("full", [255, 1023, 4095])
def test_opaque_in_few_bits_of_sixteen_is_opaque(full):
    colors = RNG.integers(0, full + 1, (40, 64, 3))
    four = np.dstack([colors, np.full((40, 64), full)]).astype(np.uint16)
    picture = pictures.read(tiff(four, photometric="rgb", extrasamples=["unassalpha"]))
    np.testing.assert_allclose(picture.rgb, 255 * colors / full, atol=0.51)
    four[:, :20, 3] = 0
    picture = pictures.read(tiff(four, photometric="rgb", extrasamples=["unassalpha"]))
    assert (picture.rgb[:, :20] == 255).all()
    np.testing.assert_allclose(picture.rgb[:, 20:], 255 * colors[:, 20:] / full, atol=0.51)


def test_light_inks_of_sixteen_bits_stay_light():
    light = RNG.integers(0, 13_000, (40, 64, 4)).astype(np.uint16)
    eight = (light / 257).round().astype(np.uint8)
    deep, plain = (pictures.read(tiff(each, photometric="separated")).rgb for each in (light, eight))
    assert np.abs(deep.astype(int) - plain).max() <= 1


# Bits


def packed(values, bits):
    spread = (values[..., None] >> np.arange(bits - 1, -1, -1)) & 1
    return np.packbits(spread.reshape(len(values), -1).astype(np.uint8), axis=1).tobytes()


@pytest.mark.parametrize("compression", [1, 8])
@pytest.mark.parametrize("bits", [2, 4, 12])
def test_values_packed_tighter_than_bytes_are_read(bits, compression):
    values = RNG.integers(0, 2**bits, (40, 64))
    data = packed(values, bits)
    data = zlib.compress(data) if compression == 8 else data
    picture = pictures.read(by_hand(data, bits, 1, compression=compression))
    spread = 1 if bits == 12 else 255 // (2**bits - 1)
    assert np.array_equal(picture.values, values * spread)
    assert picture.source.bits == bits
    assert (spread == 1) == (f"its {bits} bits were spread to 0–255, in the values too" not in picture.notes)


@pytest.mark.parametrize("bits", [1, 4])
def test_a_palette_of_few_colors_is_read(bits):
    number = RNG.integers(0, 2**bits, (40, 64))
    colors = RNG.integers(0, 256, (3, 2**bits))
    content = by_hand(packed(number, bits), bits, 3, more=[(320, 3, list((257 * colors).ravel()))])
    assert np.array_equal(pictures.read(content).rgb, np.moveaxis(colors[:, number], 0, -1))


def test_a_png_of_four_bits_spreads_its_transparent_level_too():
    rows = [bytes([0x33] * 16 + [0xFF] * 8 + [0x00] * 8)] * 10
    picture = pictures.read(png(4, 0, rows, chunk(b"tRNS", struct.pack(">H", 3))))
    assert picture.rgb[0, [0, 40, 63], 0].tolist() == [255, 255, 0]
    assert picture.values[0, [0, 40, 63], 1].tolist() == [0, 255, 255]


def test_a_png_of_sixteen_bits_may_have_a_transparent_level():
    rows = [struct.pack(">64H", *([0] * 32 + [40_000] * 32))] * 10
    picture = pictures.read(png(16, 0, rows, chunk(b"tRNS", struct.pack(">H", 0))))
    assert (picture.rgb[:, :32] == 255).all()
    assert (picture.rgb[:, 32:] == round(40_000 / 257)).all()
    assert picture.values.dtype == np.uint16


def test_of_an_animation_in_sixteen_bits_eight_are_read_and_said():
    deep = RNG.integers(0, 65536, (40, 64, 3)).astype(">u2")
    body = zlib.compress(b"".join(b"\0" + row.tobytes() for row in deep))
    control = [chunk(b"fcTL", struct.pack(">IIIIIHHBB", n, 64, 40, 0, 0, 1, 10, 0, 0)) for n in (0, 1)]
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        [
            chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 40, 16, 2, 0, 0, 0)),
            chunk(b"acTL", struct.pack(">II", 2, 0)), control[0], chunk(b"IDAT", body),
            control[1], chunk(b"fdAT", struct.pack(">I", 2) + body), chunk(b"IEND", b""),
        ]
    )  # fmt: skip
    picture = pictures.read(content)
    assert (picture.values.dtype, picture.source.bits) == (np.uint8, 8)
    assert "of an animation's 16 bits only 8 were read" in picture.notes


# Ranges


@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.float32])
def test_nothing_but_zeros_is_black(dtype):
    assert (pictures.read(tiff(np.zeros((8, 9), dtype))).rgb == 0).all()


@pytest.mark.parametrize(("dtype", "begin"), [("float64", 1.7e9), ("uint32", 4e9), ("int32", 2e9)])
def test_small_differences_of_large_numbers_are_seen(dtype, begin):
    values = (begin + np.arange(600) % 200).astype(dtype).reshape(20, 30)
    assert len(np.unique(pictures.read(tiff(values)).rgb)) > 150


def test_infinity_is_white_on_both_sides():
    values = np.full((20, 30), 0.6, np.float32)
    values[0, 0], values[1, 1] = -np.inf, np.inf
    shown = pictures.read(tiff(values)).rgb[..., 0]
    assert (shown[0, 0], shown[1, 1], shown[2, 2]) == (255, 255, 153)


def test_the_largest_floats_are_no_warning():
    values = np.linspace(-8e307, 8e307, 600).reshape(20, 30)
    assert len(np.unique(pictures.read(tiff(values)).rgb)) > 200


def test_numbers_of_regions_look_black_and_that_is_said():
    picture = pictures.read(pillow(GRAY // 32, "PNG"))
    assert picture.notes == (
        "its values go from 0 to 7 only, so it looks black: are they numbers of regions?",
    )
    assert pictures.read(pillow(np.zeros((9, 9), np.uint8), "PNG")).notes == ()


# Words around the values


@pytest.mark.parametrize("code", [274, 296])
def test_a_tag_with_two_numbers_counts_with_its_first(code):
    more = [(282, 5, [(300, 1)]), (283, 5, [(300, 1)]), (code, 3, [{274: 3, 296: 2}[code], 7])]
    picture = pictures.read(by_hand(GRAY.tobytes(), 8, 1, more=more))
    assert picture.scale == pytest.approx(25_400 / 300)
    assert np.array_equal(picture.values, np.rot90(GRAY, 2) if code == 274 else GRAY)


def test_ome_that_cannot_be_read_is_no_reason_to_refuse_the_picture():
    broken = '<?xml version="1.0"?><OME xmlns="x"><Image><Pixels PhysicalSizeX="1"/></OME>'
    picture = pictures.read(tiff(GRAY, description=broken, metadata=None))
    assert np.array_equal(picture.values, GRAY)
    assert picture.scale is None
    assert "its scale cannot be read" in picture.notes[0]


def test_exif_that_cannot_be_read_is_no_reason_to_refuse_the_picture():
    rows = [row.tobytes() for row in GRAY]
    picture = pictures.read(png(8, 0, rows, chunk(b"eXIf", b"no exif at all")))
    assert np.array_equal(picture.values, GRAY)
    assert "what a camera or a program wrote about it cannot be read" in picture.notes[0]


def linear_profile():
    """A profile that calls itself sRGB and has straight curves."""
    content = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for n in range(struct.unpack(">I", content[128:132])[0]):
        name, at, _ = struct.unpack(">4sII", content[132 + 12 * n : 144 + 12 * n])
        if name in (b"rTRC", b"gTRC", b"bTRC"):
            content[at : at + 12] = b"curv" + b"\0" * 8
    return bytes(content)


def test_a_linear_profile_is_used_whatever_its_name():
    dark = np.full((20, 30, 3), 55, np.uint8)
    picture = pictures.read(pillow(dark, "PNG", icc_profile=linear_profile()))
    assert abs(int(picture.rgb[0, 0, 0]) - 127) <= 2  # (55 / 255) ** (1 / 2.2) and a little
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert np.array_equal(pictures.read(pillow(RGB, "PNG", icc_profile=plain)).rgb, RGB)


# Half files, odd kinds


@pytest.mark.parametrize(
    ("kind", "options"), [("JPEG", {}), ("PNG", {}), ("TIFF", {"compression": "tiff_lzw"})]
)
def test_half_a_file_is_refused_whatever_pillow_was_told(kind, options, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    content = pillow(RNG.integers(0, 256, (300, 300, 3), dtype=np.uint8), kind, **options)
    with pytest.raises(pictures.PictureError, match="cut off"):
        pictures.read(content[: len(content) // 2])
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True


def test_a_jpeg_of_twelve_bits_is_a_sentence():
    content = pillow(RGB, "JPEG")
    at = content.find(b"\xff\xc0") + 4
    with pytest.raises(pictures.PictureError, match="begins as JPEG") as caught:
        pictures.read(content[:at] + b"\x0c" + content[at + 1 :])
    assert "KeyError" not in str(caught.value)


def test_a_body_of_layers_has_its_own_sentence():
    body = tiff(np.zeros((16, 32, 32), np.uint8), volumetric=True, tile=(16, 16, 16))
    with pytest.raises(pictures.PictureError, match="a body of many layers in one page"):
        pictures.read(body)


def test_opencv_is_not_asked_for_bits_that_it_would_misread(monkeypatch):
    values = RNG.integers(0, 4096, (40, 64))
    with pytest.raises(pictures.PictureError, match="needs a package"):
        pictures.read(by_hand(packed(values, 12), 12, 0))


@pytest.mark.parametrize("page", ["0", None, 0.0, 0.5])
def test_a_page_is_a_whole_number(page):
    with pytest.raises(TypeError, match="page to be a whole number"):
        pictures.read(tiff(GRAY), page=page)


def test_imagej_may_put_a_stack_in_many_dimensions_behind_one_page():
    stack = np.arange(2 * 3 * 4 * 40 * 64, dtype=np.uint16).reshape(2, 3, 4, 40, 64)
    whole = tiff(stack, imagej=True, metadata={"axes": "TZCYX"})
    content = bytearray(whole)
    with tifffile.TiffFile(io.BytesIO(whole)) as file:
        end = file.pages[0].offset + 2 + 12 * len(file.pages[0].tags)
    content[end : end + 4] = b"\0" * 4  # no second page
    picture = pictures.read(bytes(content), page=17)
    assert np.array_equal(picture.values, stack.reshape(24, 40, 64)[17])
    assert picture.source.pages == 24


def test_little_memory_is_not_taken_for_a_damaged_file(monkeypatch):
    def fill(*_):
        raise MemoryError

    monkeypatch.setattr(reading, "look", fill)
    with pytest.raises(pictures.PictureError, match="too little memory"):
        pictures.read(tiff(GRAY))


def test_cv2_is_what_reads_a_fourth_channel():
    """If Pillow learns to, `_with_pillow` would do: then this test may go."""
    content = with_tag(pillow(np.dstack([RGB, GRAY]), "TIFF", compression="tiff_lzw"), 338, 0)
    with tifffile.TiffFile(io.BytesIO(content)) as file:
        assert tiff_files._with_pillow(content, file.pages[0], 0) is None
    assert cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED).shape[2] == 4
