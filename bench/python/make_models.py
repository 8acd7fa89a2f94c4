"""
Makes the models of bench/sklearn.mjs: python bench/python/make_models.py DIRECTORY

Needs bench/python/requirements.txt. Each model is written as a joblib file and, where skl2onnx knows it, as the ONNX
graph that it makes, with the rows to ask and what Python answers.
"""

import json
import sys
from copy import deepcopy
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

OPTIONS = {"zipmap": False}
out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)


def write(name, model, rows, graph=None, method="predict_proba"):
    """`rows`: an array, a data frame or texts; `method`: what is asked."""
    joblib.dump(model, out / f"{name}.joblib")
    if graph is not None:
        (out / f"{name}.onnx").write_bytes(graph.SerializeToString())
    plain = rows.to_dict("records") if isinstance(rows, pd.DataFrame) else rows.tolist() if isinstance(rows, np.ndarray) else rows
    made = {"rows": plain, "frame": isinstance(rows, pd.DataFrame), "method": method, "answers": getattr(model, method)(rows).tolist()}
    (out / f"{name}.json").write_text(json.dumps(made))
    print(name, (out / f"{name}.joblib").stat().st_size)


def numeric(name, model, width, **options):
    x, y = make_classification(9000, width, n_informative=width // 2, flip_y=0.15, class_sep=0.6, random_state=0, **options)
    # What float32 can hold, so that both libraries and the graph are asked the same.
    x = x.astype(np.float32).astype(np.float64)
    model.fit(x[:8000], y[:8000])
    write(name, model, x[8000:], convert(model, x[:1]))


def convert(model, row):
    if type(model).__module__.startswith("sklearn"):
        return to_onnx(model, row.astype(np.float32), options=OPTIONS, target_opset=17)
    from onnxmltools.convert import convert_lightgbm, convert_xgboost
    from onnxmltools.convert.common.data_types import FloatTensorType as Floats

    inputs = [("X", Floats([None, row.shape[1]]))]
    if "xgboost" in type(model).__module__:
        return convert_xgboost(model, initial_types=inputs, target_opset=15)
    return convert_lightgbm(model, initial_types=inputs, target_opset=15, zipmap=False)


def fraud():
    rng = np.random.default_rng(0)
    count = 6000
    x = pd.DataFrame(
        {
            "amount": np.exp(rng.normal(3, 1, count)).astype(np.float32).astype(np.float64),
            "age": rng.integers(18, 90, count),
            "country": rng.choice(["DE", "US", "FR", "PL", "JP", "BR"], count),
            "device": rng.choice(["ios", "android", "web"], count),
            "velocity": rng.normal(size=count).astype(np.float32).astype(np.float64),
            "channel": rng.choice(["card", "transfer", "wallet"], count),
        }
    )
    y = (x["amount"] / 40 + (x["country"] == "BR") + rng.normal(size=count) > 1.5).astype(int)
    numbers, words = ["amount", "age", "velocity"], ["country", "device", "channel"]
    model = make_pipeline(
        ColumnTransformer([("n", make_pipeline(SimpleImputer(), StandardScaler()), numbers), ("c", OneHotEncoder(handle_unknown="ignore"), words)]),
        LogisticRegression(max_iter=500),
    ).fit(x[:5000], y[:5000])
    types = [(c, StringTensorType([None, 1]) if c in words else Int64TensorType([None, 1]) if c == "age" else FloatTensorType([None, 1])) for c in x]
    # The converter's imputer takes floats only.
    types = [(c, FloatTensorType([None, 1]) if c in numbers else t) for c, t in types]
    write("fraud", model, x[5000:].reset_index(drop=True), to_onnx(model, initial_types=types, options=OPTIONS, target_opset=17))


def texts():
    rng = np.random.default_rng(0)
    words = np.array([f"word{i}" for i in range(3000)])
    weights = 1 / np.arange(1, 3001)
    made = [" ".join(rng.choice(words, rng.integers(5, 25), p=weights / weights.sum())) for _ in range(5000)]
    y = np.array([("word3 " in t) or ("word17" in t) for t in made]).astype(int)
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(made[:4000], y[:4000])
    # The graph's lower-casing needs a locale that not every machine has; these texts are in lower case.
    cased = deepcopy(model)
    cased[0].lowercase = False
    graph = to_onnx(cased, initial_types=[("text", StringTensorType([None]))], options=OPTIONS, target_opset=17)
    write("texts", model, made[4000:], graph)


def distances():
    """Models that compare each row with many of the training set."""
    for name, model, width, method in (
        ("neighbors", KNeighborsClassifier(algorithm="brute"), 20, "predict_proba"),
        ("neighbors-tree", KNeighborsClassifier(), 8, "predict_proba"),
        ("svc", SVC(), 20, "decision_function"),
        ("svc-proba", SVC(probability=True), 20, "predict_proba"),
        ("gaussian-process", GaussianProcessRegressor(alpha=0.1), 8, "predict"),
        ("gaussian-classifier", GaussianProcessClassifier(), 8, "predict_proba"),
    ):
        x, y = make_classification(3000, width, n_informative=width // 2, flip_y=0.15, class_sep=0.6, random_state=0)
        count = 500 if name.startswith("gaussian") else 2000
        model.fit(x[:count], y[:count])
        write(name, model, x[2000:], method=method)


def large():
    """A forest of about 100 MB as joblib writes it without compression."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(30000, 12)), rng.integers(0, 2, 30000)
    model = RandomForestClassifier(114, random_state=0, n_jobs=2).fit(x, y)
    joblib.dump(model, out / "large.joblib")
    print("large", (out / "large.joblib").stat().st_size)


numeric("forest", RandomForestClassifier(100, max_depth=12, random_state=0, n_jobs=1), 30)
numeric("logistic", LogisticRegression(), 10)
numeric("hist", HistGradientBoostingClassifier(random_state=0, early_stopping=False), 30)
fraud()
texts()
distances()
try:
    from lightgbm import LGBMClassifier
    from xgboost import XGBClassifier

    numeric("xgboost", XGBClassifier(n_estimators=100, max_depth=6, n_jobs=1), 30)
    numeric("lightgbm", LGBMClassifier(n_estimators=100, n_jobs=1, verbose=-1), 30)
except Exception as error:
    print("xgboost, lightgbm: not made:", error)
large()
