"""How long a pixel is: only what a microscope or a scanner has said counts, and who said it is told."""

import io
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image

from workshop_utils import pictures
from workshop_utils.pictures import scales

GRAY = np.arange(30 * 40, dtype=np.uint8).reshape(30, 40)


def tiff(**options):
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, GRAY, **options)
    return pictures.read(buffer.getvalue())


def pillow(kind, **options):
    buffer = io.BytesIO()
    Image.fromarray(GRAY).save(buffer, kind, **options)
    return pictures.read(buffer.getvalue())


@pytest.mark.parametrize("dpi", [72, 72.009, 96, 95.987, 90, 100, 120, 144, 149])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP"])
def test_the_resolution_of_a_screen_is_no_calibration(kind, dpi):
    picture = pillow(kind, dpi=(dpi, dpi))
    assert picture.scale is None
    assert "no calibration" in picture.scale_source


@pytest.mark.parametrize("dpi", [150, 200, 300, 400, 600, 1200])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP"])
def test_the_resolution_of_a_scanner_is_one_and_is_named(kind, dpi):
    picture = pillow(kind, dpi=(dpi, dpi))
    assert picture.scale == pytest.approx(25_400 / dpi, rel=1e-3)
    assert picture.scale_source.startswith("a scanner's resolution")
    assert "of nothing else" in picture.scale_source


def test_a_camera_writes_a_resolution_that_says_nothing():
    exif = Image.Exif()
    exif.get_ifd(0x8769)[33434] = 0.01  # the exposure, in seconds
    picture = pillow("JPEG", dpi=(300, 300), exif=exif)
    assert picture.scale is None
    assert "camera" in picture.scale_source


@pytest.mark.parametrize(("unit", "per"), [("CENTIMETER", 1e4), ("INCH", 25_400)])
def test_tiff_gives_px_per_unit(unit, per):
    picture = tiff(resolution=(20_000, 20_000), resolutionunit=unit)
    assert picture.scale == pytest.approx(per / 20_000)
    assert picture.scale_source.startswith("the file's resolution")
    assert "scanner" not in picture.scale_source


def test_tiff_without_a_unit_states_no_length():
    assert tiff(resolution=(5, 5), resolutionunit="NONE").scale is None


@pytest.mark.parametrize(
    ("unit", "size"),
    [("micron", 1), ("um", 1), ("\\u00B5m", 1), ("nm", 1e-3), ("mm", 1e3), ("cm", 1e4), ("inch", 25_400)],
)
def test_imagej_calibrates_in_many_units(unit, size):
    picture = tiff(imagej=True, resolution=(4, 4), metadata={"unit": unit})
    assert picture.scale == pytest.approx(size / 4)
    assert picture.scale_source == f"ImageJ's calibration in {unit}"


@pytest.mark.parametrize("unit", ["pixel", "pixels", "furlong", None])
def test_imagej_without_a_length_is_no_calibration(unit):
    assert tiff(imagej=True, resolution=(4, 4), metadata={"unit": unit} if unit else {}).scale is None


@pytest.mark.parametrize(("unit", "size"), [("µm", 1), ("nm", 1e-3), (None, 1)])
def test_ome_has_the_first_word(unit, size):
    metadata = {"PhysicalSizeX": 0.325, "PhysicalSizeY": 0.325}
    metadata |= {"PhysicalSizeXUnit": unit, "PhysicalSizeYUnit": unit} if unit else {}
    picture = tiff(ome=True, resolution=(300, 300), resolutionunit="INCH", metadata=metadata)
    assert picture.scale == pytest.approx(0.325 * size)
    assert picture.scale_source == "OME metadata"


def test_an_electron_microscope_of_fei_writes_meters_into_its_own_tag():
    text = b"[User]\r\nDate=1/2/2020\r\n[Scan]\r\nPixelWidth=6.7e-09\r\nPixelHeight=6.7e-09\r\n\0"
    picture = tiff(extratags=[(34682, "s", 0, text, True)], resolution=(96, 96), resolutionunit="INCH")
    assert picture.scale == pytest.approx(6.7e-3)
    assert picture.scale_source == "FEI/Thermo metadata"


def test_an_electron_microscope_of_zeiss_writes_its_unit():
    text = b"\r\n" * 3 + b"AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 4.5 nm\r\n\0"
    picture = tiff(extratags=[(34118, "s", 0, text, True)])
    assert picture.scale == pytest.approx(4.5e-3)
    assert picture.scale_source == "Zeiss metadata"


