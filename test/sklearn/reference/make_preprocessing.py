"""Fits small transformers with scikit-learn and writes them beside their results on hard rows.

    uv venv --python 3.11 .cache/sklearn-1.6-venv
    uv pip install --python .cache/sklearn-1.6-venv/bin/python scikit-learn==1.6.1 numpy==2.2.6 scipy==1.15.3 pandas==2.2.3
    .cache/sklearn-1.6-venv/bin/python test/sklearn/reference/make_preprocessing.py

For each case: `<name>.pkl`, and `<name>.json` with `input` (rows, or columns and data), `expected` per
method, `inverse` (rows in, rows out) and `raises` (rows that Python refuses). null is NaN or None.
Another version of scikit-learn can be given another folder as the only argument; cases that it does
not know are left out.
"""
import json
import pickle
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from scipy import sparse

warnings.filterwarnings("ignore")
OUT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2] / "fixtures" / "sklearn" / "preprocessing")
OUT.mkdir(parents=True, exist_ok=True)
NAN = float("nan")
INF = float("inf")
rng = np.random.RandomState(0)


def plain(value):
    if sparse.issparse(value):
        value = value.toarray()
    if isinstance(value, (pd.DataFrame, pd.Series)):
        value = value.to_numpy()
    if isinstance(value, np.ndarray):
        return [plain(v) for v in value.tolist()] if value.ndim else plain(value.item())
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        if np.isnan(value):
            return None
        if np.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
    if value is pd.NA:
        return None
    return value


def numbers(result):
    """Flags are 1 and 0 in Node."""
    return result.astype(float) if getattr(result, "dtype", None) == bool else result


def rows_of(x):
    if isinstance(x, pd.DataFrame):
        return {"columns": list(x.columns), "dtypes": [str(t) for t in x.dtypes], "data": plain(x)}
    return plain(x)


def case(name, make, fit, probe, methods=("transform",), inverse=None, raises=(), y=None):
    """`make` builds the estimator; it is a function so that old versions can lack parameters."""
    try:
        model = make()
        model.fit(fit) if y is None else model.fit(fit, y)
        expected = {m: plain(numbers(getattr(model, m)(probe))) for m in methods}
    except (TypeError, ValueError, ImportError, AttributeError) as error:
        print("left out", name, sklearn.__version__, repr(error)[:100])
        return
    with open(OUT / f"{name}.pkl", "wb") as file:
        pickle.dump(model, file, protocol=4)
    fixture = {
        "cls": f"{type(model).__module__}.{type(model).__name__}",
        "sklearn": sklearn.__version__,
        "input": rows_of(probe),
        "expected": expected,
    }
    if inverse is not None:
        fixture["inverse"] = {"input": plain(inverse), "output": plain(model.inverse_transform(np.asarray(inverse)))}
    refused = []
    for row in raises:
        try:
            getattr(model, methods[0])(row)
        except Exception as error:
            refused.append({"input": rows_of(row), "error": type(error).__name__})
            continue
        # Old versions checked less.
        if sklearn.__version__ == "1.6.1":
            raise SystemExit(f"{name}: Python takes {row!r}")
    if refused:
        fixture["raises"] = refused
    (OUT / f"{name}.json").write_text(json.dumps(fixture))


from sklearn import preprocessing as pre  # noqa: E402
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector  # noqa: E402
from sklearn.dummy import DummyClassifier, DummyRegressor  # noqa: E402
from sklearn.feature_selection import (  # noqa: E402
    RFE, RFECV, GenericUnivariateSelect, SelectFdr, SelectFpr, SelectFromModel, SelectFwe, SelectKBest, SelectPercentile,
    VarianceThreshold, chi2, f_classif,
)
from sklearn.impute import KNNImputer, MissingIndicator, SimpleImputer  # noqa: E402
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression, Ridge  # noqa: E402
from sklearn.ensemble import ExtraTreesRegressor, GradientBoostingClassifier, RandomForestClassifier  # noqa: E402
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline  # noqa: E402
from sklearn.tree import DecisionTreeClassifier  # noqa: E402

