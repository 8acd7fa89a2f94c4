"""Scalers, encoders, imputers, selectors and the other transformers of single matrices."""

import numpy as np
from sklearn import feature_selection as fs
from sklearn import impute
from sklearn import preprocessing as pp
from sklearn.ensemble import RandomForestClassifier
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.svm import SVC, SVR
from sklearn.linear_model import Lasso, LogisticRegression

from cases import Case
from data import LABELS, Data, categories, classes, plain, regression

CASES = []


def add(name, make, data, **options):
    CASES.append(Case(f"prep-{name}", make, data, **options))


for mean in (True, False):
    for deviation in (True, False):
        add(f"standard-{mean}-{deviation}", lambda m=mean, d=deviation: pp.StandardScaler(with_mean=m, with_std=d), lambda rng: plain(rng, nan=True, weight=True))
add("standard-sparse", lambda: pp.StandardScaler(with_mean=False), lambda rng: plain(rng, sparse="csr"))
add("standard-float32", lambda: pp.StandardScaler(), lambda rng: plain(rng, float32=True))
add("minmax", lambda: pp.MinMaxScaler(), lambda rng: plain(rng, nan=True))
add("minmax-range-clip", lambda: pp.MinMaxScaler((-3, 7), clip=True), plain)
add("maxabs", lambda: pp.MaxAbsScaler(), lambda rng: plain(rng, nan=True))
add("maxabs-sparse", lambda: pp.MaxAbsScaler(), lambda rng: plain(rng, sparse="csc"))
add("robust", lambda: pp.RobustScaler(), lambda rng: plain(rng, nan=True))
add("robust-range", lambda: pp.RobustScaler(quantile_range=(10, 80), with_centering=False, unit_variance=True), plain)
for norm in ("l1", "l2", "max"):
    add(f"normalizer-{norm}", lambda n=norm: pp.Normalizer(norm=n), plain)
add("binarizer", lambda: pp.Binarizer(threshold=0.3), plain)
for degree, inter, bias in ((2, False, True), (3, True, False), ((2, 3), False, True), (1, False, False), (4, False, True)):
    add(f"polynomial-{degree}-{inter}-{bias}", lambda d=degree, i=inter, b=bias: pp.PolynomialFeatures(d, interaction_only=i, include_bias=b), lambda rng: plain(rng, huge=1e3), rtol=1e-11, why="products of up to four factors, ordered otherwise")
for knots in ("uniform", "quantile"):
    for outside in ("constant", "linear", "continue", "error", "periodic"):
        add(f"spline-{knots}-{outside}", lambda k=knots, o=outside: pp.SplineTransformer(knots=k, extrapolation=o, n_knots=4, degree=3), lambda rng: plain(rng, huge=10), rtol=1e-9, why="the polynomial grows outside its knots", skip=("float32",))
for encode in ("onehot", "onehot-dense", "ordinal"):
    for strategy in ("uniform", "quantile", "kmeans"):
        add(f"bins-{encode}-{strategy}", lambda e=encode, s=strategy: pp.KBinsDiscretizer(4, encode=e, strategy=s, random_state=0), plain)
for output in ("uniform", "normal"):
    add(f"quantile-{output}", lambda o=output: pp.QuantileTransformer(n_quantiles=30, output_distribution=o, random_state=0), lambda rng: plain(rng, nan=True), rtol=1e-11 if output == "normal" else 1e-12, why="the inverse normal distribution")
add("power-yeo", lambda: pp.PowerTransformer(), lambda rng: plain(rng, nan=True, huge=1e3), rtol=1e-10, why="pow in libm")
add("power-box-cox", lambda: pp.PowerTransformer("box-cox", standardize=False), lambda rng: _positive(rng), rtol=1e-10, why="pow in libm")
for name, func, inverse in (("log1p", np.log1p, np.expm1), ("identity", None, None), ("sqrt", np.sqrt, np.square), ("abs", np.abs, None), ("exp", np.exp, np.log)):
    add(f"function-{name}", lambda f=func, i=inverse: pp.FunctionTransformer(f, inverse_func=i), lambda rng: _positive(rng))
add("kernel-centerer", lambda: pp.KernelCenterer(), lambda rng: _square(rng))
for kind in LABELS:
    if kind not in ("number",):
        add(f"label-encoder-{kind}", lambda: pp.LabelEncoder(), lambda rng, k=kind: _labels(rng, k), skip=("inverse_transform",))
        add(f"label-binarizer-{kind}", lambda: pp.LabelBinarizer(neg_label=-2, pos_label=5), lambda rng, k=kind: _labels(rng, k), skip=("inverse_transform",))
