"""
Measures scikit-learn for bench/sklearn.mjs, which writes a line of JSON per question to this process and reads one back:
`{"model", "rows", "calls"}` (rows 1 or all) gives microseconds per call of the method that the model's JSON names.
"""

import json
import sys
import time
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
folder = Path(sys.argv[1])
models = {}


def loaded(name):
    if name not in models:
        asked = json.loads((folder / f"{name}.json").read_text())
        rows = pd.DataFrame(asked["rows"]) if asked["frame"] else asked["rows"]
        if not asked["frame"] and isinstance(rows[0], list):
            rows = np.array(rows)
        model = joblib.load(folder / f"{name}.joblib")
        models[name] = getattr(model, asked["method"]), rows
    return models[name]


for line in sys.stdin:
    question = json.loads(line)
    method, rows = loaded(question["model"])
    x = rows[:1] if question["rows"] == 1 else rows
    started = time.perf_counter()
    for _ in range(question["calls"]):
        method(x)
    print(json.dumps((time.perf_counter() - started) / question["calls"] * 1e6), flush=True)