# --- numbers
X = rng.randn(40, 3) * [1, 10, 0.1] + [0, 5, -1]
HARD = np.array([[0, 0, 0], [1, 1, 1], [-1e6, 1e6, 3.5], [1e-12, -1e-12, 0.5], [X[0, 0], X[1, 1], X[2, 2]], [X[:, 0].min(), X[:, 1].max(), X[:, 2].min()]])
MISSING = np.vstack([HARD, [[NAN, 1, NAN]]])
BAD = [np.array([[INF, 0, 0]]), np.array([[1.0, 2.0]])]
NO_NAN = [*BAD, np.array([[NAN, 0, 0]])]
for with_mean in (True, False):
    for with_std in (True, False):
        case(f"standard_{with_mean}_{with_std}", lambda: pre.StandardScaler(with_mean=with_mean, with_std=with_std), X, MISSING, inverse=HARD, raises=BAD)
case("standard_constant", lambda: pre.StandardScaler(), np.column_stack([np.ones(5), np.arange(5)]), HARD[:, :2])
case("minmax_clip", lambda: pre.MinMaxScaler((-1, 2), clip=True), X, MISSING, inverse=HARD, raises=BAD)
case("minmax", lambda: pre.MinMaxScaler((-1, 2)), X, MISSING, inverse=HARD)
case("maxabs", lambda: pre.MaxAbsScaler(), X, MISSING, inverse=HARD, raises=BAD)
case("robust", lambda: pre.RobustScaler(quantile_range=(10, 80), unit_variance=True), X, MISSING, inverse=HARD)
case("robust_noscale", lambda: pre.RobustScaler(with_scaling=False), X, MISSING, inverse=HARD)
case("robust_nocenter", lambda: pre.RobustScaler(with_centering=False), X, MISSING, inverse=HARD)
for norm in ("l1", "l2", "max"):
    case(f"normalizer_{norm}", lambda: pre.Normalizer(norm=norm), X, HARD, raises=NO_NAN)
case("binarizer", lambda: pre.Binarizer(threshold=0.5), X, HARD, raises=NO_NAN)
case("poly_tuple", lambda: pre.PolynomialFeatures((2, 3)), X, HARD, raises=NO_NAN)
case("poly_inter", lambda: pre.PolynomialFeatures(3, interaction_only=True, include_bias=False), X, HARD)
case("poly_one", lambda: pre.PolynomialFeatures(1), X, HARD)
case("poly_sparse", lambda: make_pipeline(pre.OneHotEncoder(handle_unknown="ignore"), pre.PolynomialFeatures(2, interaction_only=True)), np.array([["a", "x"], ["b", "y"], ["c", "x"]], dtype=object), np.array([["a", "y"], ["q", "x"]], dtype=object))
for encode in ("onehot", "onehot-dense", "ordinal"):
    for strategy in ("uniform", "quantile", "kmeans"):
        case(f"kbins_{encode}_{strategy}", lambda: pre.KBinsDiscretizer(4, encode=encode, strategy=strategy), X, np.vstack([HARD, X[:5]]), raises=NO_NAN)
edges = pre.KBinsDiscretizer(4, encode="ordinal", strategy="uniform").fit(np.arange(9.0).reshape(-1, 1))
case("kbins_edges", lambda: pre.KBinsDiscretizer(4, encode="ordinal", strategy="uniform"), np.arange(9.0).reshape(-1, 1), np.array([[2.0], [np.nextafter(2, 0)], [4.0], [8.0], [9.0], [0.0], [-1.0]]), inverse=[[0], [3], [1]])
for method in ("yeo-johnson", "box-cox"):
    for standardize in (True, False):
        positive = np.abs(X) + 0.1
        probe = MISSING if method == "yeo-johnson" else np.vstack([np.abs(HARD) + 0.01, [[NAN, 1, NAN]]])
        case(f"power_{method}_{standardize}", lambda: pre.PowerTransformer(method, standardize=standardize), positive if method == "box-cox" else X, probe, inverse=pre.PowerTransformer(method, standardize=standardize).fit(positive if method == "box-cox" else X).transform(probe[:2]), raises=[np.array([[-1.0, 1, 1]])] if method == "box-cox" else BAD)
ties = np.round(X, 1)
for dist in ("uniform", "normal"):
    case(f"quantile_{dist}", lambda: pre.QuantileTransformer(n_quantiles=20, output_distribution=dist), ties, np.vstack([MISSING, ties[:10]]), inverse=[[0, 1, 0.5], [0.2, 0.4, 0.9], [-3, 2, 1e-9]])