for kind in ("str", "int", "float", "bool"):
    for handle in ("error", "ignore", "infrequent_if_exist"):
        unknown = handle != "error"
        add(f"onehot-{kind}-{handle}", lambda h=handle: pp.OneHotEncoder(handle_unknown=h, min_frequency=12 if h != "ignore" else None), lambda rng, k=kind, u=unknown: categories(rng, k, nan=k in ("str", "float"), unknown=u))
    add(f"onehot-{kind}-raises", lambda: pp.OneHotEncoder(), lambda rng, k=kind: categories(rng, k, unknown=True))
    for drop in ("first", "if_binary"):
        add(f"onehot-{kind}-drop-{drop}", lambda d=drop: pp.OneHotEncoder(drop=d, max_categories=3), lambda rng, k=kind: categories(rng, k))
    add(f"ordinal-{kind}", lambda: pp.OrdinalEncoder(), lambda rng, k=kind: categories(rng, k))
    add(f"ordinal-{kind}-nan", lambda: pp.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-5), lambda rng, k=kind: categories(rng, k, nan=True, unknown=True))
    add(f"ordinal-{kind}-infrequent", lambda: pp.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, max_categories=3), lambda rng, k=kind: categories(rng, k, unknown=True))
    for target in ("int", "str", "number"):
        add(f"target-{kind}-{target}", lambda: pp.TargetEncoder(random_state=0), lambda rng, k=kind, t=target: categories(rng, k, unknown=True, with_target=t))
for strategy in ("mean", "median", "most_frequent", "constant"):
    for indicator in (False, True):
        add(f"impute-{strategy}-{indicator}", lambda s=strategy, i=indicator: impute.SimpleImputer(strategy=s, fill_value=-1 if s == "constant" else None, add_indicator=i), lambda rng: plain(rng, nan=True))
for strategy in ("most_frequent", "constant"):
    add(f"impute-text-{strategy}", lambda s=strategy: impute.SimpleImputer(strategy=s), lambda rng: categories(rng, "str", nan=True))
add("impute-zero", lambda: impute.SimpleImputer(missing_values=0), plain)
add("impute-empty", lambda: impute.SimpleImputer(keep_empty_features=True, add_indicator=True), lambda rng: _empty_column(rng))
add("impute-empty-dropped", lambda: impute.SimpleImputer(), lambda rng: _empty_column(rng))
for features in ("missing-only", "all"):
    add(f"missing-{features}", lambda f=features: impute.MissingIndicator(features=f, error_on_new=False), lambda rng: plain(rng, nan=True))
# Before 1.3 rows without any missing value got no indicator columns, so that a row alone differs.
for weights in ("uniform", "distance"):
    add(f"impute-knn-{weights}", lambda w=weights: impute.KNNImputer(n_neighbors=3, weights=w, add_indicator=w == "uniform"), lambda rng: plain(rng, nan=True), rtol=1e-9, why="distances are sums in another order", alone=weights != "uniform")
add("impute-iterative", lambda: impute.IterativeImputer(max_iter=4, random_state=0), lambda rng: plain(rng, nan=True), rtol=1e-9, why="chained regressions", alone=False)
add("impute-iterative-limits", lambda: impute.IterativeImputer(max_iter=3, random_state=0, min_value=-2, max_value=2, n_nearest_features=3, imputation_order="roman"), lambda rng: plain(rng, nan=True), rtol=1e-9, why="chained regressions", alone=False)
SELECTORS = {
    "kbest": lambda: fs.SelectKBest(k=3), "percentile": lambda: fs.SelectPercentile(percentile=50), "fpr": lambda: fs.SelectFpr(alpha=0.5), "fdr": lambda: fs.SelectFdr(alpha=0.7), "fwe": lambda: fs.SelectFwe(alpha=0.9),
    "generic": lambda: fs.GenericUnivariateSelect(mode="k_best", param=2), "variance": lambda: fs.VarianceThreshold(0.5), "kbest-all": lambda: fs.SelectKBest(k="all"),
    "from-model": lambda: fs.SelectFromModel(RandomForestClassifier(n_estimators=5, random_state=0), threshold="1.1*mean"), "from-model-max": lambda: fs.SelectFromModel(LogisticRegression(), max_features=2, threshold=-np.inf),
    "from-model-l1": lambda: fs.SelectFromModel(Lasso(alpha=0.001)), "rfe": lambda: fs.RFE(LogisticRegression(), n_features_to_select=3), "rfecv": lambda: fs.RFECV(LogisticRegression(), cv=3),
    "from-model-svc": lambda: fs.SelectFromModel(SVC(kernel="linear"), threshold="median"), "from-model-svr": lambda: fs.SelectFromModel(SVR(kernel="linear")), "sequential": lambda: fs.SequentialFeatureSelector(LogisticRegression(), n_features_to_select=2, cv=2), "mutual": lambda: fs.SelectKBest(fs.mutual_info_classif, k=2),
}
for name, make in SELECTORS.items():
    add(f"select-{name}", make, classes)


def _positive(rng):
    data = plain(rng)
    data.x = np.abs(data.x) + 0.1
    data.ask = {"rows": np.abs(data.ask["hard"][:16]) + 0.01, "zero": np.full((1, data.x.shape[1]), 1e-3)}
    return data


def _square(rng):
    data = plain(rng)
    kernel = data.x[:20] @ data.x[:20].T
    return Data(kernel, None, {"rows": data.ask["hard"][:8] @ data.x[:20].T})


def _empty_column(rng):
    data = plain(rng, nan=True)
    data.x[:, 4] = np.nan
    return data


def _labels(rng, kind):
    y = LABELS[kind](rng.integers(0, 2 if kind in ("bool", "plusminus") else 3, 40))
    return Data(y, None, {"rows": y[:9]})
