"""The task that keeps a scikit-learn model and answers for it, in double precision, as the original does."""

import importlib.metadata
import warnings

import numpy
from sklearn.base import is_classifier, is_regressor

from . import estimator, restricted_unpickler
from .columns import columns_of, parts
from .serving import serve  # noqa: F401

METHODS = ("predict", "predict_proba", "predict_log_proba", "decision_function", "transform", "score_samples")
_allowed = {}


def prepare(request):
    _allowed.update(restricted_unpickler.preload(request["names"]))
    warnings.simplefilter("ignore")
    # scikit-learn asks everything twice once pandas is there: only who chooses columns by name gets frames.
    _warm_up(framed=any(name.startswith("sklearn.compose.") for name in request["names"]))
    return {name: importlib.metadata.version(name) for name in ("scikit-learn", "numpy", "joblib")}


def _warm_up(framed):
    """What is imported on first use must be there before the door closes."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    first, rows = StandardScaler(), numpy.array([[0.0], [1.0], [2.0]])
    if framed:
        import pandas
        from sklearn.compose import make_column_transformer

        first = make_column_transformer((StandardScaler(), ["number"]), (OneHotEncoder(), ["text"]))
        rows = pandas.DataFrame({"number": [0.0, 1.0, 2.0], "text": ["a", "b", "a"]})
    for last in (LogisticRegression(), KNeighborsClassifier(n_neighbors=2)):
        make_pipeline(first, last).fit(rows, [0, 1, 1]).predict_proba(rows)


def open_model(data, request, progress):
    """What the model is, and the function that answers for it."""
    progress("reading")
    model = estimator.read(data, _allowed)
    columns = columns_of(model)
    names = [column["name"] for column in columns] if hasattr(model, "feature_names_in_") else None
    about = {
        "methods": [method for method in METHODS if hasattr(model, method)],
        "columns": len(columns),
        "features": names,
        "task": "classification" if is_classifier(model) else "regression" if is_regressor(model) else "unknown",
        "classes": _classes(model),
    }
    return about, _Answer(model, columns, names)


def _classes(model):
    classes = getattr(model, "classes_", None)
    if not isinstance(classes, numpy.ndarray) or classes.ndim != 1:
        return None
    return classes.tolist() if all(isinstance(one, (bool, int, float, str)) for one in classes.tolist()) else None


class _Answer:
    def __init__(self, model, columns, names):
        self._methods = {method: getattr(model, method) for method in METHODS if hasattr(model, method)}
        self._names = names
        # A frame costs more than most predictions: it is made where columns are chosen by name.
        self._framed = names is not None and any(hasattr(part, "transformers_") for part in parts(model))
        self._places = range(len(columns))

    def __call__(self, method, inputs):
        answer = self._methods[method](self._rows(inputs))
        if isinstance(answer, list):
            return [(str(i), values) for i, values in enumerate(answer)]
        return [("0", answer)]

    def _rows(self, inputs):
        matrix = inputs.get("matrix")
        if not self._framed:
            return numpy.stack([inputs[str(i)].astype(object) for i in self._places], axis=1) if matrix is None else matrix
        import pandas

        if matrix is not None:
            return pandas.DataFrame(matrix, columns=self._names)
        # Each column came under its place.
        return pandas.DataFrame({name: inputs[str(i)] for i, name in enumerate(self._names)})
