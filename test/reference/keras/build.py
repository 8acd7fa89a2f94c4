"""What the cases are written with: the Keras at hand, and shorthands for models of one layer."""

import numpy as np

import keras

MAJOR = int(keras.__version__.split(".")[0])
L = keras.layers
if MAJOR == 2:
    import tensorflow as tf
else:
    tf = None

CASES = {}


def case(name, only=None, rtol=1e-5):
    """Registers a function that builds a model; `only`: the major version of Keras that has what it needs."""

    def register(build):
        if only is None or only == MAJOR:
            if name in CASES:
                raise ValueError(f"two cases named {name}")
            CASES[name] = (build, rtol)
        return build

    return register


def one(name, shape, make, only=None, rtol=1e-5, dtype="float32"):
    """A model of one layer on one input."""

    @case(name, only, rtol)
    def build():
        x = keras.Input(shape, name="x", dtype=dtype)
        return keras.Model(x, make()(x))

    return build


def randomize(model, rng):
    """Weights that show what they do: statistics and scales too."""
    values = []
    for weight in model.weights:
        name = getattr(weight, "path", weight.name)
        shape = tuple(weight.shape)
        if np.issubdtype(np.dtype(str(getattr(weight.dtype, "name", weight.dtype))), np.integer):
            values.append(rng.integers(0, 3, shape))
        elif "variance" in name:
            values.append(rng.uniform(0.2, 2.0, shape))
        elif any(part in name for part in ("gamma", "scale")):
            values.append(rng.uniform(0.5, 1.5, shape))
        else:
            values.append(rng.normal(0, 0.4, shape))
    # Short numbers, so that packs of cases are small.
    model.set_weights([np.round(np.asarray(v, dtype="float64"), 2) for v in values])


def sample(tensor, batch, rng, size):
    """A batch for one input; unknown extents get `size` and the numbers after it."""
    shape = [batch]
    for extent in tuple(tensor.shape)[1:]:
        shape.append(size if extent is None else extent)
        size += extent is None
    dtype = str(getattr(tensor.dtype, "name", tensor.dtype))
    if dtype.startswith(("int", "uint")):
        return rng.integers(0, 5, shape).astype(dtype)
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    x = rng.normal(0, 1, shape) * rng.choice([0.3, 1.0, 4.0], [batch] + [1] * (len(shape) - 1))
    return np.round(x, 2).astype(dtype)
