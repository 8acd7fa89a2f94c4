"""
Fits a table of estimators with a real scikit-learn and writes what they answer: see run.mjs, which calls this.

    python generate.py --sklearn VERSION --seed N --out DIRECTORY [--only TEXT] [--suite MODULE]

Per case: `NAME.pkl` (a protocol from 2 to 5), `NAME.joblib` (plain or compressed) and `NAME.json`. The last line is a
summary as JSON: how many were written, and which this scikit-learn does not have.
"""

import argparse
import importlib
import json
import pickle
import sys
import warnings
import zlib
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import scipy.sparse
import sklearn

sys.path.insert(0, str(Path(__file__).parent))
from encode import encode  # noqa: E402
from thresholds import threshold_rows  # noqa: E402

METHODS = ("predict", "predict_proba", "predict_log_proba", "decision_function", "transform", "score_samples", "apply")
COMPRESSIONS = (0, 0, 3, ("zlib", 9), ("gzip", 3), ("bz2", 3), ("xz", 3), ("lzma", 3))


def ask(model, method, x):
    """`{value}`, or `{error}` where scikit-learn raises."""
    try:
        with np.errstate(all="ignore"):
            return {"value": encode(getattr(model, method)(x))}
    except Exception as error:  # whatever it raises is its answer
        return {"error": f"{type(error).__name__}: {error}"[:200]}


def rows_of(x):
    """The form in which JavaScript is given the rows."""
    if isinstance(x, pd.DataFrame):
        plain = {str(name): encode(list(x[name].astype(object))) for name in x.columns}
        return {"form": "frame", "columns": plain}
    if scipy.sparse.issparse(x):
        x = x.toarray()
    if isinstance(x, list):
        return {"form": "texts", "rows": encode(x)}
    return {"form": str(x.dtype), "rows": encode(x)}


def questions(model, asked, skip):
    for name, x in asked.items():
        expected = {method: ask(model, method, x) for method in METHODS if method not in skip and hasattr(model, method)}
        if expected:
            yield {"name": name, **rows_of(x), "expected": expected}
    if hasattr(model, "inverse_transform") and "inverse_transform" not in skip:
        x = next(iter(asked.values()))
        try:
            made = model.transform(x)
        except Exception:
            return
        made = made.toarray() if scipy.sparse.issparse(made) else made
        if isinstance(made, np.ndarray):
            yield {"name": "inverse", **rows_of(made), "expected": {"inverse_transform": ask(model, "inverse_transform", made)}}


def class_names(model):
    """Public names of the model's class and of every estimator among its parameters."""
    found = [model]
    if hasattr(model, "get_params"):
        found += [value for value in model.get_params(deep=True).values() if hasattr(value, "get_params")]
    names = set()
    for part in found:
        module = type(part).__module__.split(".")
        names.add(".".join(module[: 2 if module[0] in ("sklearn", "imblearn") else 1]) + "." + type(part).__name__)
    return sorted(names)


def write(case, seed, out):
    rng = np.random.default_rng([seed, zlib.crc32(case.name.encode())])
    data = case.data(rng)
    np.random.seed(seed % 2**32)
    model = data.fit(case.make())
    asked = {name: x for name, x in data.ask.items() if name not in case.skip}
    if isinstance(data.x, np.ndarray) and data.x.dtype.kind == "f" and (ties := threshold_rows(model, data.ask, rng)) is not None:
        asked["ties"] = ties
        asked["ties32"] = ties.astype(np.float32)
    protocol = int(rng.integers(2, 6))
    (out / f"{case.name}.pkl").write_bytes(pickle.dumps(model, protocol=protocol))
    compress = COMPRESSIONS[int(rng.integers(len(COMPRESSIONS)))]
    joblib.dump(model, out / f"{case.name}.joblib", compress=compress)
    about = {"classes": class_names(model), "rtol": case.rtol, "why": case.why, "alone": case.alone, "protocol": protocol, "compress": str(compress)}
    about["questions"] = list(questions(model, asked, case.skip))
    (out / f"{case.name}.json").write_text(json.dumps(about, ensure_ascii=False, allow_nan=False))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sklearn", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only")
    parser.add_argument("--suite", default="cases")
    options = parser.parse_args()
    assert options.suite != "cases" or sklearn.__version__ == options.sklearn, f"this is scikit-learn {sklearn.__version__}, not {options.sklearn}"
    options.out.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    written, absent = 0, {}
    for case in importlib.import_module(options.suite).all_cases():
        if options.only is not None and options.only not in case.name:
            continue
        try:
            write(case, options.seed, options.out)
            written += 1
        except Exception as error:  # an option or a class that this version does not have
            absent[case.name] = f"{type(error).__name__}: {error}"[:160].split("\n")[0]
    print(json.dumps({"written": written, "absent": absent}))


main()
