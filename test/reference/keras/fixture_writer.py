"""Saves models of real Keras (2 or 3) with what they predict, in the form that check-fixtures.mjs reads."""

import json
import os
import zlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np
import tensorflow as tf

KERAS3 = int(keras.__version__.split(".")[0]) >= 3


def generator(name):
    """Random numbers that depend on the case's name alone."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def randomize(model, rng, scale=0.6):
    """Weights other than the initializers': no zeros in biases, no ones in scales."""
    values = []
    for variable, value in zip(model.weights, model.get_weights()):
        if np.issubdtype(value.dtype, np.floating):
            value = rng.normal(0, scale, value.shape).astype(value.dtype)
            if "variance" in variable.name:
                value = np.abs(value) + 0.1
        values.append(value)
    model.set_weights(values)


def tensor(name, value):
    value = np.asarray(value)
    if value.dtype.kind in "SUO":
        data = [v.decode() if isinstance(v, bytes) else str(v) for v in value.ravel()]
        return {"name": name, "shape": list(value.shape), "dtype": "string", "data": data}
    flat = value.ravel()
    if value.dtype.kind == "f":
        data = [float(v) if np.isfinite(v) else ("NaN" if np.isnan(v) else ("Infinity" if v > 0 else "-Infinity")) for v in flat]
    else:
        data = [v.item() for v in flat]
    return {"name": name, "shape": list(value.shape), "dtype": str(value.dtype), "data": data}


def input_names(model):
    if KERAS3:
        return [t.name for t in tf.nest.flatten(model.inputs)]
    return list(model.input_names)


def output_names(model, outputs):
    """Names of outputs; a second one of a name gets a number, as in Keras 2 and as the library gives them."""
    names = []
    for i in range(len(outputs)):
        wish = model.output_names[i] if i < len(model.output_names) else f"output_{i}"
        name, count = wish, 0
        while name in names:
            count += 1
            name = f"{wish}_{count}"
        names.append(name)
    return names


def run(model, inputs):
    feeds = [tf.constant(v) for v in inputs]
    result = model(feeds if len(feeds) > 1 else feeds[0], training=False)
    return [np.asarray(t) for t in tf.nest.flatten(result)]


def save(out, name, model, inputs, rtol=1e-5, formats=None, tail=True):
    """Writes `<name>.h5` and `<name>.keras` with `<name>.json`; `inputs` is a list of arrays, a batch."""
    reloaded = model
    for kind in formats or ("h5", "keras"):
        path = os.path.join(out, f"{name}.{kind}")
        try:
            model.save(path)
            reloaded = keras.models.load_model(path)
        except Exception as error:  # Keras itself cannot save or read it: no case.
            print(f"{name}.{kind}: {type(error).__name__}: {str(error).splitlines()[0][:150]}")
            if os.path.exists(path):
                os.remove(path)
    batches = [inputs]
    if tail and len(inputs[0]) > 1:
        batches.append([value[-1:] for value in inputs])
    cases = []
    for batch in batches:
        # What the file gives, which is not always what the model gave: a vocabulary may lose its last, empty word.
        outputs = run(reloaded, batch)
        cases.append(
            {
                "inputs": [tensor(n, v) for n, v in zip(input_names(model), batch)],
                "expected": [tensor(n, v) for n, v in zip(output_names(model, outputs), outputs)],
            }
        )
    with open(os.path.join(out, f"{name}.json"), "w") as file:
        json.dump({"framework": "keras", "keras": keras.__version__, "expect": "predict", "rtol": rtol, "expected": True, "cases": cases}, file)
