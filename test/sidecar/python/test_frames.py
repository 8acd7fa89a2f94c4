import os
import threading

import pytest
from ml_sidecar import frames


@pytest.fixture
def pipe():
    read, write = os.pipe()
    yield read, write
    for fd in (read, write):
        try:
            os.close(fd)
        except OSError:
            pass


def feed(write, data):
    os.write(write, data)
    os.close(write)


def test_what_is_written_is_read(pipe):
    read, write = pipe
    message = {"id": 7, "text": "ä\n"}
    frames.Writer(write).json(message)
    assert frames.read_json(read) == message


def test_large_bytes_come_in_several_frames(pipe):
    read, write = pipe
    data = os.urandom(frames.MAX_FRAME + 5)
    threading.Thread(target=lambda: frames.Writer(write).blob(data)).start()
    first = frames.read_exactly(read, 5 + frames.MAX_FRAME)
    rest = frames.read_exactly(read, 5 + 5)
    assert first[:5] == b"B\x01\x00\x00\x00" and rest[:5] == b"B\x00\x00\x00\x05"
    assert first[5:] + rest[5:] == data


@pytest.mark.parametrize("parts", [[b"a", b"", b"bc"], [b"a", os.urandom(100_000), memoryview(b"bc"), b""]])
def test_parts_are_written_one_after_another(pipe, parts):
    read, write = pipe
    threading.Thread(target=lambda: frames.Writer(write).raw(*parts)).start()
    whole = b"".join(parts)
    assert frames.read_exactly(read, len(whole)) == whole


@pytest.mark.parametrize(
    "data",
    [
        b"X\x00\x00\x00\x02{}",
        b"B\x00\x00\x00\x02{}",
        b"J\xff\xff\xff\xff{}",
        b"J\x00\x00\x00\x08{}",
        b"J\x00",
    ],
)
def test_what_is_no_frame_is_refused(pipe, data):
    read, write = pipe
    feed(write, data)
    with pytest.raises(frames.ProtocolError):
        frames.read_json(read)


def test_nan_has_no_json(pipe):
    with pytest.raises(ValueError):
        frames.Writer(pipe[1]).json({"n": float("nan")})
