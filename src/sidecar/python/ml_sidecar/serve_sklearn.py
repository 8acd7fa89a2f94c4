"""The task that keeps a scikit-learn model and answers for it, in double precision, as the original does."""

import importlib.metadata
import warnings

import numpy
from sklearn.base import BaseEstimator, is_classifier, is_regressor

from . import restricted_unpickler
from .columns import columns_of, one_thread, parts
from .errors import SidecarError
from .serving import serve  # noqa: F401

METHODS = ("predict", "predict_proba", "predict_log_proba", "decision_function", "transform", "score_samples")
_allowed = {}


def prepare(request):
    _allowed.update(restricted_unpickler.preload(request["names"]))
    warnings.simplefilter("ignore")
    _warm_up()
    return {name: importlib.metadata.version(name) for name in ("scikit-learn", "numpy", "joblib")}


def _warm_up():
    """What is imported on first use must be there before the door closes."""
    import pandas
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    frame = pandas.DataFrame({"number": [0.0, 1.0, 2.0], "text": ["a", "b", "a"]})
    encode = make_column_transformer((StandardScaler(), ["number"]), (OneHotEncoder(), ["text"]))
    for last in (LogisticRegression(), KNeighborsClassifier(n_neighbors=2)):
        make_pipeline(encode, last).fit(frame, [0, 1, 1]).predict_proba(frame)


def open_model(data, request, progress):
    """What the model is, and the function that answers for it."""
    progress("reading")
    model = restricted_unpickler.load(data, _allowed)
    if not isinstance(model, BaseEstimator):
        raise SidecarError("refused", f"the file holds a {type(model).__name__} where one estimator is needed")
    one_thread(model)
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
        texts = any(column["kind"] == "string" for column in columns)
        # A frame costs more than most predictions: it is made where columns are chosen by name or hold texts.
        self._framed = texts or (names is not None and any(hasattr(part, "transformers_") for part in parts(model)))
        self._columns = names or list(range(len(columns)))

    def __call__(self, method, inputs):
        answer = self._methods[method](self._rows(inputs))
        if isinstance(answer, list):
            return [(str(i), values) for i, values in enumerate(answer)]
        return [("0", answer)]

    def _rows(self, inputs):
        matrix = inputs.get("matrix")
        if matrix is not None and not self._framed:
            return matrix
        import pandas

        if matrix is not None:
            return pandas.DataFrame(matrix, columns=self._columns)
        # In the order of the model's columns: each came under its place.
        frame = pandas.DataFrame({name: inputs[str(i)] for i, name in enumerate(self._columns)})
        return frame if self._framed else frame.to_numpy()
