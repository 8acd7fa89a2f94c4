"""Networks with random weights as .h5, and what Keras's `predict` takes for them: make_keras_models.py FOLDER

Needs TensorFlow 2.15. FOLDER gets NAME.h5, its TensorFlow.js layers model NAME/ and NAME.json: input shape, one input with
Keras's answer, and microseconds of a call by number of rows.
"""
import json
import pathlib
import sys
import time

import numpy as np
import tensorflow as tf
from tensorflow import keras

layers = keras.layers
NETWORKS = {
    "mlp": ([30], lambda: [layers.Dense(64, "relu"), layers.Dense(64, "relu"), layers.Dense(2, "softmax")]),
    "cnn": (
        [32, 32, 3],
        lambda: [
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(10, "softmax"),
        ],
    ),
    "lstm": ([64, 8], lambda: [layers.LSTM(32), layers.Dense(1, "sigmoid")]),
}


def write_tfjs(model, folder):
    """A layers model as TensorFlow.js's converter writes it, for networks without nested models."""
    folder.mkdir(exist_ok=True)
    weights = [(w.name.split(":")[0], w.numpy()) for w in model.weights]
    manifest = [{"name": name, "shape": list(value.shape), "dtype": "float32"} for name, value in weights]
    topology = {"keras_version": tf.__version__, "backend": "tensorflow", "model_config": json.loads(model.to_json())}
    document = {"format": "layers-model", "modelTopology": topology, "weightsManifest": [{"paths": ["weights.bin"], "weights": manifest}]}
    (folder / "model.json").write_text(json.dumps(document))
    (folder / "weights.bin").write_bytes(b"".join(value.astype("<f4").tobytes() for _, value in weights))


def microseconds(call, seconds=1.5):
    call()
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return float(np.median(times) * 1e6)


folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
rng = np.random.default_rng(7)
for name, (shape, make) in NETWORKS.items():
    keras.utils.set_random_seed(7)
    model = keras.Sequential([layers.Input(shape), *make()])
    model.save(folder / f"{name}.h5")
    write_tfjs(model, folder / name)
    row = rng.normal(size=[1, *shape]).astype("float32")
    many = np.repeat(row, 1000, axis=0)
    facts = {
        "tensorflow": tf.__version__,
        "shape": shape,
        "row": row.ravel().tolist(),
        "answer": model.predict(row, verbose=0).ravel().tolist(),
        "predict": {
            "1": microseconds(lambda: model.predict(row, verbose=0)),
            "1000": microseconds(lambda: model.predict(many, batch_size=1000, verbose=0)),
        },
        "call": {"1": microseconds(lambda: model(row).numpy()), "1000": microseconds(lambda: model(many).numpy())},
    }
    (folder / f"{name}.json").write_text(json.dumps(facts))
    print(name, facts["predict"], facts["call"])
