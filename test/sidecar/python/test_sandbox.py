import struct

from ml_sidecar import sandbox, seccomp


def run(steps, architecture, number, first=0):
    """The filter's answer to one call, by the rules of the kernel's machine."""
    data = struct.pack("=iIQQ", number, architecture, 0, first).ljust(64, b"\0")
    value, at = 0, 0
    while True:
        code, yes, no, k = steps[at]
        at += 1
        if code == 0x20:
            (value,) = struct.unpack_from("=I", data, k)
        elif code == 0x15:
            at += yes if value == k else no
        elif code == 0x35:
            at += yes if value >= k else no
        elif code == 0x45:
            at += yes if value & k else no
        else:
            assert code == 0x06
            return k


def test_the_filter_allows_its_list_and_nothing_else():
    for machine in seccomp._MACHINES.values():
        steps = seccomp._program(machine)
        assert all(step[1] < 256 and step[2] < 256 for step in steps)
        allowed = {n for n in range(600) if run(steps, machine.audit, n) == seccomp._ALLOW}
        assert allowed == set(machine.allowed)
        assert run(steps, machine.audit, machine.clone, seccomp._CLONE_THREAD) == seccomp._ALLOW
        assert run(steps, machine.audit, machine.clone, 0) == seccomp._ERRNO | 1
        assert run(steps, machine.audit ^ 1, 0) == seccomp._KILL
        # Calls of the x32 interface have other numbers.
        assert run(steps, machine.audit, 0x40000000) == seccomp._ERRNO | 1


def test_what_no_machine_has_is_told():
    active, missing = sandbox.enter(["no-such-layer"], 1, 1)
    assert active == [] and missing == {"no-such-layer": "there is no such layer"}
