"""Makes the models of bench/catboost.mjs: python bench/make_catboost_models.py DIRECTORY

Needs catboost (test/reference/catboost/requirements-1.2.10.txt). Writes each as .cbm with rows, what CatBoost says of them
and how long the processor needs: one thread, rows as an array (numbers) or as lists (categories).
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from catboost import CatBoostClassifier
from sklearn.datasets import make_classification

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
x, y = make_classification(12000, 30, n_informative=12, flip_y=0.15, class_sep=0.6, random_state=0)
x = x.astype(np.float32).astype(np.float64)
rng = np.random.default_rng(0)
words = np.array([f"word {i}" for i in range(300)])
mixed = [list(row[:10]) + [str(words[rng.integers(300)]), str(words[rng.integers(20)]), int(rng.integers(8))] for row in x.tolist()]
common = dict(verbose=0, thread_count=1, random_seed=0, allow_writing_files=False)
models = {
    "numeric-100": (x, CatBoostClassifier(iterations=100, depth=6, **common)),
    "numeric-1000": (x, CatBoostClassifier(iterations=1000, depth=6, **common)),
    "lossguide-100": (x, CatBoostClassifier(iterations=100, grow_policy="Lossguide", **common)),
    "categories-100": (mixed, CatBoostClassifier(iterations=100, depth=6, cat_features=[10, 11, 12], **common)),
}


def seconds(call, times):
    call()
    best = float("inf")
    for _ in range(5):
        started = time.process_time()
        for _ in range(times):
            call()
        best = min(best, (time.process_time() - started) / times)
    return best


for name, (data, model) in models.items():
    model.fit(data[:11000], y[:11000])
    rows = data[11000:]
    model.save_model(str(out / f"{name}.cbm"))
    one = seconds(lambda: model.predict_proba(rows[:1], thread_count=1), 200)
    many = seconds(lambda: model.predict_proba(rows, thread_count=1), 20)
    proba = model.predict_proba(rows)
    listed = rows.tolist() if isinstance(rows, np.ndarray) else rows
    (out / f"{name}.json").write_text(json.dumps({"rows": listed, "proba": proba.tolist(), "us": one * 1e6, "ms": many * 1e3}))
    print(name, f"CatBoost: {one * 1e6:.0f} us, {many * 1e3:.2f} ms")
