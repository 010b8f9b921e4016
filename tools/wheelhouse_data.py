"""The files that lessons fetch on request, carried along for a classroom without internet."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

#: Where a wheelhouse keeps them; `lab` lets the lessons find them there.
DATA = "data"


def fetch_data(house: Path) -> dict[str, Any]:
    """Fetch what the lessons would fetch, as far as it can be had, and copy it into a wheelhouse.

    Returns
    -------
    dict
        For the manifest: ``files``, each with its size and checksum, and ``lacking``, each with the reason.
    """
    from workshop_utils.datasets import NotFetchedError, fetching

    files, lacking = [], []
    for name in fetching.FILES:
        target = house / DATA / name
        try:
            content = fetching.fetch(name).read_bytes()
        except NotFetchedError as error:
            lacking.append({"wanted": name, "reason": str(error)})
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        checksum = hashlib.sha256(content).hexdigest()
        files.append(
            {"file": target.relative_to(house).as_posix(), "bytes": len(content), "sha256": checksum}
        )
    if not files:
        shutil.rmtree(house / DATA, ignore_errors=True)
    return {"files": files, "lacking": lacking}