for extrapolation in ("error", "constant", "linear", "continue", "periodic"):
    for degree in (1, 3):
        inside = np.clip(np.vstack([HARD, X[:6]]), X.min(axis=0), X.max(axis=0))
        case(f"spline_{extrapolation}_{degree}", lambda: pre.SplineTransformer(5, degree=degree, extrapolation=extrapolation, include_bias=degree == 1), X, inside if extrapolation == "error" else np.vstack([inside, X[:3] + 0.7, X[:3] - 0.9]), raises=[np.array([[99.0, 0, 0]])] if extrapolation == "error" else NO_NAN)
case("kernel_centerer", lambda: pre.KernelCenterer(), X[:6] @ X[:6].T, X[6:9] @ X[:6].T)
case("ft_identity", lambda: pre.FunctionTransformer(), X, HARD)
case("ft_clip", lambda: pre.FunctionTransformer(np.clip, kw_args={"a_min": -0.5, "a_max": 2.5}), X, MISSING)
case("ft_round", lambda: pre.FunctionTransformer(np.round, kw_args={"decimals": 1}), X, HARD)
for name in ("log1p", "sqrt", "exp", "expm1", "abs", "square", "sign", "cbrt", "rint", "log10", "tanh"):
    case(f"ft_{name}", lambda: pre.FunctionTransformer(getattr(np, name)), X, np.array([[0.0, 0.5, 2.5], [3.5, 1e-9, 20.0]]))
case("ft_inverse", lambda: pre.FunctionTransformer(np.log1p, np.expm1, validate=True), np.abs(X), np.abs(HARD), inverse=[[0.0, 1.0, 2.0]])

# --- categories
C = np.array([["a", "x", "u"], ["b", "y", "u"], ["a", "y", "u"], ["c", "x", "u"], ["a", "x", "u"], ["d", "x", "u"], ["b", "x", "u"]], dtype=object)
UNKNOWN = np.vstack([C, [["q", "x", "zz"]]])
N = np.array([[1, 10.5], [2, 10.5], [3, NAN], [1, 7.25]])
case("ohe_num", lambda: pre.OneHotEncoder(), N, N, inverse=[[1, 0, 0, 1, 0, 0], [0, 0, 1, 0, 0, 1]], raises=[np.array([[4, 7.25]]), np.array([["1", "7.25"]], dtype=object)])
case("ohe_error", lambda: pre.OneHotEncoder(), C, C, raises=[UNKNOWN[-1:]])
case("ohe_ignore", lambda: pre.OneHotEncoder(handle_unknown="ignore"), C, UNKNOWN, inverse=[[1, 0, 0, 0, 0, 1, 1], [0, 0, 0, 0, 1, 0, 0]])
case("ohe_first", lambda: pre.OneHotEncoder(drop="first"), C, C, inverse=[[0, 0, 0, 0], [0, 0, 1, 1]])
case("ohe_first_ignore", lambda: pre.OneHotEncoder(drop="first", handle_unknown="ignore"), C, UNKNOWN, inverse=[[0, 0, 0, 0], [0, 0, 1, 1]])
case("ohe_if_binary", lambda: pre.OneHotEncoder(drop="if_binary"), C, C)
case("ohe_drop_array", lambda: pre.OneHotEncoder(drop=np.array(["b", "y", "u"], dtype=object)), C, C)
for handling in ("error", "ignore", "infrequent_if_exist", "warn"):
    case(f"ohe_infrequent_{handling}", lambda: pre.OneHotEncoder(min_frequency=2, handle_unknown=handling), C, C if handling == "error" else UNKNOWN, inverse=[[1, 0, 0, 1, 0, 1], [0, 0, 1, 0, 1, 1]])
