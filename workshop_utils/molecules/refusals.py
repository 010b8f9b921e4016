"""Why a text is no SMILES: what it is instead, what was probably meant, and what to do."""

from __future__ import annotations

import logging
import re
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from rdkit import Chem, rdBase

#: A SMILES of more characters is not read. To draw a chain of 1000 atoms takes seconds, of 3000 minutes.
LONGEST = 1000

#: Characters that look like one of SMILES, and what was probably meant. Wide, raised and lowered ones are
#: recognized by Unicode's own table (NFKC).
_MEANT = {
    **dict.fromkeys("≡⩸☰", "#"),
    **dict.fromkeys("−‐‑‒–—―﹘\N{SOFT HYPHEN}\x1e\x1f", "-"),  # the last two are hyphens of Word
    **dict.fromkeys("═꞊᐀⹀", "="),
    **dict.fromkeys("→⟶", "->"),
    **dict.fromkeys("⟨〔〚【❲", "["),
    **dict.fromkeys("⟩〕〛】❳", "]"),
    **dict.fromkeys("❨⟮", "("),
    **dict.fromkeys("❩⟯", ")"),
    **dict.fromkeys("∕⁄", "/"),
    **dict.fromkeys("∖⧵", "\\"),
    **dict.fromkeys("“”„‟«»", '"'),
    **dict.fromkeys("‘’‚‛′´", "'"),
    **dict.fromkeys("·•∙⋅。", "."),
    **dict.fromkeys("СϹ", "C"),  # Cyrillic and Greek capitals from here on
    **dict.fromkeys("ВΒ", "B"),
    **dict.fromkeys("НΗ", "H"),
    **dict.fromkeys("ІΙ", "I"),
    **dict.fromkeys("КΚ", "K"),
    "Ν": "N",
    **dict.fromkeys("ОΟ", "O"),
    **dict.fromkeys("РΡ", "P"),
    "Ѕ": "S",
    **dict.fromkeys("сϲ", "c"),
    **dict.fromkeys("оο", "o"),
    "р": "p",
    "ѕ": "s",
    "п": "n",
    "ӏ": "l",
}
_ELEMENTS = {Chem.GetPeriodicTable().GetElementSymbol(number) for number in range(1, 119)}
_ORGANIC = {"H", "C", "N", "O", "P", "S", "F", "Cl", "Br", "I"}
_QUOTES = "'\"`"
#: White space, and the hyphens of PDF and Word.
_INVISIBLE_BUT_USUAL = "\t\n\r\v\f\N{SOFT HYPHEN}\x1e\x1f"
#: A dot for the electron of a radical: in brackets, or at the end.
_RADICAL = re.compile(r"(?<=\w)[•·∙⋅](?=\]|$)")
_REACTION = "it is a reaction; give its molecules one by one, each as a SMILES"
_FORMULA = "it looks like a formula, which does not say how atoms are bonded"
_LOOK_UP = "look its SMILES up, for example in PubChem"


def not_a_smiles(text: str) -> str:
    """Say what a text is that RDKit must not be asked to read; empty where it may be a SMILES.

    RDKit itself takes what follows white space for a name, and leaves out what follows a NUL.
    """
    if len(text) > LONGEST:
        return f"it has {len(text)} characters, and at most {LONGEST} are read; give a part of it"
    for place, character in enumerate(text, 1):
        if unicodedata.category(character) in ("Cc", "Cf") and character not in _INVISIBLE_BUT_USUAL:
            return f"character {place} is invisible ({_name(character)}); delete it"
    if found := _RADICAL.search(text):
        return _radical(text, found)
    plain = _plain(text)
    if any(character.isspace() for character in plain):
        return _in_words(plain)
    if _is_reaction(plain):
        return _REACTION
    if plain == text and text.isascii():
        return ""
    if not _reads(plain) and (said := _instead(plain)):
        return said
    return _foreign(text, plain)


def reason(text: str) -> str:
    """Say why RDKit refuses a text without white space: what it is instead, or what RDKit's log says."""
    return _instead(text) or _log_says(text)


