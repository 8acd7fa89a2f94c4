"""Answers calls until its input ends: a worker that stays, in the same closed room.

A call is a JSON frame `{ id, method, inputs, bytes }`, then frames of bytes where it has any: the numbers of all inputs,
one after another. An answer has the same form: `{ type: "answer", id, outputs, bytes }`; what the model raises is
`{ type: "failed", id, message }`, and the worker goes on.
"""

import numpy

from . import frames

_LITTLE = {"float32": "<f4", "float64": "<f8", "int64": "<i8", "int32": "<i4", "int16": "<i2", "int8": "i1", "uint8": "u1", "bool": "?"}  # fmt: skip


def serve(answer, fd, writer):
    """`answer(method, inputs)` gives pairs of a name and an array for a method and arrays by name."""
    reader = frames.Reader(fd)
    while True:
        call = reader.json()
        if call is None:
            return
        try:
            outputs = answer(call["method"], _inputs(call["inputs"], reader.blob(call["bytes"])))
            about, data = _outputs(outputs)
        except MemoryError:
            raise
        except Exception as error:  # Whatever a model raises is the answer to this call.
            message = f"{type(error).__name__}: {str(error).strip()[:2000]}"
            writer.json({"type": "failed", "id": call["id"], "message": message})
            continue
        writer.json({"type": "answer", "id": call["id"], "outputs": about, "bytes": len(data)}, data)


def _inputs(about, data):
    inputs, at = {}, 0
    for one in about:
        if "texts" in one:
            value = numpy.empty(len(one["texts"]), dtype=object)
            value[:] = one["texts"]
        else:
            dtype = numpy.dtype(_LITTLE[one["type"]])
            size = dtype.itemsize * int(numpy.prod(one["dims"], dtype=numpy.int64))
            # The model may write into what it is given.
            value = numpy.frombuffer(bytearray(data[at : at + size]), dtype=dtype)
            at += size
        inputs[one["name"]] = value.reshape(one["dims"])
    return inputs


def _outputs(outputs):
    about, parts = [], []
    for name, value in outputs:
        value = value.toarray() if hasattr(value, "toarray") else numpy.asarray(value)
        one = {"name": name, "type": str(value.dtype), "dims": list(value.shape)}
        if one["type"] in _LITTLE:
            parts.append(numpy.ascontiguousarray(value).astype(_LITTLE[one["type"]], copy=False).tobytes())
        elif value.dtype.kind in "OUS":
            # Labels of several types keep them.
            one.update(type="string", texts=[v if isinstance(v, (bool, int, float, str)) else str(v) for v in value.ravel().tolist()])
        else:
            raise TypeError(f"{name} is of the type {value.dtype}, which has no form here")
        about.append(one)
    return about, b"".join(parts)
