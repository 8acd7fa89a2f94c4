"""Column transformers of many shapes, unions, pipelines, searches and wrappers around other estimators."""

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, SGDClassifier
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, RandomizedSearchCV
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, OneHotEncoder, OrdinalEncoder, PolynomialFeatures, StandardScaler

from cases import Case
from data import LABELS, classes, frame, plain, regression

CASES = []


def add(name, make, data, **options):
    CASES.append(Case(f"compose-{name}", make, data, **options))


NUMBERS, WORDS = ["amount", "age", "score é"], ["city", "size"]


def numeric():
    return make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())


def words(**options):
    return make_pipeline(SimpleImputer(strategy="constant", fill_value="?"), OneHotEncoder(handle_unknown="ignore", **options))


COLUMNS = {
    "names": lambda: ColumnTransformer([("n", numeric(), NUMBERS), ("w", words(), WORDS)]),
    "dense": lambda: ColumnTransformer([("n", numeric(), NUMBERS), ("w", words(), WORDS)], sparse_threshold=0),
    "sparse": lambda: ColumnTransformer([("n", numeric(), NUMBERS), ("w", words(), WORDS)], sparse_threshold=1.0),
    "remainder": lambda: ColumnTransformer([("w", words(), WORDS)], remainder=SimpleImputer()),
    "passthrough": lambda: ColumnTransformer([("w", words(), WORDS), ("n", numeric(), NUMBERS)], remainder="passthrough"),
    "passthrough-step": lambda: ColumnTransformer([("age", "passthrough", ["age"]), ("d", "drop", ["size"]), ("w", words(), ["city"])]),
    "indices": lambda: ColumnTransformer([("n", numeric(), [5, 0, 1]), ("w", words(), [2])]),
    "negative": lambda: ColumnTransformer([("n", numeric(), [-1, 0]), ("w", words(), [-3, -4])]),
    "slice": lambda: ColumnTransformer([("n", numeric(), slice(0, 2)), ("w", words(), slice("city", "size"))], remainder="drop"),
    "mask": lambda: ColumnTransformer([("n", numeric(), [True, True, False, False, False, True]), ("w", words(), np.array([False, False, True, True, False, False]))]),
    "selector": lambda: ColumnTransformer([("n", numeric(), make_column_selector(dtype_include=np.number)), ("w", words(), make_column_selector(dtype_include=[object, "category", "string"]))]),
    "weights": lambda: ColumnTransformer([("n", numeric(), NUMBERS), ("w", words(), WORDS)], transformer_weights={"n": 0.5, "w": 3}),
    "none": lambda: ColumnTransformer([("n", numeric(), NUMBERS), ("empty", StandardScaler(), [])], remainder="drop"),
    "overlap": lambda: ColumnTransformer([("a", numeric(), ["age", "amount"]), ("b", numeric(), ["age"]), ("w", words(), ["city"])], verbose_feature_names_out=False, remainder="drop"),
    "ordinal": lambda: ColumnTransformer([("o", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), WORDS), ("m", OneHotEncoder(drop="if_binary"), ["member"]), ("f", make_pipeline(SimpleImputer(), FunctionTransformer(np.log1p)), ["amount"])]),
    "nested": lambda: ColumnTransformer([("in", ColumnTransformer([("n", numeric(), ["age", "amount"])], remainder=SimpleImputer(strategy="most_frequent")), ["amount", "age", "score é"]), ("w", words(), ["size"])]),
    "min-frequency": lambda: ColumnTransformer([("w", words(min_frequency=25), WORDS)]),
    "pandas": lambda: ColumnTransformer([("n", numeric(), NUMBERS), ("w", words(sparse_output=False), WORDS)]).set_output(transform="pandas"),
}
for name, make in COLUMNS.items():
    add(f"columns-{name}", lambda m=make: m(), lambda rng: _transformer(rng))
    add(f"logistic-{name}", lambda m=make: make_pipeline(m(), LogisticRegression(max_iter=300)), lambda rng: frame(rng, target="str"), rtol=1e-11, why="the scores of exp(2 n) amounts are sums in another order")
    add(f"forest-{name}", lambda m=make: make_pipeline(m(), RandomForestClassifier(n_estimators=5, random_state=0)), lambda rng: frame(rng, n=3, target="negative"))
