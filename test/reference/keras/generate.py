"""Writes models of the Keras at hand and what they predict: python generate.py --out DIR --seed N [--only TEXT].

With --pack FILE instead of --out: one gzipped JSON of the cases whose names match --pick, for tests without Python.
"""

import argparse
import gzip
import importlib
import json
import os
import pathlib
import re
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
sys.path.insert(0, str(pathlib.Path(__file__).parent))

import numpy as np  # noqa: E402

import build  # noqa: E402

keras = build.keras


# Larger outputs are left to the comparison with real Keras.
MOST_VALUES = 1200


def plain(array):
    array = np.asarray(array)
    dtype = "string" if array.dtype.kind in "OSU" else str(array.dtype)
    data = array.ravel().tolist()
    if array.dtype.kind == "f":
        data = [v if np.isfinite(v) else ("NaN" if np.isnan(v) else "Infinity" if v > 0 else "-Infinity") for v in data]
    return {"shape": list(array.shape), "dtype": dtype, "data": data}


def names_of(model):
    names = [t.name.split(":")[0] for t in model.inputs]
    return names


def flat(outputs):
    if isinstance(outputs, dict):
        return [outputs[key] for key in sorted(outputs)]
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def predictions(model, rng, sizes=((1, 9), (5, 12))):
    cases = []
    for batch, size in sizes:
        inputs = [build.sample(t, batch, rng, size) for t in model.inputs]
        fed = inputs if len(inputs) > 1 else inputs[0]
        structures = [getattr(model, attribute, None) for attribute in ("_inputs_struct", "_nested_inputs")]
        if any(isinstance(structure, dict) for structure in structures):
            fed = dict(zip(names_of(model), inputs))
        outputs = flat(model(fed, training=False))
        cases.append({
            "inputs": [{"name": n, **plain(x)} for n, x in zip(names_of(model), inputs)],
            "expected": [{"name": str(i), **plain(y)} for i, y in enumerate(outputs)],
        })
    return cases


def weights_of(layer):
    weights = layer.trainable_weights + layer.non_trainable_weights
    return [{"name": getattr(w, "path", w.name), **rounded(plain(w.numpy()))} for w in weights]


def rounded(tensor):
    return {**tensor, "data": [float(f"{v:.8g}") if isinstance(v, float) else v for v in tensor["data"]]}


def packed(name, model, rtol, rng):
    """Architecture, weights as an .h5 file lists them, and one batch."""
    document = json.loads(model.to_json())
    cases = predictions(model, rng, [(2, 7)])
    for case in cases:
        case["inputs"] = [rounded(x) for x in case["inputs"]]
        case["expected"] = [rounded(y) for y in case["expected"]]
    if sum(len(y["data"]) for case in cases for y in case["expected"]) > MOST_VALUES:
        return None
    weights = {layer.name: weights_of(layer) for layer in model.layers}
    return {"name": name, "rtol": max(rtol, 1e-7), "document": document, "weights": weights, "cases": cases}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=".")
    parser.add_argument("--pack")
    parser.add_argument("--pick", default=".")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    for file in sorted(pathlib.Path(__file__).parent.joinpath("cases").glob("*.py")):
        importlib.import_module(f"cases.{file.stem}")
    absent = {}
    pack = []
    for number, (name, (make, rtol)) in enumerate(sorted(build.CASES.items())):
        if options.only not in name or not re.search(options.pick, name):
            continue
        rng = np.random.default_rng(options.seed * 10007 + number)
        keras.backend.clear_session()
        try:
            model = make()
            build.randomize(model, rng)
            if options.pack:
                entry = packed(name, model, rtol, rng)
                pack.extend([entry] if entry else [])
                continue
            cases = predictions(model, rng)
        except Exception as error:  # a setting that this version does not have
            absent[name] = f"{type(error).__name__}: {error}"[:300]
            continue
        about = {"name": name, "rtol": rtol, "keras": keras.__version__, "cases": cases}
        (out / f"{name}.json").write_text(json.dumps(about))
        for extension in ("h5", "keras"):
            path = out / f"{name}.{extension}"
            try:
                model.save(str(path))
                keras.models.load_model(str(path), compile=False)
            except Exception as error:
                path.unlink(missing_ok=True)
                absent[f"{name}.{extension}"] = f"{type(error).__name__}: {error}"[:200]
    if options.pack:
        text = json.dumps({"keras": keras.__version__, "cases": pack})
        pathlib.Path(options.pack).write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(json.dumps({"keras": keras.__version__, "absent": absent}))


main()
