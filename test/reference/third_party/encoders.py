"""category_encoders: every encoder with each way to treat unknown and missing values."""

import category_encoders as ce
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from cases import Case
from third_party.frames import array, mixed

CASES = []


def add(name, make, data=mixed, **options):
    CASES.append(Case(f"ce-{name}", make, data, **options))


# Before 2.9 one None among the rows made every missing value an unseen one for the last two of the encoders with a target.
PLAIN = ("OrdinalEncoder", "OneHotEncoder", "BinaryEncoder", "BaseNEncoder", "GrayEncoder", "RankHotEncoder", "HelmertEncoder", "SumEncoder", "BackwardDifferenceEncoder", "PolynomialEncoder", "CountEncoder")
WITH_TARGET = ("TargetEncoder", "LeaveOneOutEncoder", "MEstimateEncoder", "JamesSteinEncoder", "CatBoostEncoder", "WOEEncoder", "QuantileEncoder")


def encoder(name, **options):
    return getattr(ce, name)(**options)


for name in PLAIN + WITH_TARGET:
    for unknown in ("value", "return_nan", "error"):
        for missing in ("value", "return_nan", "error"):
            add(f"{name}-{unknown}-{missing}", lambda n=name, u=unknown, m=missing: encoder(n, handle_unknown=u, handle_missing=m), lambda rng, n=name, m=missing: mixed(rng, missing=m != "error", none=n not in ("LeaveOneOutEncoder", "CatBoostEncoder")))
    add(f"{name}-complete", lambda n=name: encoder(n), lambda rng: mixed(rng, missing=False))
    add(f"{name}-cols", lambda n=name: encoder(n, cols=["grade", "city"], return_df=False), lambda rng: mixed(rng, missing=False))
    add(f"{name}-array", lambda n=name: encoder(n), array)
    add(f"{name}-invariant", lambda n=name: encoder(n, drop_invariant=True), lambda rng: _constant(rng))
    add(f"{name}-lumped", lambda n=name: encoder(n, min_group_size=12, min_group_name="few"), mixed)
    add(f"{name}-lumped-fraction", lambda n=name: encoder(n, min_group_size=0.15), mixed)
    add(f"{name}-pipeline", lambda n=name: make_pipeline(encoder(n, cols=["city", "shop", "größe"]), StandardScaler(), LogisticRegression(max_iter=50)), lambda rng: mixed(rng, missing=False, ask_missing=False), rtol=1e-11, why="sums of many columns")
for name in ("OneHotEncoder", "BinaryEncoder", "BaseNEncoder", "HelmertEncoder", "SumEncoder", "PolynomialEncoder", "BackwardDifferenceEncoder"):
    add(f"{name}-indicator", lambda n=name: encoder(n, handle_unknown="indicator", handle_missing="indicator"), mixed)
add("one-hot-names", lambda: ce.OneHotEncoder(use_cat_names=True, cols=["city", "shop", "grade"]), mixed)
add("one-hot-ignore", lambda: ce.OneHotEncoder(handle_missing="ignore"), mixed)
add("rank-hot-names", lambda: ce.RankHotEncoder(use_cat_names=True, cols=["shop", "grade"]), lambda rng: mixed(rng, missing=False))
for base in (1, 3, 10):
    add(f"base-{base}", lambda b=base: ce.BaseNEncoder(base=b), mixed)
add("ordinal-mapping", lambda: ce.OrdinalEncoder(mapping=[{"col": "shop", "mapping": {"a": 5, "b": 7}}, {"col": "city", "mapping": {"Köln": 2, "東京": 3, np.nan: -2}}], cols=["shop", "city"]), mixed)
add("ordinal-start", lambda: ce.OrdinalEncoder(index_start=10), mixed)
for options in ({"normalize": True}, {"min_group_size": 20}, {"min_group_size": 0.2, "normalize": True}, {"handle_unknown": 7}, {"handle_unknown": {"city": "return_nan"}}, {"handle_missing": {"city": "return_nan"}}, {"min_group_size": 20, "combine_min_nan_groups": "force"}, {"min_group_size": 20, "combine_min_nan_groups": False, "min_group_name": "few"}):
    add(f"count-{'-'.join(f'{k}_{v}'.replace(' ', '') for k, v in options.items())}".replace("{", "").replace("}", "").replace("'", "").replace(":", "_"), lambda o=options: ce.CountEncoder(**o), mixed)
for options in ({"smoothing": 2.5, "min_samples_leaf": 3}, {"smoothing": 0.5}):
    add(f"target-{options['smoothing']}", lambda o=options: ce.TargetEncoder(**o), lambda rng: mixed(rng, target="number"))
for model in ("independent", "pooled", "beta", "binary"):
    add(f"james-stein-{model}", lambda m=model: ce.JamesSteinEncoder(model=m), mixed)
add("m-estimate", lambda: ce.MEstimateEncoder(m=7.5, randomized=True, random_state=0), lambda rng: mixed(rng, target="number"))
add("cat-boost-a", lambda: ce.CatBoostEncoder(a=3, sigma=0.1, random_state=0), lambda rng: mixed(rng, target="number", none=False))
add("leave-one-out-sigma", lambda: ce.LeaveOneOutEncoder(sigma=0.1, random_state=0), lambda rng: mixed(rng, target="number", none=False))
add("woe-regularization", lambda: ce.WOEEncoder(regularization=0.3), mixed)
add("quantile", lambda: ce.QuantileEncoder(quantile=0.3, m=2), lambda rng: mixed(rng, target="number"))
for target in ("binary", "number"):
    add(f"glmm-{target}", lambda: ce.GLMMEncoder(), lambda rng, t=target: mixed(rng, target=t))
for method in ("md5", "sha1", "sha256", "sha512", "blake2b", "sha3_256"):
    add(f"hashing-{method}", lambda m=method: ce.HashingEncoder(n_components=6, hash_method=m, cols=["city", "shop"], max_process=1), lambda rng: mixed(rng, missing=False, ask_missing=False))
add("hashing-components", lambda: ce.HashingEncoder(n_components=17, cols=["shop"], max_process=1, drop_invariant=True), lambda rng: mixed(rng, missing=False, ask_missing=False))
add("nested-cv", lambda: _nested(), mixed)
add("composite", lambda: ce.TargetEncoder(composite_cols=[("city", "shop")]), mixed)


def _nested():
    from category_encoders.wrapper import NestedCVWrapper

    return NestedCVWrapper(ce.TargetEncoder(), random_state=0)


def _constant(rng):
    data = mixed(rng, missing=False)
    data.x["shop"] = "a"
    data.x["city"] = np.where(data.x["city"] == "Köln", "Köln", "Łódź")
    return data
