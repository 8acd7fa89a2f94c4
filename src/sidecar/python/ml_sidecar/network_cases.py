"""Inputs for a network whose outputs are tensors, and what the original answers: usual, large, small, of several sizes.

A network is described by what it takes (`name` and `dtype` of every input), by the shapes of several calls, and by a
function that asks the original.
"""

import numpy

from .errors import SidecarError

#: Elements of all inputs, and of all outputs, together.
MAX_ELEMENTS = 4_000_000
FLOATS = ("float32", "float64")
INTEGERS = ("int64", "int32", "int16", "int8", "uint8")
_SCALES = (1.0, 0.1, 10.0, 0.0)
_BOUNDS = (2, 5, 10, 50, 200, 1_000, 10_000)
_TEXTS = ("", "a", "one two", "äöü 中", "0", "3.5", "no such category")


def make(inputs, calls, ask, sample=()):
    """The cases and their blobs, the first of which is number 1. `calls` are the shapes of every call, by input."""
    for one in inputs:
        if one["dtype"] not in (*FLOATS, *INTEGERS, "bool", "string"):
            raise SidecarError("refused", f"the input {one['name']} is {one['dtype']}, which is not compared here")
    random = numpy.random.RandomState(20240229)
    bounds = _bounds(inputs, calls[0], ask, random)
    given = _given(inputs, calls[0], sample)
    made = [[_values(one["dtype"], shape, scale, bound, random) for one, shape, bound in zip(inputs, shapes, bounds)]
            for shapes, scale in _plan(calls)]  # fmt: skip
    cases, blobs, taken, failure = [], [], 0, None
    for feeds in [*given, *made]:
        try:
            answers = ask(feeds)
        except Exception as error:  # What the original refuses is no case.
            failure = failure or error
            continue
        taken += sum(value.size for value in feeds) + sum(value.size for _, value in answers)
        if taken > MAX_ELEMENTS and cases:
            break
        cases.append({
            "feeds": [_feed(one, value, blobs) for one, value in zip(inputs, feeds)],
            "expected": [_expected(name, value, blobs) for name, value in answers],
        })  # fmt: skip
    if not cases:
        reason = f"{type(failure).__name__}: {str(failure).strip()[-400:]}"
        raise SidecarError("refused", f"the original answers none of the inputs that were made ({reason})")
    _must_repeat(ask, [*given, *made], cases[0]["expected"])
    return cases, blobs


def _plan(calls):
    """Every call with usual numbers, then the first with others."""
    return [(shapes, 1.0) for shapes in calls] + [(calls[0], scale) for scale in _SCALES]


def _values(dtype, shape, scale, bound, random):
    if dtype in FLOATS:
        return (random.standard_normal(shape) * scale).astype(dtype)
    if dtype in INTEGERS:
        return random.randint(0, bound, shape).astype(dtype)
    if dtype == "bool":
        return random.random_sample(shape) < 0.5
    return numpy.array(_TEXTS, dtype=object)[random.randint(0, len(_TEXTS), shape)]


def _bounds(inputs, shapes, ask, random):
    """Whole numbers are often places in a table, whose length is nowhere written: each as large as the original takes."""
    bounds = [2] * len(inputs)
    for i, one in enumerate(inputs):
        if one["dtype"] not in INTEGERS:
            continue
        for bound in _BOUNDS:
            tried = [*bounds[:i], bound, *bounds[i + 1 :]]
            if bound > numpy.iinfo(one["dtype"]).max or not _answers(inputs, shapes, tried, ask, random, i):
                break
            bounds = tried
    return bounds


def _answers(inputs, shapes, bounds, ask, random, largest):
    feeds = [_values(one["dtype"], shape, 1.0, bound, random) for one, shape, bound in zip(inputs, shapes, bounds)]
    if feeds[largest].size == 0:
        return False
    feeds[largest].flat[0] = bounds[largest] - 1
    try:
        ask(feeds)
    except Exception:  # Beyond the table, or something else that is told later.
        return False
    return True


def _given(inputs, shapes, sample):
    """The caller's rows, for a network of one input whose rows have this shape."""
    if len(inputs) != 1 or not sample or inputs[0]["dtype"] == "string":
        return []
    try:
        rows = numpy.asarray(sample, dtype=inputs[0]["dtype"])
    except (TypeError, ValueError):
        return []
    return [[rows]] if rows.shape[1:] == tuple(shapes[0][1:]) else []


def _must_repeat(ask, tried, expected):
    for feeds in tried:
        try:
            first, second = ask(feeds), ask(feeds)
        except Exception:  # Skipped above too.
            continue
        for (name, one), (_, two) in zip(first, second):
            if one.shape != two.shape or not numpy.array_equal(one, two, equal_nan=one.dtype.kind == "f"):
                raise SidecarError("refused", f"{name} is another one each time for the same input: it holds chance")
        return


def _feed(one, value, blobs):
    feed = {"name": one["name"], "type": one["dtype"], "dims": list(value.shape)}
    if one["dtype"] == "string":
        return {**feed, "texts": [str(text) for text in value.ravel()]}
    blobs.append(numpy.ascontiguousarray(value).astype(value.dtype.newbyteorder("<")).tobytes())
    return {**feed, "blob": len(blobs)}


def _expected(name, value, blobs):
    about = {"output": name, "type": "string" if value.dtype.kind in "OSU" else str(value.dtype), "dims": list(value.shape)}  # fmt: skip
    if about["type"] == "string":
        return {**about, "labels": [_text(one) for one in value.ravel()]}
    if value.dtype.kind in "iu" and value.size > 0 and numpy.abs(value.astype(numpy.float64)).max() >= 2**53:
        return {**about, "labels": [str(one) for one in value.ravel().tolist()]}
    blobs.append(value.astype("<f8").tobytes())
    return {**about, "blob": len(blobs)}


def _text(value):
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
