import os
import random
import struct
import threading

import pytest

numpy = pytest.importorskip("numpy")

from ml_sidecar import call_frames, frames, serving  # noqa: E402
from ml_sidecar.call_frames import HEAD, answer_parts, read_call  # noqa: E402
from ml_sidecar.call_reader import CallReader  # noqa: E402

#: call-frames.test.ts writes the same bytes.
GOLDEN = bytes.fromhex(
    "43070000003d0000000d0000001000000000000000"
    "070000007072656469637402000000"
    "0300000068c3a402020000000100000000000000020000000000000001000000740001000000"
    "0200000000000000" + '[["ö",null]]'.encode().hex() + "000000000000f83f000000000000f87f"
)


class Kept:
    """A writer that keeps what is written."""

    def __init__(self):
        self.answers = []

    def raw(self, *parts):
        self.answers.append(b"".join(parts))


def called(method, arrays, number=1):
    """A call has the layout of an answer, with a method."""
    whole = b"".join(answer_parts(number, arrays))
    name = method.encode()
    kind, number, about, texts, numbers = HEAD.unpack_from(whole)
    head = HEAD.pack(b"C", number, about + len(name), texts, numbers)
    return head + struct.pack("<I", len(name)) + name + whole[HEAD.size + 4 :]


def served(data, answer=lambda method, inputs: list(inputs.items())):
    """What a worker answers to these bytes, which come in pieces of any size."""
    read, write = os.pipe()
    pieces, at = [], 0
    while at < len(data):
        size = random.choice([1, 3, 20, 4_000, 60_000])
        pieces.append(data[at : at + size])
        at += size

    def feed():
        try:
            for piece in pieces:
                os.write(write, piece)
        except OSError:
            pass
        os.close(write)

    thread = threading.Thread(target=feed)
    thread.start()
    kept = Kept()
    try:
        serving.serve(answer, read, kept)
    finally:
        os.close(read)
        thread.join()
    return kept.answers


def test_a_call_has_the_layout_that_node_writes():
    seen = []
    served(GOLDEN * 3, lambda method, inputs: seen.append((method, inputs)) or [])
    assert [method for method, _ in seen] == ["predict"] * 3
    for _, inputs in seen:
        assert list(inputs) == ["hä", "t"]
        assert inputs["hä"].shape == (1, 2) and inputs["hä"][0, 0] == 1.5 and numpy.isnan(inputs["hä"][0, 1])
        assert inputs["t"].tolist() == ["ö", None]


ARRAYS = [
    *(numpy.arange(6).astype(dtype).reshape(2, 3) for dtype in ("f4", "f8", "i8", "i4", "i2", "i1", "u1", "?")),
    numpy.zeros((0, 4)),
    numpy.array(2.5),
    numpy.arange(12.0).reshape(3, 4).T,
    numpy.arange(100_000.0)[::2],
    numpy.array(["a", "ö\n"], dtype=object),
    numpy.array([True, 1, 1.5, "x"], dtype=object),
    numpy.zeros((0,), dtype=object),
    numpy.array([-(2**63), 2**63 - 1]),
]


def test_arrays_come_as_they_were_sent_and_may_be_written():
    outputs = [(f"n{i}", value) for i, value in enumerate(ARRAYS)]
    found = []

    def answer(method, inputs):
        found.append({name: value.copy() for name, value in inputs.items()})
        for value in inputs.values():
            value[...] = 0
        return list(found[-1].items())

    first, second = served(called("run", outputs) * 2, answer)
    assert first == second == b"".join(answer_parts(1, outputs))
    for name, value in outputs:
        got = found[1][name]
        assert got.shape == value.shape and got.dtype == value.dtype and got.tolist() == value.tolist()


def test_sparse_answers_are_filled_in():
    sparse = pytest.importorskip("scipy.sparse")
    matrix = sparse.eye(3, format="csr")
    assert answer_parts(1, [("0", matrix)]) == answer_parts(1, [("0", numpy.eye(3))])


@pytest.mark.parametrize(
    "value, reason",
    [
        (numpy.zeros(1, dtype="c16"), "TypeError: 0 is of the type complex128"),
        (numpy.zeros(1, dtype=">f8"), "TypeError: 0 is of the type >f8"),
        (numpy.array([float("nan"), "a"], dtype=object), "ValueError"),
        (numpy.array(["x" * (frames.MAX_FRAME + 1)], dtype=object), "ValueError: an answer with"),
    ],
)
def test_what_has_no_form_is_the_failure_of_that_call(value, reason):
    wrong, right = served(GOLDEN * 2, one_after_another([("0", value)], []))
    kind, number, about, texts, numbers = HEAD.unpack_from(wrong)
    assert (kind, number, about, numbers) == (b"F", 7, 0, 0)
    assert wrong[HEAD.size :].decode().startswith(reason) and len(wrong) == HEAD.size + texts
    assert right[:1] == b"A"


def one_after_another(*answers):
    waiting = list(answers)
    return lambda method, inputs: waiting.pop(0)


@pytest.mark.parametrize("data", [b"J\x00\x00\x00\x02{}" + bytes(30), GOLDEN[:-1], GOLDEN[:10], GOLDEN + b"A"])
def test_what_is_no_call_is_refused(data):
    with pytest.raises(frames.ProtocolError):
        served(data)


def test_random_bytes_end_in_a_protocol_error_or_a_failure():
    source = random.Random(7)
    kinds = set()
    for _ in range(400):
        data = bytearray(GOLDEN)
        for _ in range(source.randint(1, 4)):
            # The lengths of the head stay small, so that what is announced can come.
            data[source.choice([0, *range(1, 6), 9, 13, *range(21, len(data))])] = source.randrange(256)
        try:
            kinds.update(answer[:1] for answer in served(bytes(data) + bytes(1000)[: source.choice([0, 1000])]))
        except frames.ProtocolError:
            kinds.add("protocol")
    assert kinds == {b"A", b"F", "protocol"}


def test_numbers_that_do_not_fill_the_call_are_a_failure():
    call = bytearray(called("run", [("x", numpy.zeros(2))]))
    struct.pack_into("<Q", call, 13, 24)
    (answer,) = served(bytes(call) + bytes(8))
    assert answer[:1] == b"F"


def test_types_are_those_of_node():
    source = os.path.join(os.path.dirname(__file__), "../../../src/sidecar/call-layout.ts")
    with open(source, encoding="utf-8") as file:
        text = file.read()
    listed = text[text.index("WIRE_TYPES") :].split("= [")[1].split("]")[0]
    names = [line.strip(" ',\n") for line in listed.strip().splitlines()]
    assert names == ["string", *(str(dtype) for dtype in call_frames._DTYPES[1:])]
