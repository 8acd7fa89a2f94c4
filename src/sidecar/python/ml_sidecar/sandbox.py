"""The walls of the room, set from inside after everything is imported and before a byte of the model is read."""

import ctypes
import os
import sys

from . import landlock, seccomp

LAYERS = ("limits", "no-new-privileges", "landlock", "seccomp")

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38


class _Missing(Exception):
    """A layer that this machine does not have."""


def enter(wanted, memory_bytes, cpu_seconds):
    """Sets the layers named. Gives those that hold, and for each other one why it does not."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    # Counted now: without a right to look into this process, /proc shows nothing of it.
    threads = len(os.listdir("/proc/self/task")) if libc is not None else 0
    setters = {
        "limits": lambda: _limits(memory_bytes, cpu_seconds),
        "no-new-privileges": lambda: _no_new_privileges(_linux(libc)),
        "landlock": lambda: _landlock(_linux(libc), threads),
        "seccomp": lambda: seccomp.restrict(_linux(libc)),
    }
    active = []
    missing = {layer: "there is no such layer" for layer in wanted if layer not in LAYERS}
    for layer in LAYERS:
        if layer not in wanted:
            continue
        try:
            setters[layer]()
            active.append(layer)
        except (OSError, ValueError, ImportError, _Missing) as error:
            missing[layer] = str(error)
    return active, missing


def _linux(libc):
    if libc is None:
        raise _Missing(f"{sys.platform} does not have it")
    return libc


def _limits(memory_bytes, cpu_seconds):
    import resource

    for name, value in (
        ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CPU", cpu_seconds),
        ("RLIMIT_NOFILE", 64),
        ("RLIMIT_AS", memory_bytes),
    ):
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def _no_new_privileges(libc):
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "privileges could not be given up")
    # Neither a core file nor a debugger of the same user sees the memory.
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _landlock(libc, threads):
    if threads != 1:
        raise _Missing(f"{threads} threads run already, which Landlock does not reach")
    landlock.restrict(libc)
