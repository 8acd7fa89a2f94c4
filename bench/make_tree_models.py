"""Makes the models of bench/trees.mjs: python bench/make_tree_models.py DIRECTORY

Needs scikit-learn and skl2onnx, as in a virtual environment under .cache/. Each model is written as a pickle and as
the ONNX graph that skl2onnx makes of it, with rows and what scikit-learn says of them.
"""

import json
import pickle
import sys
import time
from pathlib import Path

import numpy as np
from skl2onnx import to_onnx
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
x, y = make_classification(12000, 30, n_informative=12, flip_y=0.15, class_sep=0.6, random_state=0)
x = x.astype(np.float32).astype(np.float64)
train, rows = x[:11000], x[11000:]
models = {
    "forest-12": RandomForestClassifier(100, max_depth=12, random_state=0, n_jobs=1),
    "forest-6": RandomForestClassifier(100, max_depth=6, random_state=0, n_jobs=1),
    "forest-full": RandomForestClassifier(100, random_state=0, n_jobs=1),
    "hist-boosting": HistGradientBoostingClassifier(random_state=0, early_stopping=False),
}
for name, model in models.items():
    model.fit(train, y[:11000])
    graph = to_onnx(model, x[:1].astype(np.float32), options={"zipmap": False}, target_opset=17)
    (out / f"{name}.onnx").write_bytes(graph.SerializeToString())
    (out / f"{name}.pkl").write_bytes(pickle.dumps(model, protocol=5))
    started = time.perf_counter()
    for i in range(20):
        model.predict_proba(rows[:1])
    one = (time.perf_counter() - started) / 20 * 1e6
    started = time.perf_counter()
    probabilities = model.predict_proba(rows)
    many = (time.perf_counter() - started) * 1e3
    expected = {"rows": rows.ravel().tolist(), "proba": probabilities.ravel().tolist(), "us": one, "ms": many}
    (out / f"{name}.json").write_text(json.dumps(expected))
    print(name, f"scikit-learn: {one:.0f} us, {many:.1f} ms")
