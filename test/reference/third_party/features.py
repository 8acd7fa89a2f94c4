"""feature_engine: imputers, encoders, discretisers, transformations, cappers, created features, selection, wrappers."""

import numpy as np
from feature_engine import creation, discretisation, encoding, imputation, outliers, selection, transformation, wrappers
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder, OrdinalEncoder, PolynomialFeatures, StandardScaler
from sklearn.feature_selection import SelectKBest

from cases import Case
from third_party.frames import mixed, numeric

CASES = []


def add(name, make, data=numeric, **options):
    CASES.append(Case(f"fe-{name}", make, data, **options))


def complete(rng, **options):
    return mixed(rng, missing=False, **options)


def only_nan(rng):
    """Without None, which pandas takes for a value like others here, and JavaScript's null is any missing value."""
    return mixed(rng, none=False)


def gaps(rng):
    return numeric(rng, gaps=True)


def signed(rng):
    return numeric(rng, positive=False)


for method in ("mean", "median"):
    add(f"impute-{method}", lambda m=method: imputation.MeanMedianImputer(imputation_method=m), gaps)
add("impute-number", lambda: imputation.ArbitraryNumberImputer(arbitrary_number=-7), gaps)
add("impute-number-each", lambda: imputation.ArbitraryNumberImputer(imputer_dict={"amount": 1.5, "change": -2}), gaps)
for method in ("gaussian", "iqr", "max"):
    for tail in ("left", "right"):
        add(f"impute-tail-{method}-{tail}", lambda m=method, t=tail: imputation.EndTailImputer(imputation_method=m, tail=t), gaps)
for method in ("missing", "frequent"):
    add(f"impute-category-{method}", lambda m=method: imputation.CategoricalImputer(imputation_method=m, fill_value="fehlt ü"), mixed)
    add(f"impute-category-{method}-object", lambda m=method: imputation.CategoricalImputer(imputation_method=m, return_object=True, variables=["city"]), mixed)
add("impute-category-numbers", lambda: imputation.CategoricalImputer(fill_value=0, ignore_format=True, variables=["amount"]), gaps)
for only in (True, False):
    add(f"missing-indicator-{only}", lambda o=only: imputation.AddMissingIndicator(missing_only=o), gaps)
add("missing-indicator-text", lambda: imputation.AddMissingIndicator(), mixed)
add("impute-random", lambda: imputation.RandomSampleImputer(random_state=0), gaps)
add("drop-missing", lambda: imputation.DropMissingData(), gaps)

TEXT = ["city", "shop", "größe"]
for unseen in ("ignore", "raise", "encode"):
    for name, options in {"CountFrequencyEncoder": [{"encoding_method": "count"}, {"encoding_method": "frequency"}], "OrdinalEncoder": [{"encoding_method": "ordered"}, {"encoding_method": "arbitrary"}], "MeanEncoder": [{}, {"smoothing": "auto"}]}.items():
        for number, option in enumerate(options):
            add(f"{name}-{number}-{unseen}", lambda n=name, o=option, u=unseen: getattr(encoding, n)(unseen=u, **o), complete)
            add(f"{name}-{number}-{unseen}-missing", lambda n=name, o=option, u=unseen: getattr(encoding, n)(unseen=u, missing_values="ignore", **o), mixed)
    add(f"decision-tree-{unseen}", lambda u=unseen: encoding.DecisionTreeEncoder(unseen=u, fill_value=-1 if u == "encode" else None, regression=False, cv=3, scoring="roc_auc", random_state=0), complete)
for name in ("CountFrequencyEncoder", "OrdinalEncoder", "MeanEncoder"):
    add(f"{name}-numbers", lambda n=name: getattr(encoding, n)(ignore_format=True, variables=["grade", "shop"]), complete)
for unseen in ("ignore", "raise"):
    add(f"woe-{unseen}", lambda u=unseen: encoding.WoEEncoder(unseen=u, variables=["shop"]), complete)
add("woe-filled", lambda: encoding.WoEEncoder(fill_value=0.001, variables=["shop", "city"]), complete)
add("decision-tree-regression", lambda: encoding.DecisionTreeEncoder(cv=3, random_state=0, param_grid={"max_depth": [2]}), lambda rng: complete(rng, target="number"))
add("decision-tree-old", lambda: encoding.DecisionTreeEncoder(cv=3, random_state=0, regression=False, scoring="roc_auc"), complete)
for options in ({}, {"drop_last": True}, {"top_categories": 2}, {"drop_last_binary": True}, {"variables": ["shop"]}, {"variables": ["grade"], "ignore_format": True}):
    add(f"one-hot-{'-'.join(options)}", lambda o=options: encoding.OneHotEncoder(**o), complete)
