"""What a fitted scikit-learn model takes, told from the model itself."""

import numpy

from .errors import SidecarError


def columns_of(model):
    """Name and kind of every column. A column is text where an encoder of it learnt texts."""
    width = getattr(model, "n_features_in_", None)
    if width is None:
        raise SidecarError("refused", f"{type(model).__name__} does not say how many columns it takes")
    names = getattr(model, "feature_names_in_", None)
    columns = [
        {"name": f"x{i}" if names is None else str(names[i]), "kind": "float", "categories": []} for i in range(width)
    ]
    _mark_texts(model, list(range(width)), columns)
    return columns


def _mark_texts(part, places, columns):
    if hasattr(part, "steps"):
        if part.steps:
            _mark_texts(part.steps[0][1], places, columns)
    elif hasattr(part, "_transformer_to_input_indices"):
        for name, transformer, _ in part.transformers_:
            inner = part._transformer_to_input_indices.get(name, [])
            _mark_texts(transformer, [places[i] for i in inner], columns)
    elif hasattr(part, "categories_"):
        for place, categories in zip(places, part.categories_):
            if categories.dtype.kind in "OUS":
                columns[place]["kind"] = "string"
                columns[place]["categories"] = [str(value) for value in categories[:200]]


def parts(root):
    """Every object in a model that has attributes of its own, each once."""
    seen, waiting = set(), [root]
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        if isinstance(value, dict):
            inner = list(value.values())
        elif isinstance(value, (list, tuple)):
            inner = list(value)
        elif isinstance(value, numpy.ndarray):
            inner = list(value.ravel()) if value.dtype.hasobject else []
        elif type(value).__module__.startswith("sklearn"):
            yield value
            inner = list(getattr(value, "__dict__", {}).values())
        else:
            continue
        seen.add(id(value))
        waiting.extend(inner)