def _in_words(text: str) -> str:
    """What a text with white space in it is; never empty, for RDKit takes what follows for a name."""
    if said := _labeled(text):
        return said
    words, joined = text.split(), "".join(text.split())
    first, rest = text.split(maxsplit=1)
    # CO 2 from a PDF is no methanol, and PCB 77 no phosphine; a tab parts the columns of a table
    if "\t" not in text and any(map(str.isdigit, words)) and _is_formula(joined):
        return f"{_FORMULA}; {_LOOK_UP}"
    if re.fullmatch(r"\(?\d{1,4}[.:)]{0,2}", first) and _reads(rest):
        alone = rest.split()[0]
        behind = "" if alone == rest else " and other text behind it"
        return f"it is a SMILES with a number before it{behind}; give the SMILES alone: {alone!r}"
    if rest.startswith("|"):
        return (
            f"it is a CXSMILES; what stands between the | is not read here. Give the SMILES alone: {first!r}"
        )
    if _is_reaction(joined) or (_reads(first) and re.match(r"(\+|[-=]*>)\s", rest)):
        return _REACTION
    if all(map(_reads, words)):
        several = f"these are {len(words)} SMILES; give one at a time, or a list of them to parse_many"
        wrapped = "\n" in text and _reads(joined)
        return f"{several}. If a line break parts a single one, give {joined!r}" if wrapped else several
    if _reads(joined) and not re.fullmatch(r"\(\w{1,3}\)", rest):  # CCO (I) is a SMILES with its number
        return f"a SMILES holds no white space; was {joined!r} meant?"
    if _reads(first):
        return f"it is a SMILES with a name or other text behind it; give the SMILES alone: {first!r}"
    if said := _instead(first):
        return said
    if re.search(r"[A-Za-z]{3}", text) and not re.search(r"[=#\[\]@\\/]", text):
        return f"it looks like a name or other text, not like a SMILES; {_LOOK_UP}"
    place = re.search(r"\s", text)
    return (
        f"a SMILES holds no white space, and there is some at character {place.start() + 1 if place else 1}"
    )


def _instead(text: str) -> str:
    """What a text is that RDKit does not read as a SMILES; empty where that cannot be told."""
    if said := _labeled(text):
        return said
    if len(text) > 2 and text[0] == text[-1] and text[0] in _QUOTES:
        return f"it stands in quotes of its own; give what is between them: {text[1:-1]!r}"
    if _reads(bare := text.lstrip("=").strip(_QUOTES)) and bare != text:
        return f"what stands before or behind it is no part of a SMILES; give {bare!r}"
    if re.fullmatch(r"\d{2,7}-\d\d-\d", text):
        return f"it is a CAS number; {_LOOK_UP}"
    if _is_reaction(text):
        return _REACTION
    if text in _ELEMENTS:
        return f"atoms other than B, C, N, O, P, S, F, Cl, Br and I stand in brackets: '[{text}]'"
    if _is_formula(text):
        return f"{_FORMULA}; {_LOOK_UP}"
    if _is_name(text):
        return f"it looks like a name, not like a SMILES; {_LOOK_UP}"
    return ""


def _labeled(text: str) -> str:
    """What a text is that says so itself, by how it begins; empty for any other."""
    if named := re.match(r"smiles\s*[:=]\s*", text, re.IGNORECASE):
        return f"it begins with {named[0].strip()!r}; give what stands behind: {text[named.end() :]!r}"
    if re.fullmatch(r"(inchikey\s*[:=]\s*)?[a-z]{14}-[a-z]{10}-[a-z]", text, re.IGNORECASE):
        return f"it is an InChIKey, which no program can turn back into a molecule; {_LOOK_UP}"
    if text.startswith("InChI"):
        return "it is an InChI; turn it into a molecule with rdkit.Chem.MolFromInchi, and give that"
    if re.fullmatch(r"(s?chembl|cid|db|zinc|chebi|)[\s:]*\d+", text, re.IGNORECASE):
        return f"it is a number, of a database perhaps; {_LOOK_UP}"
    return ""


def _is_reaction(text: str) -> bool:
    """Molecules on two sides of an arrow; a dative bond, which looks the same, leads to a metal or boron."""
    parts = text.replace("->", "").split(">")
    if ">>" in text or len(parts) == 3:
        return True
    others = set(re.findall(r"\[\d*([A-Z][a-z]?)", text)) - _ORGANIC
    return "->" in text and not others and "*" not in text and "B" not in text.replace("Br", "")


def _is_formula(text: str) -> bool:
    """H2O, NaCl, CO2, CH3(CH2)4CH3: elements and counts, and something that no SMILES has."""
    parts = re.findall(r"[A-Z][a-z]?|\d+|[()]", text)
    symbols = [part for part in parts if part.isalpha()]
    if "".join(parts) != text or not symbols or not set(symbols) <= _ELEMENTS:
        return False
    outside = set(symbols) - (_ORGANIC - {"H"} | {"B"})
    # "CO2" is no ring that stays open: each element once, and counts of two or more.
    counted = len(set(symbols)) == len(symbols) and {"1", "("}.isdisjoint(parts) and text[-1].isdigit()
    return bool(outside) or counted