for options in ({"n_categories": 2, "tol": 0.15}, {"n_categories": 2, "tol": 0.1, "max_n_categories": 2, "replace_with": "übrig"}, {"n_categories": 10}, {"n_categories": 2, "tol": 0.3, "variables": ["grade"], "ignore_format": True, "replace_with": 99}, {"n_categories": 1, "tol": 0.3, "variables": ["grade"], "ignore_format": True}):
    label = "-".join(map(str, options.values())).replace("['grade']", "grade")
    add(f"rare-{label}", lambda o=options: encoding.RareLabelEncoder(**o), complete)
    add(f"rare-{label}-missing", lambda o=options: encoding.RareLabelEncoder(missing_values="ignore", **o), only_nan)

for name, options in {"EqualFrequencyDiscretiser": {"q": 5}, "EqualWidthDiscretiser": {"bins": 4}, "GeometricWidthDiscretiser": {"bins": 5}}.items():
    for extra in ({}, {"return_object": True}, {"return_boundaries": True}):
        add(f"{name}-{'-'.join(extra)}", lambda n=name, o=options, e=extra: getattr(discretisation, n)(**o, **e))
for errors in ("ignore", "raise"):
    add(f"arbitrary-bins-{errors}", lambda e=errors: discretisation.ArbitraryDiscretiser(binning_dict={"amount": [0, 1, 2.5, 50], "count ü": [1, 3, 6, 20]}, errors=e))
for options in ({"regression": False, "scoring": "roc_auc"}, {"regression": False, "scoring": "roc_auc", "precision": 2}, {"regression": False, "scoring": "roc_auc", "bin_output": "bin_number"}, {"regression": False, "scoring": "roc_auc", "bin_output": "boundaries", "precision": 3}):
    add(f"tree-bins-{'-'.join(map(str, options.values()))}", lambda o=options: discretisation.DecisionTreeDiscretiser(cv=3, random_state=0, **o))
add("tree-bins-regression", lambda: discretisation.DecisionTreeDiscretiser(cv=3, random_state=0, precision=3), lambda rng: numeric(rng, target="number"))

for base in ("e", "10"):
    add(f"log-{base}", lambda b=base: transformation.LogTransformer(base=b))
    add(f"log-cp-{base}", lambda b=base: transformation.LogCpTransformer(base=b), signed)
add("log-cp-constant", lambda: transformation.LogCpTransformer(C=5))
add("log-cp-each", lambda: transformation.LogCpTransformer(C={"amount": 1, "change": 200.5}))
add("reciprocal", lambda: transformation.ReciprocalTransformer())
for exp in (0.5, 2, -1, 1.7):
    add(f"power-{exp}", lambda e=exp: transformation.PowerTransformer(exp=e, variables=["amount", "share"]))
add("box-cox", lambda: transformation.BoxCoxTransformer())
add("yeo-johnson", lambda: transformation.YeoJohnsonTransformer(), signed)
add("arcsin", lambda: transformation.ArcsinTransformer(variables=["share"]))
add("arcsinh", lambda: transformation.ArcSinhTransformer(loc=0.5, scale=2.0))
add("mean-normalization", lambda: _scaling().MeanNormalizationScaler())

for method in ("gaussian", "iqr", "quantiles", "mad"):
    for tail in ("left", "right", "both"):
        for indicators in (False, True):
            add(f"winsorizer-{method}-{tail}-{indicators}", lambda m=method, t=tail, i=indicators: outliers.Winsorizer(capping_method=m, tail=t, fold=0.1 if m == "quantiles" else 1.5, add_indicators=i), signed)
add("winsorizer-missing", lambda: outliers.Winsorizer(missing_values="ignore", tail="both"), gaps)
add("capper", lambda: outliers.ArbitraryOutlierCapper(max_capping_dict={"amount": 2.0, "change": 1}, min_capping_dict={"amount": 0.5}))
add("trimmer", lambda: outliers.OutlierTrimmer(variables=["amount"]))

add("cyclical", lambda: creation.CyclicalFeatures(variables=["count ü", "amount"], max_values={"count ü": 12, "amount": 7.5}))
add("cyclical-fitted", lambda: creation.CyclicalFeatures(drop_original=True))
for func in ("sum", "mean", "min", "max", "std", "prod", "median", "var", ["sum", "max", "std"], np.sum):
    label = func if isinstance(func, str) else "list" if isinstance(func, list) else "function"
    add(f"math-{label}", lambda f=func: creation.MathFeatures(variables=["amount", "share", "change"], func=f))
