"""Writes small joblib files of every compression, and hostile ones, as JSON on stdout."""
import base64
import io
import json
import sys

import joblib
import numpy as np


class Hostile:
    def __reduce__(self):
        return print, ("run",)


def dump(value, **options):
    buffer = io.BytesIO()
    joblib.dump(value, buffer, **options)
    return base64.b64encode(buffer.getvalue()).decode()


def main():
    ints = np.arange(6, dtype="i8").reshape(2, 3)
    value = {
        "c": ints,
        "fortran": np.asfortranarray(ints.astype(">f4")),
        "objects": np.array(["a", None, 1.5], dtype=object),
        "object_matrix": np.array([["a", "b"], ["c", "d"]], dtype=object, order="F"),
        "text": np.array(["x", "yz"]),
        "again": ints,
        "empty": np.zeros((0, 2)),
        "scalar": np.float64(2.5),
        "matrix": np.matrix([[1.0, 2.0]]),
        "large": np.arange(5000, dtype="f8"),
    }
    out = {"joblib": joblib.__version__, "files": {}, "hostile": {}}
    for protocol in (2, 3, 4, 5):
        out["files"][f"protocol {protocol}"] = dump(value, protocol=protocol)
    for method in ("zlib", "gzip", "bz2", "xz", "lzma"):
        out["files"][method] = dump(value, compress=(method, 3))
    out["hostile"]["in an object array"] = dump([ints, np.array([Hostile()], dtype=object)])
    out["hostile"]["after an array"] = dump([ints, Hostile()])
    for method in ("zlib", "bz2", "xz", "lzma"):
        out["hostile"][f"in {method}"] = dump([ints, Hostile()], compress=(method, 3))
    json.dump(out, sys.stdout, indent=0)


main()
