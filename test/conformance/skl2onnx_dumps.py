"""
Turns what the tests of the ONNX converter dumped into JSON, next to each model:

    python skl2onnx_dumps.py DIRECTORY

`NAME.json` has the rows, the dumped outputs, and per output the method whose answer it is: that of the model itself,
asked here again with the same rows, and equal to the dump. Outputs that no method gives are told as such.
"""

import json
import pickle
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse

sys.path.insert(0, str(Path(__file__).parent.parent / "reference"))
from encode import encode  # noqa: E402

METHODS = ("predict", "predict_proba", "predict_log_proba", "decision_function", "transform", "score_samples", "kneighbors", "radius_neighbors", "apply", "decision_path")


def dense(value):
    return value.toarray() if scipy.sparse.issparse(value) else value


def same(a, b):
    try:
        answer, dump = np.asarray(dense(a), dtype=float), np.asarray(dense(b), dtype=float)
        np.testing.assert_allclose(answer, dump, rtol=1e-4, atol=1e-6 * np.nanmax(np.abs(dump), initial=1))
        return True
    except (AssertionError, ValueError, TypeError):
        try:
            return np.array_equal(np.asarray(dense(a)), np.asarray(dense(b)))
        except (ValueError, TypeError):
            return False


def rows_of(data):
    if isinstance(data, pd.DataFrame):
        return {"form": "frame", "columns": {str(name): encode(list(data[name].astype(object))) for name in data.columns}}
    if isinstance(data, dict):
        return {"form": "frame", "columns": {str(name): encode(list(np.asarray(column).ravel())) for name, column in data.items()}}
    data = dense(data)
    if isinstance(data, np.ndarray):
        texts = data.ndim == 1 and data.dtype.kind in "OUS"
        return {"form": str(data.dtype), "rows": encode(data if data.ndim != 1 or texts else data.reshape(-1, 1)), "flat": data.ndim == 1}
    if isinstance(data, list) and data and isinstance(data[0], dict):
        return {"form": "records", "rows": [{str(key): encode(value) for key, value in row.items()} for row in data]}
    return {"form": "list", "rows": encode(data)}


def classes_of(model):
    found, waiting, seen = set(), [model], set()
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, (list, tuple)):
            waiting += part
        elif isinstance(part, np.ndarray) and part.dtype == object:
            waiting += list(part.ravel())
        elif isinstance(part, dict):
            waiting += part.values()
        elif hasattr(part, "get_params") or hasattr(part, "fit"):
            module = type(part).__module__.split(".")
            found.add(".".join(module[: 2 if module[0] == "sklearn" else 1]) + "." + type(part).__name__)
            waiting += vars(part).values() if hasattr(part, "__dict__") else []
    return sorted(found)


def asked(model, data):
    answers = {}
    for method in METHODS:
        if hasattr(model, method):
            try:
                answers[method] = getattr(model, method)(data)
            except Exception:  # a method that this model lacks after all
                continue
    return answers


def about(stem):
    data = pickle.loads(stem.with_name(stem.name + ".data.pkl").read_bytes())
    expected = pickle.loads(stem.with_name(stem.name + ".expected.pkl").read_bytes())
    model = pickle.loads(stem.with_name(stem.name + ".model.pkl").read_bytes())
    outputs = []
    answers = asked(model, data)
    # The tests of vectorizers give a column of texts and ask for what is in it.
    if not answers and isinstance(data, np.ndarray) and data.ndim == 2 and data.shape[1] == 1:
        data = data.ravel()
        answers = asked(model, data)
    # In float32 scikit-learn computes a part of its estimators in float32; the same rows in float64 tell the two apart.
    doubles = asked(model, data.astype(np.float64)) if isinstance(data, np.ndarray) and data.dtype == np.float32 else {}
    values = [expected] if not isinstance(expected, list) or (len(answers) and any(same(expected, a) for a in answers.values())) else expected
    for value in values:
        method = next((name for name, answer in answers.items() if same(answer, value)), None)
        try:
            output = {"method": method, "value": encode(dense(value))}
            outputs.append(output if method not in doubles else {**output, "double": encode(dense(doubles[method]))})
        except TypeError as error:
            outputs.append({"method": None, "value": None, "why": str(error)})
    return {"class": f"{type(model).__module__}.{type(model).__name__}", "classes": classes_of(model), **rows_of(data), "outputs": outputs}


def main():
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    folder = Path(sys.argv[1])
    skipped = {}
    for path in sorted(folder.glob("*.model.pkl")):
        stem = path.with_name(path.name[: -len(".model.pkl")])
        try:
            stem.with_name(stem.name + ".json").write_text(json.dumps(about(stem), ensure_ascii=False, allow_nan=False))
        except Exception as error:  # what cannot be read back here is counted, not hidden
            skipped[stem.name] = f"{type(error).__name__}: {error}"[:160]
    print(json.dumps(skipped))


main()
