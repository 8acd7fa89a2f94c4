"""Answers calls until its input ends: a worker that stays, in the same closed room."""

from .call_frames import answer_parts, failure, read_call
from .call_reader import CallReader


def serve(answer, fd, writer):
    """`answer(method, inputs)` gives pairs of a name and an array for a method and arrays by name."""
    reader = CallReader(fd)
    while (call := reader.next()) is not None:
        number, *content = call
        try:
            parts = answer_parts(number, answer(*read_call(*content)))
        except MemoryError:
            raise
        except Exception as error:  # Whatever a model raises is the answer to this call, and the worker goes on.
            parts = [failure(number, f"{type(error).__name__}: {str(error).strip()[:2000]}")]
        writer.raw(*parts)
        # Nothing of a large call is kept until the next one.
        del call, content, parts
