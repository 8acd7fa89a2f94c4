"""Makes the Keras models of test/sidecar/tensorflow-files: `python make_keras_models.py` with the packages of
locks/tensorflow-*.txt, after make_tensorflow_models.py. Keras 3 writes files of Keras 3, tf_keras those of Keras 2."""

import json
import os
import pathlib

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0", KERAS_BACKEND="tensorflow")

import keras  # noqa: E402
import numpy  # noqa: E402
import tf_keras  # noqa: E402

FOLDER = pathlib.Path(__file__).parent / "tensorflow-files"
keras.utils.set_random_seed(0)
random = numpy.random.RandomState(0)
expected = json.loads((FOLDER / "expected.json").read_text())


def expect(name, model, **feeds):
    given = list(feeds.values())
    answers = model.predict(given if len(given) > 1 else given[0], verbose=0)
    answers = answers if isinstance(answers, list) else [answers]
    expected[name] = {
        "inputs": {key: {"dtype": str(value.dtype), "value": value.tolist()} for key, value in feeds.items()},
        "outputs": {key: {"dtype": str(value.dtype), "value": value.tolist()} for key, value in zip(model.output_names, answers)},
    }


def numbers(*shape):
    return random.standard_normal(shape).astype("float32")


def shuffle_weights(model):
    """Nothing is as it was made: what is not loaded shows."""
    model.set_weights([numbers(*weight.shape) * 0.3 for weight in model.get_weights()])


x = keras.Input((64, 1), name="sound")
spectrum = keras.layers.STFTSpectrogram(mode="log", frame_length=16, frame_step=8, fft_length=16, name="spectrum")(x)
found = keras.layers.Dense(3, activation="softmax", name="scores")(keras.layers.Flatten()(spectrum))
sound = keras.Model(x, found)
shuffle_weights(sound.get_layer("scores"))
sound.save(FOLDER / "sound.keras")
expect("sound", sound, sound=numbers(3, 64, 1))

one, other = keras.Input((4,), name="one"), keras.Input((4,), name="other")
product = keras.ops.cumprod(keras.layers.Dense(4, name="line")(one) * other, axis=1)
pair = keras.Model([one, other], [keras.layers.Dense(2, name="scores")(product), product])
shuffle_weights(pair)
pair.save(FOLDER / "products.keras")
expect("products", pair, one=numbers(3, 4), other=numbers(3, 4))

local = tf_keras.Sequential(
    [
        tf_keras.layers.InputLayer((6, 2), name="series"),
        tf_keras.layers.LocallyConnected1D(3, 2, activation="relu", name="local"),
        tf_keras.layers.LSTM(4, name="steps"),
        tf_keras.layers.Dense(2, name="out"),
    ],
    name="local",
)
shuffle_weights(local)
local.save(FOLDER / "local.h5")
expect("local", local, series=numbers(3, 6, 2))
local.save_weights(FOLDER / "beside.h5")
(FOLDER / "beside.json").write_text(local.to_json())
expect("beside", local, series=numbers(2, 6, 2))
local.save(FOLDER / "local2.keras")
expect("local2", local, series=numbers(2, 6, 2))


@keras.saving.register_keras_serializable("mine")
class Own(keras.layers.Layer):
    def call(self, x):
        return x * 2.0


own = keras.Sequential([keras.Input((3,)), Own()])
own.save(FOLDER / "own.keras")
coded = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda x: x + 1.0, output_shape=(3,))])
coded.save(FOLDER / "coded.keras")
(FOLDER / "expected.json").write_text(json.dumps(expected) + "\n")
