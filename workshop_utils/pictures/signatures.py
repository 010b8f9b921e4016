"""What a file is, by its first bytes: its name may say anything."""

from __future__ import annotations

from .picture import PictureError

#: So many bytes are looked at.
HEAD = 512

_PICTURES = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
}
#: Sizes of a BMP's second head, in its bytes 14 to 18: a table may begin with BM too.
_BMP_HEADS = {12, 16, 40, 52, 56, 64, 108, 124}
#: Brands of the container that phones use, in the bytes 8 to 12.
_BRANDS: dict[bytes, str] = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"), "HEIC"),
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
}
_EXPORT = "save it as PNG or TIFF in the program that made it"
_OTHERS = {
    b"%PDF": ("a PDF", "save the page, or the figure in it, as PNG"),
    b"%!PS": ("PostScript", _EXPORT),
    b"PK\x03\x04": ("a ZIP archive or an Office document", "unpack it, or save the picture in it as PNG"),
    b"8BPS": ("a Photoshop file", _EXPORT),
    b"VjCD0100": ("a ChemDraw file", _EXPORT),
    b"\xd0\xcf\x11\xe0": ("an older Office or microscope file", _EXPORT),
    b"SIMPLE  =": ("a FITS file", _EXPORT),
    b"\x89HDF": ("an HDF5 file", _EXPORT),
    b"ZISRAWFILE": ("a Zeiss CZI file", _EXPORT),
    b"\xda\xce\xbe\n": ("a Nikon ND2 file", _EXPORT),
    b"\0\0\0\x0cjP  ": ("JPEG 2000", _EXPORT),
    b"\xff\x0a": ("JPEG XL", _EXPORT),
    b"\0\0\0\x0cJXL ": ("JPEG XL", _EXPORT),
    b"\0\0\1\0": ("an icon", _EXPORT),
    b"\xd7\xcd\xc6\x9a": ("a Windows metafile", _EXPORT),
    b"\1\0\0\0": ("an enhanced metafile or another binary file", _EXPORT),
    b"version https://git-lfs": ("the pointer of Git LFS, not the file itself", "run `git lfs pull`"),
}
_MARKUP = {
    b"<svg": ("an SVG, a drawing without pixels", "save it as PNG, at the size that you need"),
    b"<cdxml": ("a ChemDraw file", _EXPORT),
    b"<html": ("a web page", "download the picture itself"),
}


def kind_of(head: bytes) -> str:
    """Name the format of a picture by the first bytes of its file.

    Parameters
    ----------
    head : bytes
        The first `HEAD` bytes, or all if there are fewer.

    Returns
    -------
    str
        "PNG", "JPEG", "TIFF", "WebP", "GIF", "BMP", "HEIC" or "AVIF".

    Raises
    ------
    PictureError
        If it is something else; the message says what, as far as that can be seen.

    Examples
    --------
    >>> kind_of(b"GIF89a...")
    'GIF'
    """
    if not head:
        raise PictureError("it is empty, 0 bytes; copy or download it again")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[4:8] == b"ftyp" and head[8:12] in _BRANDS:
        return _BRANDS[head[8:12]]
    for start, kind in _PICTURES.items():
        if head.startswith(start):
            return kind
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADS:
        return "BMP"
    thing, advice = _other(head)
    raise PictureError(f"it is {thing}, whatever its name says; {advice}")


def _other(head: bytes) -> tuple[str, str]:
    for start, found in _OTHERS.items():
        if head.startswith(start):
            return found
    lower = head.lower()
    for tag, found in _MARKUP.items():
        if lower.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and tag in lower:
            return found
    if head[4:8] == b"ftyp":
        return "a video", "save one frame as PNG"
    if head[128:132] == b"DICM":
        return "a DICOM file", _EXPORT
    if not head.strip(b"\0"):
        return "full of zeros: a download or a copy that was cut off", "copy it again"
    if sum(31 < byte < 127 or byte in b"\t\r\n" for byte in head) > 0.9 * len(head):
        return "a text file", "look whether the picture lies beside it"
    return "of no kind that is known here", "expected PNG, JPEG, TIFF, WebP, GIF, BMP or HEIC"