add("math-missing", lambda: creation.MathFeatures(variables=["amount", "change"], func=["sum", "mean", "prod", "min", "std", "median"], missing_values="ignore", drop_original=True), gaps)
for func in ("add", "sub", "mul", "div", "truediv", "floordiv", "mod", "pow"):
    add(f"relative-{func}", lambda f=func: creation.RelativeFeatures(variables=["share", "change"], reference=["amount", "count ü"], func=[f]))
add("relative-filled", lambda: creation.RelativeFeatures(variables=["share", "change"], reference=["amount"], func=["div", "mod", "floordiv"], fill_value=-5, drop_original=True))
add("relative-missing", lambda: creation.RelativeFeatures(variables=["change"], reference=["amount"], func=["add", "sub"], missing_values="ignore"), gaps)

SELECTORS = {
    "drop": lambda: selection.DropFeatures(features_to_drop=["share"]),
    "constant": lambda: selection.DropConstantFeatures(tol=0.2),
    "duplicate": lambda: selection.DropDuplicateFeatures(),
    "correlated": lambda: selection.DropCorrelatedFeatures(threshold=0.05),
    "smart": lambda: selection.SmartCorrelatedSelection(threshold=0.05, selection_method="variance"),
    "psi": lambda: selection.DropHighPSIFeatures(),
    "shuffling": lambda: selection.SelectByShuffling(RandomForestClassifier(5, random_state=0), random_state=0, cv=2),
    "single": lambda: selection.SelectBySingleFeaturePerformance(RandomForestClassifier(5, random_state=0), cv=2, threshold=0.55),
    "elimination": lambda: selection.RecursiveFeatureElimination(RandomForestClassifier(5, random_state=0), cv=2),
    "addition": lambda: selection.RecursiveFeatureAddition(RandomForestClassifier(5, random_state=0), cv=2),
    "mean": lambda: selection.SelectByTargetMeanPerformance(cv=2, bins=3),
    "information": lambda: selection.SelectByInformationValue(bins=3),
    "probe": lambda: selection.ProbeFeatureSelection(RandomForestClassifier(5, random_state=0), random_state=0, cv=2),
    "mrmr": lambda: selection.MRMR(max_features=2),
}
for name, make in SELECTORS.items():
    add(f"select-{name}", make)

add("wrap-scaler", lambda: wrappers.SklearnTransformerWrapper(StandardScaler(), variables=["amount", "change"]))
add("wrap-scaler-all", lambda: wrappers.SklearnTransformerWrapper(StandardScaler()))
add("wrap-imputer", lambda: wrappers.SklearnTransformerWrapper(SimpleImputer(strategy="median"), variables=["change", "amount"]), gaps)
add("wrap-impute-text", lambda: wrappers.SklearnTransformerWrapper(SimpleImputer(strategy="most_frequent"), variables=["city", "shop"]), only_nan)
add("wrap-one-hot", lambda: wrappers.SklearnTransformerWrapper(_dense_one_hot(), variables=["city", "shop"]), complete)
add("wrap-ordinal", lambda: wrappers.SklearnTransformerWrapper(OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), variables=["shop", "city"]), complete)
add("wrap-polynomial", lambda: wrappers.SklearnTransformerWrapper(PolynomialFeatures(2), variables=["amount", "share"]))
add("wrap-bins", lambda: wrappers.SklearnTransformerWrapper(KBinsDiscretizer(3, encode="ordinal"), variables=["amount"]))
add("wrap-select", lambda: wrappers.SklearnTransformerWrapper(SelectKBest(k=2)))

MODEL = {"rtol": 1e-11, "why": "sums of many columns"}
add("pipeline", lambda: make_pipeline(imputation.CategoricalImputer(), encoding.RareLabelEncoder(n_categories=2), encoding.OneHotEncoder(), wrappers.SklearnTransformerWrapper(StandardScaler(), variables=["score", "amount"]), LogisticRegression()), mixed, **MODEL)
add("pipeline-forest", lambda: Pipeline([("impute", imputation.CategoricalImputer()), ("mean", encoding.MeanEncoder(unseen="encode")), ("bins", discretisation.EqualFrequencyDiscretiser(q=4, variables=["score", "amount"])), ("model", RandomForestClassifier(10, random_state=0))]), mixed)
add("own-pipeline", lambda: _pipeline()([("impute", imputation.CategoricalImputer()), ("encode", encoding.OrdinalEncoder(unseen="encode")), ("model", LogisticRegression())]), mixed, **MODEL)


def _scaling():
    from feature_engine import scaling

    return scaling


def _pipeline():
    from feature_engine.pipeline import Pipeline as Own

    return Own


def _dense_one_hot():
    try:
        return OneHotEncoder(sparse_output=False, handle_unknown="ignore")
    except TypeError:
        return OneHotEncoder(sparse=False, handle_unknown="ignore")