case("ohe_infrequent_drop", lambda: pre.OneHotEncoder(max_categories=3, drop="first", handle_unknown="infrequent_if_exist"), C, UNKNOWN, inverse=[[0, 1, 0], [0, 0, 1]])
case("ohe_all_infrequent", lambda: pre.OneHotEncoder(max_categories=1, handle_unknown="infrequent_if_exist"), C, UNKNOWN)
case("ohe_given", lambda: pre.OneHotEncoder(categories=[["c", "b", "a", "d"], ["y", "x"], ["u"]]), C, C)
NONE = np.array([["a", None], [None, "x"], ["b", NAN], ["a", "x"]], dtype=object)
case("ohe_none_nan", lambda: pre.OneHotEncoder(), np.array([["a"], [None], ["b"]], dtype=object), np.array([["b"], [None]], dtype=object))
case("ohe_nan_text", lambda: pre.OneHotEncoder(), np.array([["a"], [NAN], ["b"]], dtype=object), np.array([["b"], [NAN]], dtype=object))
case("ohe_bool", lambda: pre.OneHotEncoder(), pd.DataFrame({"flag": [True, False, True], "k": [1, 2, 3]}), pd.DataFrame({"flag": [False, True], "k": [3, 1]}))
case("ordinal", lambda: pre.OrdinalEncoder(), C, C, inverse=[[0, 1, 0], [3, 0, 0]], raises=[UNKNOWN[-1:]])
case("ordinal_unknown", lambda: pre.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), C, UNKNOWN, inverse=[[0, 1, 0], [-1, 0, -1]])
case("ordinal_unknown_nan", lambda: pre.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=NAN), C, UNKNOWN)
case("ordinal_missing", lambda: pre.OrdinalEncoder(encoded_missing_value=-9), np.array([["a"], [NAN], ["b"]], dtype=object), np.array([["b"], [NAN], ["a"]], dtype=object), inverse=[[-9], [1]])
case("ordinal_missing_nan", lambda: pre.OrdinalEncoder(), N, N)
case("ordinal_infrequent", lambda: pre.OrdinalEncoder(min_frequency=2, handle_unknown="use_encoded_value", unknown_value=-5, encoded_missing_value=-2), np.array([["a"], ["a"], [NAN], ["b"], ["b"], ["c"], ["d"], [NAN]], dtype=object), np.array([["a"], ["b"], ["c"], ["d"], [NAN], ["zz"]], dtype=object))
target = np.array([0, 1, 0, 1, 1, 0, 1])
case("target_binary", lambda: pre.TargetEncoder(smooth=1.0), C, UNKNOWN, y=target)
case("target_multi", lambda: pre.TargetEncoder(), C, UNKNOWN, y=np.array(["p", "q", "r", "p", "q", "r", "p"]))
case("target_cont", lambda: pre.TargetEncoder(smooth="auto"), N[:, :1].repeat(2, axis=0), np.array([[1.0], [9.0]]), y=np.arange(8) * 0.7)
case("label_encoder", lambda: pre.LabelEncoder(), np.array(["b", "a", "c"]), np.array(["c", "a"]), inverse=[2, 0])
case("label_binarizer", lambda: pre.LabelBinarizer(neg_label=-1, pos_label=2), np.array(["b", "a", "c"]), np.array(["c", "a", "zz"]), inverse=[[-1, -1, 2], [2, -1, -1]])
case("label_binarizer_two", lambda: pre.LabelBinarizer(sparse_output=True), np.array([3, 5, 5]), np.array([3, 5, 3]), inverse=[[0.2], [0.9]])
case("label_binarizer_one", lambda: pre.LabelBinarizer(), np.array([3, 3]), np.array([3]))
case("multilabel", lambda: pre.MultiLabelBinarizer(), [["b", "a"], ["c"]], [["c", "a"], [], ["b"]])

# --- missing values
M = np.array([[1.0, NAN, NAN], [3.0, 4.0, NAN], [NAN, 8.0, NAN], [3.0, 5.0, NAN]])
PROBE = np.array([[NAN, NAN, NAN], [0.0, 1.0, 2.0], [NAN, 1.0, NAN]])
for strategy in ("mean", "median", "most_frequent", "constant"):
    for keep in (True, False):
        case(f"imputer_{strategy}_{keep}", lambda: SimpleImputer(strategy=strategy, keep_empty_features=keep, add_indicator=True), M, PROBE)
