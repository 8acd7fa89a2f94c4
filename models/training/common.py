"""What every training script shares: export, metadata, and samples with reference predictions.

All dates are constants and all seeds are fixed, so that training again gives the same files.
"""

import hashlib
import json
import pickle
from pathlib import Path

import joblib
import numpy as np
import onnxruntime
import pandas as pd
import skl2onnx
import sklearn
from sklearn.metrics import accuracy_score, f1_score, precision_score, r2_score, recall_score, root_mean_squared_error

MODELS = Path(__file__).resolve().parent.parent
SEED = 20240101
# Operator sets that every onnxruntime since 1.14 knows; the converter's default is newer than some runtimes.
OPSET = {"": 18, "ai.onnx.ml": 3}
# A float32 graph against a float64 estimator.
ONNX_RTOL = 1e-5


def save_python(model, path: str) -> str:
    """Writes a `.pkl` with pickle or a `.joblib` with joblib; returns the path relative to models/."""
    target = MODELS / path
    if target.suffix == ".joblib":
        joblib.dump(model, target, compress=3)
    else:
        target.write_bytes(pickle.dumps(model, protocol=4))
    return path


def save_onnx(model, path: str, inputs: list, options: dict | None = None) -> str:
    """Converts with skl2onnx. The graph's name is given, because the default is a random one."""
    graph = skl2onnx.convert_sklearn(
        model, name=Path(path).stem, initial_types=inputs, target_opset=OPSET, options=options
    )
    (MODELS / path).write_bytes(graph.SerializeToString(deterministic=True))
    return path


def classification_metrics(truth, predicted, **average) -> dict:
    """`average`: pos_label for two classes, average='macro' for more."""
    scores = {
        "accuracy": accuracy_score(truth, predicted),
        "precision": precision_score(truth, predicted, **average),
        "recall": recall_score(truth, predicted, **average),
        "f1_score": f1_score(truth, predicted, **average),
    }
    return {name: round(float(score), 4) for name, score in scores.items()}


def regression_metrics(truth, predicted) -> dict:
    scores = {"r2": r2_score(truth, predicted), "rmse": root_mean_squared_error(truth, predicted)}
    return {name: round(float(score), 4) for name, score in scores.items()}


def metadata(file_path: str, others: list[str], *, onnx_inputs: bool = True, **fields) -> dict:
    """The metadata of one artefact: the directory's fields, then the additional ones.

    `file_path` is the file that `checksum` and `file_size` are about, `others` the same model in other formats.
    """
    keys = ("name", "version", "description", "algorithm", "created_at", "trained_on", "features", "target", "metrics")
    record = {key: fields.pop(key) for key in keys}
    record["framework"] = "scikit-learn"
    record["file_path"] = file_path
    record["file_size"] = f"{(MODELS / file_path).stat().st_size / 1000:.1f}KB"
    record["checksum"] = checksum(file_path)
    record["framework_version"] = sklearn.__version__
    if onnx_inputs:
        record["converter"] = f"skl2onnx {skl2onnx.__version__}"
    record.update(fields)
    if others:
        record["files"] = {path: checksum(path) for path in others}
    order = ("name", "version", "description", "algorithm", "framework")
    return {**{key: record[key] for key in order}, **record}


def checksum(path: str) -> str:
    return "sha256:" + hashlib.sha256((MODELS / path).read_bytes()).hexdigest()


def write_samples(stem: str, model, rows, methods: tuple, note: str, python: str, onnx: str | None = None) -> None:
    """Rows with scikit-learn's answers: one file for the Python artefact (exact), one for the ONNX (float32).

    Stops if onnxruntime in Python does not agree on these rows, so that a sample never asks for the impossible.
    """
    expected = {method: plain(getattr(model, method)(rows)) for method in methods}
    base = {
        "cls": f"{type(model).__module__}.{type(model).__qualname__}",
        "sklearn": sklearn.__version__,
        "rows": note,
        "input": as_input(rows),
        "expected": expected,
    }
    write_json(MODELS / f"samples/{stem}.python.json", {"files": [f"../{python}"], **base})
    if onnx:
        assert_onnx_agrees(onnx, rows, expected)
        write_json(MODELS / f"samples/{stem}.json", {"files": [f"../{onnx}"], "rtol": ONNX_RTOL, **base})


def as_input(rows):
    if isinstance(rows, pd.DataFrame):
        return {"columns": list(rows.columns), "data": plain(rows)}
    return plain(rows)


def plain(value):
    """Arrays, frames and sparse matrices as nested lists."""
    value = value.toarray() if hasattr(value, "toarray") else value
    value = value.to_numpy() if isinstance(value, pd.DataFrame) else value
    return value.tolist() if isinstance(value, np.ndarray) else value


def feeds(session: onnxruntime.InferenceSession, rows) -> dict:
    """One [n, 1] input per column for a DataFrame, else one matrix."""
    if not isinstance(rows, pd.DataFrame):
        return {session.get_inputs()[0].name: np.asarray(rows, np.float32)}
    return {
        i.name: rows[[i.name]].to_numpy(object if i.type == "tensor(string)" else np.float32)
        for i in session.get_inputs()
    }


def assert_onnx_agrees(path: str, rows, expected: dict) -> None:
    session = onnxruntime.InferenceSession((MODELS / path).read_bytes(), providers=["CPUExecutionProvider"])
    outputs = session.run(None, feeds(session, rows))
    got = dict(zip(("predict", "predict_proba") if len(outputs) == 2 else ("predict",), outputs))
    if "transform" in expected:
        got = {"transform": outputs[0]}
    for method, want in expected.items():
        have = got[method]
        if isinstance(have, list):  # ZipMap: a map per row
            have = [[row[key] for key in sorted(row)] for row in have]
        have, want = np.asarray(have), np.asarray(want)
        if want.dtype.kind == "f":
            error = np.abs(have.reshape(want.shape) - want) / np.maximum(1, np.abs(want))
            assert error.max() <= ONNX_RTOL, f"{path} {method}: {error.max()} in row {error.reshape(len(want), -1).max(1).argmax()}"
        else:
            assert (have == want).all(), f"{path} {method}: {np.flatnonzero(have != want)}"


def write_json(path: Path, value) -> None:
    """Indented, but with every list of plain values on one line: a row of data stays a row of text."""
    path.write_text(_layout(value, "") + "\n", encoding="utf-8")


def _layout(value, indent: str) -> str:
    inner = indent + "  "
    nested = lambda items: any(isinstance(item, (list, dict)) for item in items)
    if isinstance(value, dict) and value:
        items = [f"{inner}{json.dumps(key)}: {_layout(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(items) + "\n" + indent + "}"
    if isinstance(value, list) and nested(value):
        return "[\n" + ",\n".join(inner + _layout(item, inner) for item in value) + "\n" + indent + "]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