def test_pixels_that_are_not_square_have_no_single_scale():
    for picture in (
        tiff(resolution=(204, 98), resolutionunit="INCH"),  # a fax
        tiff(resolution=(300, 600), resolutionunit="INCH"),
        tiff(imagej=True, resolution=(4, 5), metadata={"unit": "um"}),
        tiff(ome=True, metadata={"PhysicalSizeX": 1.0, "PhysicalSizeY": 1.2}),
    ):
        assert picture.scale is None
        assert "not square" in picture.scale_source


def test_ome_in_two_units_is_refused():
    found = scales.from_ome(
        {"PhysicalSizeX": "1", "PhysicalSizeY": "1000", "PhysicalSizeXUnit": "µm", "PhysicalSizeYUnit": "nm"}
    )
    assert found.value is None
    assert "different units" in found.source


@pytest.mark.parametrize("unit", ["µm", "\u03bcm", " um\0", "Microns", "micrometer", "micrometers"])
def test_a_micrometer_has_many_names(unit):
    assert scales.from_lengths(2, None, unit, "x") == pictures.Scale(2.0, "x")


def test_imagej_in_two_units_is_refused():
    found = scales.from_imagej({"unit": "um", "yunit": "nm"}, 1, 1000)
    assert (found.value, "different units" in found.source) == (None, True)


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), None, "much"])
def test_what_is_no_length_is_no_scale(value):
    assert scales.from_lengths(value, 1, "um", "x") is None
    assert scales.from_dpi(value, 300) == scales.NO_SCALE


def test_a_resolution_that_divides_by_zero_is_none():
    content = bytearray(_with_resolution())
    at = bytes(content).find(struct.pack("<II", 299, 1))
    content[at : at + 8] = struct.pack("<II", 299, 0)
    assert pictures.read(bytes(content)).scale is None


def _with_resolution():
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, GRAY, resolution=(299, 299), resolutionunit="INCH")
    return buffer.getvalue()


def test_the_scale_is_shown_with_its_source():
    assert "scale 84.67 µm per px: a scanner's resolution" in repr(pillow("PNG", dpi=(300, 300)))


@pytest.mark.parametrize(("unit", "per"), [("inch", 72), ("inch", 96), ("cm", 37.795), ("cm", 28.35)])
def test_what_imagej_passes_on_from_a_screen_is_no_calibration(unit, per):
    picture = tiff(imagej=True, resolution=(per, per), metadata={"unit": unit})
    assert picture.scale is None
    assert "no calibration" in picture.scale_source


def test_what_imagej_passes_on_from_a_scanner_is_called_by_its_name():
    picture = tiff(imagej=True, resolution=(300, 300), metadata={"unit": "inch"})
    assert picture.scale_source.startswith("a scanner's resolution, 300")
    by_hand = tiff(imagej=True, resolution=(41.7, 41.7), metadata={"unit": "cm"})
    assert by_hand.scale == pytest.approx(1e4 / 41.7, rel=1e-3)
    assert by_hand.scale_source == "ImageJ's calibration in cm"


@pytest.mark.parametrize("length", [1e-7, 1e9])
def test_a_pixel_that_no_picture_has_is_no_scale(length):
    assert scales.from_dpi(2**32 - 1, 2**32 - 1).value is None
    found = scales.from_lengths(length, length, "um", "x")
    assert (found.value, "none that a picture has" in found.source) == (None, True)


OME = '<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">{}</OME>'
OF_ONE = (
    '<Image ID="Image:{n}"><Pixels ID="Pixels:{n}" DimensionOrder="XYCZT" Type="uint8" SizeX="40" SizeY="30" '
    'SizeC="1" SizeZ="1" SizeT="1" PhysicalSizeX="{size}" PhysicalSizeY="{size}">'
    "<TiffData{at}/></Pixels></Image>"
)


@pytest.mark.parametrize("told", [True, False])
def test_ome_gives_each_of_two_pictures_its_own_scale_or_none(told):
    about = [
        OF_ONE.format(n=n, size=size, at=f' IFD="{n}" PlaneCount="1"' if told else "")
        for n, size in enumerate((0.1, 5))
    ]
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(GRAY, description=OME.format("".join(about)), metadata=None)
        writer.write(GRAY, metadata=None)
    first, second = (pictures.read(buffer.getvalue(), page=page) for page in (0, 1))
    assert (first.scale, second.scale) == ((0.1, 5) if told else (None, None))
    assert told or "not which one this is" in first.scale_source
