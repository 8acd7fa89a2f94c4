"""Landlock without a rule: no file can be opened, listed, written or executed, no TCP port bound or connected."""

import ctypes
import os

_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_VERSION_FLAG = 1

# Rights known by each version of the interface: asking for one that the kernel does not know is refused.
_FILES = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NET = (1 << 0) | (1 << 1)
# Abstract sockets and signals to processes outside.
_SCOPES = (1 << 0) | (1 << 1)


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


def restrict(libc):
    """Closes this process in. Gives the version of the interface; raises OSError where the kernel has none.

    Needs no_new_privs. Holds for this thread and those that it starts, so that no other may run yet.
    """
    abi = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG))
    if abi < 1:
        raise OSError(ctypes.get_errno(), "the kernel has no Landlock")
    ruleset = _Ruleset(
        files=(1 << _FILES.get(abi, 16)) - 1,
        net=_NET if abi >= 4 else 0,
        scoped=_SCOPES if abi >= 6 else 0,
    )
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    fd = libc.syscall(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(size), ctypes.c_uint32(0))
    if fd < 0:
        raise OSError(ctypes.get_errno(), "Landlock made no ruleset")
    try:
        if libc.syscall(_RESTRICT_SELF, ctypes.c_int(fd), ctypes.c_uint32(0)) != 0:
            raise OSError(ctypes.get_errno(), "Landlock did not restrict")
    finally:
        os.close(fd)
    return abi