T = np.array([["a", 1], ["b", None], ["a", 2], [None, 2]], dtype=object)
case("imputer_text_none", lambda: SimpleImputer(missing_values=None, strategy="most_frequent"), T, T)
case("imputer_text_nan", lambda: SimpleImputer(strategy="constant", fill_value="?"), np.array([["a"], [NAN]], dtype=object), np.array([[NAN], ["b"]], dtype=object))
case("imputer_text_value", lambda: SimpleImputer(missing_values="?", strategy="most_frequent"), np.array([["a"], ["?"], ["a"]], dtype=object), np.array([["?"], ["b"]], dtype=object))
case("imputer_number", lambda: SimpleImputer(missing_values=-1, strategy="mean"), np.array([[1.0, -1], [3, 5]]), np.array([[-1.0, -1], [3, 0]]))
case("imputer_frame", lambda: SimpleImputer(strategy="most_frequent"), pd.DataFrame({"a": ["x", "x", NAN], "b": [1.0, 2.0, 2.0]}), pd.DataFrame({"a": [NAN, "y"], "b": [NAN, 7.0]}))
# Booleans there are numbers here.
case("missing_indicator", lambda: MissingIndicator(features="all"), M, PROBE)
case("knn_uniform", lambda: KNNImputer(n_neighbors=2, add_indicator=True), np.vstack([X[:12], MISSING[-1:]]), np.vstack([MISSING, [[NAN, NAN, NAN]]]))
case("knn_distance", lambda: KNNImputer(n_neighbors=3, weights="distance"), X[:15], np.vstack([[[NAN, 0.5, -1.0]], [[NAN, X[3, 1], X[3, 2]]], [[0.3, NAN, NAN]]]))

# --- columns
F = pd.DataFrame({
    "id": np.arange(12), "age": [30, 41, NAN, 25, 67, 33, 51, 29, 38, NAN, 45, 60], "city": ["Rome", "Oslo", "Rome", "Bern", NAN, "Oslo", "Bern", "Rome", "Oslo", "Bern", "Rome", "Oslo"],
    "paid": rng.rand(12) * 100, "member": [True, False] * 6,
})
FY = np.array([0, 1] * 6)
G = F.iloc[[2, 4, 7]].reset_index(drop=True)
number = make_pipeline(SimpleImputer(strategy="median"), pre.StandardScaler())
text = make_pipeline(SimpleImputer(strategy="constant", fill_value="none"), pre.OneHotEncoder(handle_unknown="ignore"))
case("ct_names", lambda: ColumnTransformer([("n", number, ["age", "paid"]), ("c", text, ["city"])]), F, G)
case("ct_passthrough", lambda: ColumnTransformer([("n", number, ["paid"]), ("p", "passthrough", ["member"])], remainder="drop"), F, G)
case("ct_remainder", lambda: ColumnTransformer([("c", text, ["city"]), ("d", "drop", ["id", "member"])], remainder="passthrough"), F, G)
case("ct_remainder_scaled", lambda: ColumnTransformer([("c", text, ["city"]), ("d", "drop", ["id"])], remainder=number), F, G)
case("ct_selector", lambda: ColumnTransformer([("n", number, make_column_selector(dtype_include="number")), ("c", text, make_column_selector(dtype_include=object))]), F, G)
case("ct_slice", lambda: ColumnTransformer([("n", number, slice("age", "age")), ("m", number, slice(3, 4)), ("e", number, [])]), F, G)
case("ct_mask", lambda: ColumnTransformer([("n", pre.MinMaxScaler(), [True, False, True]), ("k", pre.KBinsDiscretizer(3, encode="onehot"), [-2])], sparse_threshold=1.0), X, HARD)
case("ct_text_passes", lambda: ColumnTransformer([("n", number, ["age"])], remainder="passthrough"), F[["age", "city"]], G[["age", "city"]])
case("ct_model", lambda: Pipeline([("prep", ColumnTransformer([("n", number, ["age", "paid"]), ("c", text, ["city"])], sparse_threshold=0)), ("clf", LogisticRegression())]), F, G, methods=("predict", "predict_proba"), y=FY)
case("union", lambda: FeatureUnion([("a", pre.StandardScaler()), ("b", "passthrough"), ("c", pre.PolynomialFeatures(2)), ("d", "drop")], transformer_weights={"a": 2.0, "b": 0.5}), X, HARD)
case("union_sparse", lambda: FeatureUnion([("a", pre.KBinsDiscretizer(3)), ("b", pre.MaxAbsScaler())]), X, HARD)

