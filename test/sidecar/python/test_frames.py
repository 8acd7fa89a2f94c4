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
    def work():
        os.write(write, data) if len(data) < 60_000 else [os.write(write, data[i : i + 60_000]) for i in range(0, len(data), 60_000)]
        os.close(write)

    threading.Thread(target=work).start()


def test_what_is_written_is_read(pipe):
    read, write = pipe
    message, data = {"id": 7, "text": "ä\n"}, bytes(range(256)) * 100
    frames.Writer(write).json(message, data)
    reader = frames.Reader(read)
    assert reader.json() == message
    assert reader.blob(len(data)) == data
    os.close(write)
    assert reader.json() is None


def test_large_bytes_come_in_several_frames(pipe):
    read, write = pipe
    data = os.urandom(frames.MAX_FRAME + 5)
    threading.Thread(target=lambda: frames.Writer(write).json({"n": 1}, data)).start()
    reader = frames.Reader(read)
    assert reader.json() == {"n": 1}
    assert reader.blob(len(data)) == data


@pytest.mark.parametrize(
    "data",
    [
        b"X\x00\x00\x00\x02{}",
        b"J\xff\xff\xff\xff{}",
        b"J\x00\x00\x00\x08{}",
        b"J\x00",
    ],
)
def test_what_is_no_frame_is_refused(pipe, data):
    read, write = pipe
    feed(write, data)
    with pytest.raises(frames.ProtocolError):
        frames.Reader(read).json()


@pytest.mark.parametrize("data", [b"B\x00\x00\x00\x09123456789", b"B\x00\x00\x00\x00", b"J\x00\x00\x00\x022{", b"B\x00\x00\x00\x0412"])
def test_bytes_that_are_not_those_announced_are_refused(pipe, data):
    read, write = pipe
    feed(write, data)
    with pytest.raises(frames.ProtocolError):
        frames.Reader(read).blob(4)


def test_nan_has_no_json(pipe):
    with pytest.raises(ValueError):
        frames.Writer(pipe[1]).json({"n": float("nan")})