add("hist-passthrough", lambda: make_pipeline(COLUMNS["passthrough"](), HistGradientBoostingClassifier(max_iter=5)), lambda rng: frame(rng, target="bool"))
add("boosting-names", lambda: make_pipeline(COLUMNS["names"](), GradientBoostingRegressor(n_estimators=5)), lambda rng: frame(rng, target="number"))
add("columns-array", lambda: ColumnTransformer([("a", StandardScaler(), [0, 2]), ("b", MinMaxScaler(), slice(3, None)), ("c", "passthrough", [1])]), plain)
add("columns-array-remainder", lambda: ColumnTransformer([("a", StandardScaler(), [4, 2])], remainder="passthrough"), plain)
add("union", lambda: FeatureUnion([("a", StandardScaler()), ("b", PolynomialFeatures(2)), ("c", "drop"), ("d", "passthrough")], transformer_weights={"b": 2}), lambda rng: plain(rng, huge=1e3))
add("union-sparse", lambda: FeatureUnion([("a", MinMaxScaler()), ("b", OneHotEncoder(handle_unknown="ignore"))]), lambda rng: _rounded(rng))
add("pipeline-passthrough", lambda: Pipeline([("none", "passthrough"), ("s", StandardScaler()), ("m", LogisticRegression())]), lambda rng: classes(rng, "str", n=3), rtol=1e-11, why="scaled twice by rows of 1e9")
add("pipeline-transformer", lambda: make_pipeline(StandardScaler(), MinMaxScaler((-1, 1)), PolynomialFeatures(2)), lambda rng: plain(rng, huge=1e2), skip=("float32",))
add("pipeline-nested", lambda: make_pipeline(make_pipeline(StandardScaler(), MinMaxScaler()), make_pipeline(Ridge())), regression)
add("pipeline-imputed", lambda: make_pipeline(SimpleImputer(add_indicator=True), RandomForestClassifier(n_estimators=5, random_state=0)), lambda rng: classes(rng, "str", n=3, nan=True))
GRID = {"C": [0.1, 1]}
add("grid", lambda: GridSearchCV(LogisticRegression(), GRID, cv=2, scoring="roc_auc"), lambda rng: classes(rng, "str"))
add("grid-pipeline", lambda: GridSearchCV(make_pipeline(StandardScaler(), RandomForestClassifier(n_estimators=4, random_state=0)), {"randomforestclassifier__max_depth": [2, 4]}, cv=2, scoring=["accuracy", "f1_macro"], refit="accuracy"), lambda rng: classes(rng, "negative", n=3))
add("grid-columns", lambda: GridSearchCV(make_pipeline(COLUMNS["names"](), LogisticRegression()), {"logisticregression__C": [0.1, 1]}, cv=2), lambda rng: frame(rng, target="bool"), rtol=1e-11, why="the scores of exp(2 n) amounts are sums in another order")
add("randomized", lambda: RandomizedSearchCV(Ridge(), {"alpha": [0.1, 1, 10]}, n_iter=2, cv=2, random_state=0), regression)
add("halving", lambda: HalvingGridSearchCV(LogisticRegression(), GRID, cv=2, random_state=0), lambda rng: classes(rng, "int"))
add("grid-transformer", lambda: GridSearchCV(make_pipeline(StandardScaler(), SGDClassifier(random_state=0)), {"sgdclassifier__alpha": [1e-3, 1e-2]}, cv=2), lambda rng: classes(rng, "str", n=3), rtol=1e-11, why="scaled by rows of 1e9")
for name, options in {"log": {"func": np.log1p, "inverse_func": np.expm1}, "scaler": {"transformer": StandardScaler()}, "none": {}}.items():
    add(f"target-{name}", lambda o=options: TransformedTargetRegressor(LinearRegression(), **o), lambda rng: regression(rng, positive=True, huge=100), rtol=1e-11, why="exp of a sum")
for strategy in ("most_frequent", "prior", "constant"):
    for kind in ("int", "str", "bool", "negative"):
        add(f"dummy-{strategy}-{kind}", lambda s=strategy, k=kind: DummyClassifier(strategy=s, constant=LABELS[k](np.array([1])).tolist()[0] if s == "constant" else None), lambda rng, k=kind: classes(rng, k))
for strategy in ("mean", "median", "quantile", "constant"):
    for outputs in (1, 2):
        add(f"dummy-regressor-{strategy}-{outputs}", lambda s=strategy, o=outputs: DummyRegressor(strategy=s, quantile=0.3 if s == "quantile" else None, constant=(2.5 if o == 1 else [2.5, -1]) if s == "constant" else None), lambda rng, o=outputs: regression(rng, outputs=o))
for method in ("sigmoid", "isotonic", "temperature"):
    for ensemble in (True, False):
        for n in (2, 3):
            add(f"calibrated-{method}-{ensemble}-{n}", lambda m=method, e=ensemble: CalibratedClassifierCV(LogisticRegression(), method=m, ensemble=e, cv=2), lambda rng, n=n: classes(rng, "str", n=n), rtol=1e-11, why="exp of a score")


def _transformer(rng):
    data = frame(rng)
    data.y = None
    return data


def _rounded(rng):
    data = plain(rng, huge=1e3)
    data.x = np.round(data.x)
    data.ask = {name: np.round(x) for name, x in data.ask.items()}
    return data
