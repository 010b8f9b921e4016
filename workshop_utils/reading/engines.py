"""The programs that read letters: RapidOCR (the extra ``ocr``), or Tesseract where it is installed.

Both answer two questions: where are lines of text, and what does the strip that holds one line say?
"""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray  # uint8, which OpenCV does not promise
#: Four corners (x, y) of a line: upper left, upper right, lower right, lower left, as it is read.
Box = NDArray[np.float32]

#: Larger pictures are searched for lines at this many px on the longer side.
_LONGEST = 1280
MISSING = (
    'no program that reads letters is installed here; pip install "molecules-to-images[ocr]" brings one with '
    "its models, or install Tesseract"
)


class EngineError(RuntimeError):
    """A program that reads letters is there, and does not work."""


class Engine(Protocol):
    """What `text` asks for."""

    @property
    def name(self) -> str:
        """Name the program."""
        ...

    def find(self, gray: Gray) -> list[Box]:
        """Find the lines of text on a page."""
        ...

    def read(self, strip: Gray) -> tuple[str, float]:
        """Read a strip that holds one line: what it says, and a score in [0, 1]."""
        ...


def engine() -> Engine | None:
    """Load the program that is there, once; None where there is none, which may change.

    Raises
    ------
    EngineError
        If RapidOCR is there and cannot be loaded.
    """
    try:
        return _RapidOCR.loaded()
    except ImportError:
        program = shutil.which("tesseract")
        return _Tesseract(program) if program else None
    except Exception as error:  # its models are missing, or a setting has another name in its version
        raise EngineError(f"RapidOCR cannot be loaded ({type(error).__name__}: {error})") from error


@dataclass(frozen=True)
class _RapidOCR:
    """PP-OCR models in ONNX form; they lie in the wheel, and one thread runs them."""

    session: Any
    name: str = "rapidocr"

    @classmethod
    @cache
    def loaded(cls) -> _RapidOCR:
        with warnings.catch_warnings():  # what they import sets filters of its own, for the whole process
            import onnxruntime  # noqa: F401  # what rapidocr needs, and does not bring
            from rapidocr import RapidOCR

        runtime = "EngineConfig.onnxruntime"
        options = {
            f"{runtime}.intra_op_num_threads": 1,
            f"{runtime}.inter_op_num_threads": 1,
            "Global.log_level": "critical",
            "Global.text_score": 0.0,  # what is doubtful is refused here, with a reason
            "Global.min_side_len": 1,
            "Det.limit_type": "max",
            "Det.limit_side_len": _LONGEST,
        }
        return cls(RapidOCR(params=options))

    def find(self, gray: Gray) -> list[Box]:
        found = self._asked(gray, use_det=True, use_rec=False)
        return [] if found.boxes is None else [np.asarray(box, np.float32) for box in found.boxes]

    def read(self, strip: Gray) -> tuple[str, float]:
        found = self._asked(strip, use_det=False, use_rec=True)
        return (str(found.txts[0]), float(found.scores[0])) if found.txts else ("", 0.0)

    def _asked(self, gray: Gray, **what: bool) -> Any:
        try:
            return self.session(_colored(gray), use_cls=False, **what)
        except Exception as error:  # of many kinds, from three packages
            raise EngineError(f"RapidOCR stopped ({type(error).__name__}: {error})") from error


@dataclass(frozen=True)
class _Tesseract:
    """The program ``tesseract``, asked for its table of words."""

    program: str
    name: str = "tesseract"

    def find(self, gray: Gray) -> list[Box]:
        lines: dict[tuple[str, ...], list[list[float]]] = {}
        for row in self._table(gray, mode="11"):  # sparse text, in no order
            x, y, w, h = (float(row[side]) for side in ("left", "top", "width", "height"))
            key = tuple(row[part] for part in ("block_num", "par_num", "line_num"))
            lines.setdefault(key, []).append([x, y, x + w, y + h])
        return [_around(np.array(words)) for words in lines.values()]

    def read(self, strip: Gray) -> tuple[str, float]:
        words = self._table(strip, mode="7")  # one line
        scores = [max(float(word["conf"]), 0) / 100 for word in words]  # -1 where it does not say
        return " ".join(word["text"] for word in words), min(scores, default=0.0)

    def _table(self, gray: Gray, *, mode: str) -> list[dict[str, str]]:
        """The words that it finds, a row each."""
        picture = cv2.imencode(".png", gray)[1].tobytes()
        asked = [self.program, "stdin", "stdout", "--psm", mode, "tsv"]
        try:
            said = subprocess.run(asked, input=picture, capture_output=True, check=True, timeout=120).stdout
            rows = csv.DictReader(io.StringIO(said.decode()), delimiter="\t", quoting=csv.QUOTE_NONE)
            return [row for row in rows if (row["text"] or "").strip()]
        except subprocess.CalledProcessError as error:  # such as without the data of a language
            reason = " ".join(error.stderr.decode(errors="replace").split())
        except KeyError:
            reason = "it gives no table of words; version 3.05 or newer is expected"
        except (OSError, UnicodeDecodeError, subprocess.TimeoutExpired) as error:
            reason = f"{type(error).__name__}: {error}"
        raise EngineError(f"Tesseract, {self.program}, stopped ({reason})")


def _colored(gray: Gray) -> NDArray:
    return cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR)


def _around(boxes: NDArray[np.float64]) -> Box:
    """The corners of the box around all of some, each (left, top, right, bottom)."""
    (left, top), (right, bottom) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
