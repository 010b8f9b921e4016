"""What keeps a process of the course offline, silent and strict. Standard library only: it runs first of all.

`block_network` guards pytest's own process and, through ``sitecustomize``, each kernel that pytest starts and
the Python processes that a kernel starts. `start` is called in a kernel before its first cell.
"""

from __future__ import annotations

import ipaddress
import os
import sys
import warnings
from typing import Any

#: A variable that leaves the warnings as they are: packages of other versions than the tested ones deprecate.
USUAL_WARNINGS = "COURSE_USUAL_WARNINGS"
#: What was refused in this process: whoever swallows the error is found out all the same.
attempts: list[str] = []

_HOST_OF = {
    "socket.connect": lambda arguments: arguments[1],
    "socket.sendto": lambda arguments: arguments[1],
    "socket.sendmsg": lambda arguments: arguments[1],
    "socket.getaddrinfo": lambda arguments: arguments,
    "socket.gethostbyname": lambda arguments: arguments,
    "socket.gethostbyaddr": lambda arguments: arguments,
}


class OutsideConnectionError(RuntimeError):
    """Something asked for a machine other than this one."""


def block_network() -> None:
    """Refuse, from now on and for good, every connection and look-up that leaves this machine.

    An audit hook sees what all of Python's sockets do, those made in C included, and cannot be taken back.
    """
    if not getattr(sys, "_course_is_offline", False):
        sys._course_is_offline = True
        sys.addaudithook(_refuse_outside)


def start(stderr_path: str) -> None:
    """Make a kernel strict: warnings are errors, and what is written to file descriptor 2 lands in a file.

    With `USUAL_WARNINGS` only those that a learner would see fail, because they are written there.
    """
    os.dup2(os.open(stderr_path, os.O_WRONLY | os.O_APPEND), 2)
    if not os.environ.get(USUAL_WARNINGS):
        warnings.simplefilter("error")


def _refuse_outside(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _HOST_OF:
        return
    address = _HOST_OF[event](arguments)
    if isinstance(address, tuple) and not is_here(address[0]):
        message = f"this must work offline, but asked for {address[0]!r} ({event})"
        attempts.append(message)
        os.write(2, f"{message}\n".encode())
        raise OutsideConnectionError(message)


def is_here(host: str | bytes | None) -> bool:
    """Tell whether a host is this machine's loopback; an address without a host is a local socket."""
    host = host.decode() if isinstance(host, bytes) else host
    if not host or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