# --- selection
y = (X[:, 0] + 0.05 * X[:, 1] + 0.1 * rng.randn(40) > 0.2).astype(int)
W = np.column_stack([X, X[:, :2] ** 2, np.ones(40), np.ones(40) * 2])
WH = np.arange(14.0).reshape(2, 7)
case("kbest", lambda: SelectKBest(f_classif, k=2), W, WH, y=y, inverse=[[1, 2]])
case("kbest_all", lambda: SelectKBest(f_classif, k="all"), W, WH, y=y)
case("percentile", lambda: SelectPercentile(f_classif, percentile=40), W, WH, y=y)
case("fpr", lambda: SelectFpr(f_classif, alpha=0.3), W, WH, y=y)
case("fdr", lambda: SelectFdr(f_classif, alpha=0.3), W, WH, y=y)
case("fwe", lambda: SelectFwe(f_classif, alpha=0.3), W, WH, y=y)
case("gus_percentile", lambda: GenericUnivariateSelect(f_classif, mode="percentile", param=60), W, WH, y=y)
case("variance", lambda: VarianceThreshold(0.5), W, WH, inverse=np.arange(4.0).reshape(1, -1))
case("sfm_l1", lambda: SelectFromModel(Lasso(alpha=0.01)), W, WH, y=y)
case("sfm_mean", lambda: SelectFromModel(LogisticRegression(), threshold="1.2*median", max_features=2), W, WH, y=y)
case("sfm_multi", lambda: SelectFromModel(LogisticRegression(), norm_order=2), W, WH, y=np.digitize(X[:, 1], [0, 8]))
case("sfm_forest", lambda: SelectFromModel(RandomForestClassifier(5, max_depth=3, random_state=0), threshold="median"), W, WH, y=y)
case("sfm_boosting", lambda: SelectFromModel(GradientBoostingClassifier(n_estimators=4, max_depth=2, random_state=0)), W, WH, y=y)
case("sfm_tree", lambda: SelectFromModel(DecisionTreeClassifier(max_depth=3, random_state=0), threshold=0.05), W, WH, y=y)
case("rfe", lambda: RFE(LogisticRegression(), n_features_to_select=2), W, WH, methods=("transform", "predict", "predict_proba"), y=y)
case("rfecv", lambda: RFECV(Ridge(), cv=3), W, WH, methods=("transform", "predict"), y=y)

# --- targets and dummies
case("ttr_log", lambda: TransformedTargetRegressor(LinearRegression(), func=np.log1p, inverse_func=np.expm1), X, HARD[[0, 1, 3]], methods=("predict",), y=np.abs(X[:, 1]))
case("ttr_scaler", lambda: TransformedTargetRegressor(Ridge(), transformer=pre.StandardScaler()), X, HARD, methods=("predict",), y=np.abs(X[:, :2]))
case("dummy_prior", lambda: DummyClassifier(strategy="prior"), X, HARD, methods=("predict", "predict_proba"), y=np.where(y > 0, "yes", "no"))
case("dummy_frequent", lambda: DummyClassifier(strategy="most_frequent"), X, HARD, methods=("predict", "predict_proba"), y=y)
case("dummy_constant", lambda: DummyClassifier(strategy="constant", constant="no"), X, HARD, methods=("predict", "predict_proba"), y=np.where(y > 0, "yes", "no"))
case("dummy_multi", lambda: DummyClassifier(strategy="most_frequent"), X, HARD, methods=("predict",), y=np.column_stack([y, 1 - y]))
case("dummy_quantile", lambda: DummyRegressor(strategy="quantile", quantile=0.3), X, HARD, methods=("predict",), y=X[:, 1])
case("dummy_mean2", lambda: DummyRegressor(), X, HARD, methods=("predict",), y=X[:, :2])
try:
    from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV

    case("threshold_fixed", lambda: FixedThresholdClassifier(LogisticRegression(), threshold=0.8, pos_label=0), X, np.vstack([HARD, X[:9]]), methods=("predict", "predict_proba"), y=y)
    case("threshold_fixed_score", lambda: FixedThresholdClassifier(LogisticRegression(), response_method="decision_function"), X, np.vstack([HARD, X[:9]]), methods=("predict",), y=y)
    case("threshold_tuned", lambda: TunedThresholdClassifierCV(LogisticRegression(), cv=3), X, np.vstack([HARD, X[:9]]), methods=("predict",), y=y)
except ImportError:
    pass
try:
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401
    from sklearn.impute import IterativeImputer

    HOLES = X.copy()
    HOLES[::4, 0] = NAN
    HOLES[1::5, 1] = NAN
    case("iterative", lambda: IterativeImputer(max_iter=3, min_value=-5, max_value=20, random_state=0, add_indicator=True), HOLES, MISSING)
except ImportError:
    pass
