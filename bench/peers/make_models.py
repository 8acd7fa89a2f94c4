"""The models of bench/peers.mjs: a forest and a logistic regression, as joblib files and as the graphs of skl2onnx."""

import json
import sys
from pathlib import Path

import joblib
import numpy as np
from skl2onnx import to_onnx
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
x, y = make_classification(9000, 30, n_informative=15, flip_y=0.1, class_sep=0.6, random_state=0)
x = x.astype(np.float32).astype(np.float64)
for name, model in [
    ("forest", RandomForestClassifier(100, max_depth=12, random_state=0)),
    ("logistic", LogisticRegression(max_iter=500)),
]:
    model.fit(x[:8000], y[:8000])
    joblib.dump(model, out / f"{name}.joblib")
    graph = to_onnx(model, x[:1].astype(np.float32), options={"zipmap": False}, target_opset=17)
    (out / f"{name}.onnx").write_bytes(graph.SerializeToString())
(out / "rows.json").write_text(json.dumps(x[8000:8256].tolist()))
