"""Writes arrays of every type and layout as .npy and as pickles, with their values, as JSON on stdout."""
import base64
import io
import json
import pickle
import sys

import numpy as np


def values(array):
    """Row-major values as JSON: numbers as text where JSON would round them."""
    flat = array.ravel(order="C")
    kind = array.dtype.kind
    if kind in "iu":
        return [str(int(v)) for v in flat]
    if kind in "mM":
        return [str(int(v)) for v in flat.view("i8" if array.dtype.isnative else ">i8")]
    if kind == "b":
        return [int(v) for v in flat]
    if kind == "f":
        return [float(v).hex() if np.isfinite(v) else str(float(v)) for v in flat]
    if kind == "c":
        return [part.hex() for v in flat for part in (float(v.real), float(v.imag))]
    if kind == "U":
        return [str(v) for v in flat]
    if kind == "S":
        return [v.decode("latin1") for v in flat]
    raise TypeError(kind)


def arrays():
    rng = np.random.default_rng(3)
    base = rng.normal(size=(3, 4)) * 1000
    for code in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]:
        for order in "<>":
            yield f"{order}{code}", base.astype("i4").astype(order + code) if code[0] == "u" else base.astype(order + code)
    yield "bool", base > 0
    yield "extremes", np.array([2**63 - 1, -(2**63), 0], "i8")
    yield "unsigned extremes", np.array([2**64 - 1, 0], "u8")
    yield "half extremes", np.array([6e-8, 65504, np.inf, -np.inf, -0.0], "f2")
    yield "fortran", np.asfortranarray(base)
    yield "fortran 3d", np.asfortranarray(rng.normal(size=(2, 3, 4)))
    yield "fortran big-endian", np.asfortranarray(base.astype(">f4"))
    yield "scalar array", np.array(3.5)
    yield "empty", np.zeros((0, 3))
    yield "text", np.array([["a", "été"], ["😀😀", ""]])
    yield "big-endian text", np.array(["a", "été"]).astype(">U5")
    yield "bytes", np.array([b"a", b"\xe9t", b"", b"a\x00b"])
    yield "datetime", np.array(["2020-01-01", "NaT", "1969-12-31"], "M8[D]")
    yield "datetime ns", np.array([1, -1], "M8[ns]")
    yield "timedelta", np.array([1, -5], "m8[25s]")


def main():
    out = []
    for name, array in arrays():
        buffer = io.BytesIO()
        np.save(buffer, array)
        entry = {"name": name, "dtype": str(array.dtype), "shape": list(array.shape), "values": values(array)}
        entry["npy"] = base64.b64encode(buffer.getvalue()).decode()
        for protocol in (0, 2, 4, 5):
            entry[f"p{protocol}"] = base64.b64encode(pickle.dumps(array, protocol)).decode()
        out.append(entry)
    json.dump({"numpy": np.__version__, "cases": out}, sys.stdout)


main()