def _is_name(text: str) -> bool:
    """Letters, also with numbers, hyphens and brackets as in 2-(methylamino)ethanol."""
    if not re.fullmatch(r"[\w,'()\[\]+.-]+", text) or not re.search(r"[^\W\d_]{3}", text):
        return False
    if text[0].isdigit():  # 2,4,6-PCB: no SMILES begins like that
        return True
    outside = re.sub(r"\[[^]]*\]", "", text)
    return bool(re.search(r"[adefghijkmqtuvwxyz]", outside)) or bool(re.fullmatch(r"[A-Za-z][a-z]{4,}", text))


def _plain(text: str) -> str:
    """The text in ASCII where it looks like that; of a charge as in Ca²⁺, SMILES has the sign first."""
    text = re.sub(r"([²³⁴-⁹])([⁺⁻])(?=\])", r"\2\1", text)
    return "".join(_meant(character) or character for character in text)


def _radical(text: str, found: re.Match) -> str:
    bare = _plain(text[: found.start()] + text[found.end() :])
    whole = f", so {bare!r}" if text[found.end() :] and _reads(bare) else ", such as [CH3]"
    return (
        f"character {found.start() + 1} is {found[0]!r} ({_name(found[0])}); a radical is written in "
        f"brackets, without a dot and with the hydrogens that it has{whole}"
    )


def _foreign(text: str, plain: str) -> str:
    """Name the first character that is not ASCII, and the one that was probably meant."""
    place, character = next((at, one) for at, one in enumerate(text, 1) if not one.isascii() or one in _MEANT)
    found = f"character {place} is {character!r} ({_name(character)})"
    if not (meant := _meant(character)):
        return f"{found}, and SMILES is written in ASCII; write what it stands for"
    whole = f", so {plain!r}" if _reads(plain) else ""
    return f"{found}, and {meant!r} was probably meant{whole}"


def _meant(character: str) -> str:
    """The ASCII characters that one of another alphabet looks like; empty if none."""
    usual = unicodedata.normalize("NFKC", character)
    return _MEANT.get(character) or (usual if usual.isascii() else _MEANT.get(usual, ""))


def _name(character: str) -> str:
    return unicodedata.name(character, "").lower() or f"U+{ord(character):04X}"


def _reads(text: str) -> bool:
    if not text.isascii():
        return False
    with rdBase.BlockLogs():
        return Chem.MolFromSmiles(text) is not None


def _log_says(text: str) -> str:
    """Ask RDKit's own log why it refused."""
    with _rdkit_log() as lines:
        Chem.MolFromSmiles(text)
    log = "\n".join(lines)
    if "unclosed ring" in log:
        return f"ring {_open_ring(text)} is not closed"
    if "parentheses" in log:
        return "the parentheses do not match"
    if place := re.search(r"around position (\d+)", log):
        position = int(place.group(1))
        return f"RDKit stumbles at character {position} ({text[position - 1 : position] or 'the end'!r})"
    return re.sub(r"^\[[\d:]+\] ", "", lines[0]) if lines else "RDKit gives no reason"


def _open_ring(text: str) -> str:
    """The number of a ring that was opened and not closed: it stands there an odd number of times."""
    numbers = re.findall(r"%\(\d+\)|%\d\d|\d", re.sub(r"\[[^]]*\]", "", text))
    return next((number for number in numbers if numbers.count(number) % 2), "?")


@contextmanager
def _rdkit_log() -> Iterator[list[str]]:
    """Collect what RDKit logs, and leave its logger as it was: RDKit itself logs to Python in a notebook."""
    lines: list[str] = []
    collector = logging.Handler()
    collector.emit = lambda record: lines.append(record.getMessage())
    logger = logging.getLogger("rdkit")
    handlers, logger.handlers = logger.handlers, [collector]
    status = rdBase.LogStatus()
    rdBase.LogToPythonLogger()
    try:
        yield lines
    finally:
        notebook = "rdkit.Chem.Draw.IPythonConsole" in sys.modules
        (rdBase.LogToPythonStderr if notebook else rdBase.LogToCppStreams)()
        for log in re.findall(r"(\S+):disabled", status):
            rdBase.DisableLog(log)
        logger.handlers = handlers
