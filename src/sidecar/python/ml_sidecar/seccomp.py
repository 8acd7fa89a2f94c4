"""A filter of system calls: an allow-list of what computing needs; all else fails with EPERM."""

import ctypes
import errno
import platform
import struct

# Memory, time, threads, and reading and writing of descriptors that are open already. Nothing that opens, connects,
# starts, signals or changes anything outside of the process.
_X86_64 = {
    "read": 0, "write": 1, "close": 3, "fstat": 5, "poll": 7, "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11,
    "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "pread64": 17, "readv": 19, "writev": 20,
    "sched_yield": 24, "mremap": 25, "madvise": 28, "nanosleep": 35, "getpid": 39, "exit": 60, "uname": 63,
    "getcwd": 79, "gettimeofday": 96, "getrlimit": 97, "getrusage": 98, "sysinfo": 99, "times": 100, "getuid": 102,
    "getgid": 104, "geteuid": 107, "getegid": 108, "getppid": 110, "sigaltstack": 131, "gettid": 186, "time": 201,
    "futex": 202, "sched_getaffinity": 204, "set_tid_address": 218, "restart_syscall": 219, "clock_gettime": 228,
    "clock_getres": 229, "clock_nanosleep": 230, "exit_group": 231, "set_robust_list": 273, "getcpu": 309,
    "getrandom": 318, "membarrier": 324, "rseq": 334,
}  # fmt: skip
_AARCH64 = {
    "read": 63, "write": 64, "close": 57, "fstat": 80, "ppoll": 73, "lseek": 62, "mmap": 222, "mprotect": 226,
    "munmap": 215, "brk": 214, "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "pread64": 67,
    "readv": 65, "writev": 66, "sched_yield": 124, "mremap": 216, "madvise": 233, "nanosleep": 101, "getpid": 172,
    "exit": 93, "uname": 160, "getcwd": 17, "gettimeofday": 169, "getrlimit": 163, "getrusage": 165, "sysinfo": 179,
    "times": 153, "getuid": 174, "getgid": 176, "geteuid": 175, "getegid": 177, "getppid": 173, "sigaltstack": 132,
    "gettid": 178, "futex": 98, "sched_getaffinity": 123, "set_tid_address": 96, "restart_syscall": 128,
    "clock_gettime": 113, "clock_getres": 114, "clock_nanosleep": 115, "exit_group": 94, "set_robust_list": 99,
    "getcpu": 168, "getrandom": 278, "membarrier": 283, "rseq": 293,
}  # fmt: skip


class _Machine:
    def __init__(self, audit, allowed, clone, seccomp):
        self.audit = audit
        self.allowed = sorted(allowed.values())
        self.clone = clone
        self.seccomp = seccomp


_MACHINES = {
    "x86_64": _Machine(0xC000003E, _X86_64, clone=56, seccomp=317),
    "aarch64": _Machine(0xC00000B7, _AARCH64, clone=220, seccomp=277),
}
_CLONE3 = 435
_CLONE_THREAD = 0x00010000

_LOAD, _EQUAL, _AT_LEAST, _HAS_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCH, _FIRST_ARGUMENT = 0, 4, 16

_SET_MODE_FILTER, _ALL_THREADS = 1, 1


def _program(machine):
    refuse = (_RETURN, 0, 0, _ERRNO | errno.EPERM)
    steps = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, machine.audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        # Calls of the x32 interface have numbers of their own under the same architecture.
        (_AT_LEAST, 0, 1, 0x40000000),
        refuse,
    ]
    for number in machine.allowed:
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    # Threads, no processes. The flags of clone3 lie in memory, where a filter cannot look: libc falls back to clone.
    steps += [
        (_EQUAL, 0, 1, _CLONE3),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
        (_EQUAL, 0, 3, machine.clone),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_HAS_BITS, 0, 1, _CLONE_THREAD),
        (_RETURN, 0, 0, _ALLOW),
        refuse,
    ]
    return steps


class _Program(ctypes.Structure):
    _fields_ = [("count", ctypes.c_ushort), ("steps", ctypes.c_void_p)]


def restrict(libc):
    """Sets the filter for every thread. Needs no_new_privs; raises OSError where it cannot be set."""
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        raise OSError(errno.ENOSYS, f"no filter of system calls for {platform.machine()}")
    steps = _program(machine)
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = _Program(len(steps), ctypes.cast(code, ctypes.c_void_p))
    result = libc.syscall(
        machine.seccomp, ctypes.c_uint(_SET_MODE_FILTER), ctypes.c_uint(_ALL_THREADS), ctypes.byref(program)
    )
    if result != 0:
        raise OSError(ctypes.get_errno(), "the kernel refused the filter of system calls")
