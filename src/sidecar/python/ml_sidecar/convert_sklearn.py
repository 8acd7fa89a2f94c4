"""The task that converts a scikit-learn model with skl2onnx, and gives rows with what the original says of them."""

import importlib.metadata
import warnings

import numpy
import pandas
import skl2onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.base import is_classifier, is_regressor

from . import estimator, hard_rows, known_wrong, restricted_unpickler
from .columns import columns_of
from .errors import SidecarError

TARGET = {"": 18, "ai.onnx.ml": 3}
MAX_SAMPLE = 500

_allowed = {}


def prepare(request):
    _allowed.update(restricted_unpickler.preload(request["names"]))
    _warm_up()
    return {name: importlib.metadata.version(name) for name in ("scikit-learn", "skl2onnx", "onnx", "numpy", "joblib")}


def run(data, request, progress):
    progress("reading")
    model = estimator.read(data, _allowed)
    if request.get("refuseKnownWrong", True):
        reason = known_wrong.reason(model)
        if reason is not None:
            raise SidecarError("refused", f"skl2onnx is known to convert this wrongly: {reason}", reason=reason)
    columns = columns_of(model)
    _must_have_plain_names(columns)
    progress("converting")
    onnx = _convert(model, columns)
    progress("asking the original")
    sample = request.get("sample", [])[:MAX_SAMPLE]
    table = hard_rows.make(columns, model, _fitting(sample, columns))
    table, expected, takes = _answers(model, columns, table)
    names = [output.name for output in onnx.graph.output]
    rows = len(table[0])
    feeds, blobs = _feeds(columns, table)
    result = {
        "rows": rows,
        "feeds": feeds,
        "expected": [{"output": name, **answer} for name, answer in zip(names, expected)],
        "takes": takes,
        "columns": len(columns),
        "features": [column["name"] for column in columns] if hasattr(model, "feature_names_in_") else None,
        "class": f"{type(model).__module__}.{type(model).__qualname__}",
    }
    if len(names) != len(expected):
        raise SidecarError("refused", f"the graph has the outputs {', '.join(names)}, of which some are not known")
    return result, [onnx.SerializeToString(), *blobs]


def _warm_up():
    """What is imported on first use must be there before the door closes: frames, texts, converters, scores."""
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    columns = [
        {"name": "number", "kind": "float", "categories": []},
        {"name": "text", "kind": "string", "categories": []},
    ]
    table = [numpy.array([0.0, 1.0, 2.0], dtype=numpy.float32), ["a", "b", "a"]]
    encode = ColumnTransformer([("n", StandardScaler(), ["number"]), ("t", OneHotEncoder(), ["text"])])
    frame = pandas.DataFrame(dict(zip(("number", "text"), table)))
    for model, rows, kinds in (
        (make_pipeline(encode, LogisticRegression()), frame, columns),
        (make_pipeline(StandardScaler(), LogisticRegression()), numpy.array([[0.0], [1.0], [2.0]]), columns[:1]),
    ):
        model.fit(rows, [0, 1, 1])
        _convert(model, kinds)
        model.predict_proba(rows)


def _must_have_plain_names(columns):
    """A graph with one input per column gives them names of variables."""
    if any(column["kind"] == "string" for column in columns):
        odd = [column["name"] for column in columns if not (column["name"].isascii() and column["name"].isidentifier())]
        if odd:
            raise SidecarError("refused", f"columns of different types need names like variables, not {odd[0]!r}")


def _convert(model, columns):
    mixed = any(column["kind"] == "string" for column in columns)
    types = (
        [
            (column["name"], (StringTensorType if column["kind"] == "string" else FloatTensorType)([None, 1]))
            for column in columns
        ]
        if mixed
        else [("X", FloatTensorType([None, len(columns)]))]
    )
    options = {id(model): {"zipmap": False}} if is_classifier(model) else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return skl2onnx.convert_sklearn(model, initial_types=types, target_opset=TARGET, options=options)
        except SidecarError:
            raise
        except Exception as error:
            first = str(error).strip().split("\n")[0][:500]
            raise SidecarError("refused", f"skl2onnx does not convert it: {type(error).__name__}: {first}") from error


def _fitting(sample, columns):
    """The caller's rows that have the model's columns: arrays in order or records by name."""
    fitting = []
    for row in sample:
        values = [row.get(column["name"]) for column in columns] if isinstance(row, dict) else row
        if not isinstance(values, list) or len(values) != len(columns):
            continue
        if all(
            isinstance(value, str) if column["kind"] == "string" else isinstance(value, (int, float))
            for value, column in zip(values, columns)
        ):
            fitting.append(values)
    return fitting


def _answers(model, columns, table):
    """What the original says, with gaps and infinities where it takes them, and whether it does."""
    with warnings.catch_warnings(), numpy.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        takes = {}
        for name, value in (("missing", numpy.nan), ("infinite", numpy.inf)):
            odd = _with(value, columns, table)
            try:
                _ask(model, _input(model, columns, odd))
            except ValueError:
                takes[name] = False
                continue
            takes[name] = True
            table = odd
        return table, _ask(model, _input(model, columns, table)), takes


def _with(value, columns, table):
    """The table and twenty of its rows again, with a value in some of their numbers."""
    random = numpy.random.RandomState(7)
    result = []
    for column, values in zip(columns, table):
        if column["kind"] == "string":
            result.append(values + values[-20:])
            continue
        few = values[-20:].copy()
        few[random.rand(len(few)) < 0.3] = value
        few[0] = value
        result.append(numpy.concatenate([values, few]))
    return result


def _input(model, columns, table):
    mixed = any(column["kind"] == "string" for column in columns)
    if not mixed and not hasattr(model, "feature_names_in_"):
        return numpy.stack(table, axis=1)
    return pandas.DataFrame({column["name"]: values for column, values in zip(columns, table)})


def _ask(model, rows):
    if hasattr(model, "predict"):
        answers = [("predict", model.predict(rows))]
        for method in ("predict_proba", "decision_function"):
            # A regressor has no second output; whatever else scores has one.
            if hasattr(model, method) and not is_regressor(model):
                answers.append((method, getattr(model, method)(rows)))
                break
    elif hasattr(model, "transform"):
        answers = [("transform", model.transform(rows))]
    else:
        raise SidecarError("refused", f"{type(model).__name__} has neither predict nor transform")
    return [_answer(method, values) for method, values in answers]


def _answer(method, values):
    values = values.toarray() if hasattr(values, "toarray") else numpy.asarray(values)
    shape = [int(size) for size in values.shape]
    if values.dtype.kind == "f":
        # JSON has no NaN and no infinities; the text of a number comes back as the same number.
        return {"method": method, "shape": shape, "numbers": [repr(float(value)) for value in values.ravel()]}
    if values.dtype.kind == "b":
        values = values.astype(int)
    return {"method": method, "shape": shape, "labels": [str(value) for value in values.ravel().tolist()]}


def _feeds(columns, table):
    if any(column["kind"] == "string" for column in columns):
        feeds, blobs = [], []
        for column, values in zip(columns, table):
            if column["kind"] == "string":
                feeds.append({"name": column["name"], "texts": list(values), "width": 1})
            else:
                feeds.append({"name": column["name"], "blob": len(blobs) + 1, "width": 1})
                blobs.append(numpy.asarray(values, dtype="<f4").tobytes())
        return feeds, blobs
    matrix = numpy.stack(table, axis=1).astype("<f4")
    return [{"name": "X", "blob": 1, "width": len(columns)}], [matrix.tobytes()]

