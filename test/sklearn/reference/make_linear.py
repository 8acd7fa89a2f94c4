"""Fits small linear models with scikit-learn and writes them, in one dictionary, beside their results on hard rows.

    uv venv --python 3.11 .cache/reference-1.9.1
    uv pip install --python .cache/reference-1.9.1/bin/python scikit-learn==1.9.1
    .cache/reference-1.9.1/bin/python test/sklearn/reference/make_linear.py

`linear-<version>.pkl` and `.json`: `rows`, and per model `expected` by method and `raises`, the rows that Python
refuses. Run it with each version that has a file (0.22 on Python 3.7, 0.24 on Python 3.8); models that a version does
not know are left out.
"""
import json
import pickle
import sys
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn import linear_model as lm

warnings.filterwarnings("ignore")
OUT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2] / "fixtures" / "sklearn" / "linear")
OUT.mkdir(parents=True, exist_ok=True)
rng = np.random.RandomState(0)
X = np.round(rng.normal(size=(60, 4)), 2)
SCORE = X @ [1.0, -2.0, 0.5, 0.0]
BINARY = (SCORE > 0).astype(int)
THREE = np.digitize(SCORE, [-1, 1])
TARGET = SCORE + 3
POSITIVE = np.exp(SCORE / 4)
TARGETS = np.c_[TARGET, -TARGET, X[:, 0]]
LABELS = np.c_[BINARY, X[:, 1] > 0, X[:, 2] > 0].astype(int)
# On the boundary of a model without intercept, tiny, huge, one-hot, negative zero.
ROWS = np.vstack([X[:3], np.zeros((1, 4)), np.full((1, 4), -0.0), np.eye(4), np.full((1, 4), 1e-300), np.full((1, 4), 1e300), [[1e16, 1, -1e16, 1]]])
BAD = [[np.nan, 0, 0, 0], [0, np.inf, 0, 0], [0, 0, 0, -np.inf]]
LOG = "log_loss" if tuple(int(v) for v in sklearn.__version__.split(".")[:2]) >= (1, 1) else "log"

CASES = {
    "logistic_binary": lambda: lm.LogisticRegression().fit(X, np.array(["no", "yes"])[BINARY]),
    "logistic_bool": lambda: lm.LogisticRegression().fit(X, BINARY.astype(bool)),
    "logistic_float": lambda: lm.LogisticRegression().fit(X, BINARY - 0.5),
    "logistic_no_intercept": lambda: lm.LogisticRegression(fit_intercept=False).fit(X, BINARY),
    "logistic_three": lambda: lm.LogisticRegression().fit(X, THREE * 10),
    "logistic_ovr": lambda: lm.LogisticRegression(multi_class="ovr").fit(X, THREE),
    "logistic_multinomial": lambda: lm.LogisticRegression(multi_class="multinomial").fit(X, THREE),
    "logistic_multinomial_binary": lambda: lm.LogisticRegression(multi_class="multinomial").fit(X, BINARY),
    "logistic_liblinear": lambda: lm.LogisticRegression(solver="liblinear").fit(X, THREE),
    "logistic_saga": lambda: lm.LogisticRegression(solver="saga", max_iter=50).fit(X, THREE),
    "logistic_sparse_coef": lambda: lm.LogisticRegression(penalty="l1", solver="liblinear").fit(X, BINARY).sparsify(),
    "logistic_cv": lambda: lm.LogisticRegressionCV(Cs=2, cv=3).fit(X, THREE),
    "sgd_hinge": lambda: lm.SGDClassifier(random_state=0).fit(X, BINARY),
    "sgd_log": lambda: lm.SGDClassifier(loss=LOG, random_state=0).fit(X, THREE),
    "sgd_huber": lambda: lm.SGDClassifier(loss="modified_huber", random_state=0).fit(X, THREE),
    "sgd_huber_binary": lambda: lm.SGDClassifier(loss="modified_huber", random_state=0).fit(X, BINARY),
    "sgd_regressor": lambda: lm.SGDRegressor(random_state=0).fit(X, TARGET),
    "perceptron": lambda: lm.Perceptron(random_state=0).fit(X, THREE),
    "passive_aggressive": lambda: lm.PassiveAggressiveClassifier(random_state=0).fit(X, BINARY),
    "ridge_classifier": lambda: lm.RidgeClassifier().fit(X, THREE),
    "ridge_classifier_binary": lambda: lm.RidgeClassifier().fit(X, np.array(["a", "b"])[BINARY]),
    "ridge_classifier_multilabel": lambda: lm.RidgeClassifier().fit(X, LABELS),
    "linear": lambda: lm.LinearRegression().fit(X, TARGET),
    "linear_outputs": lambda: lm.LinearRegression().fit(X, TARGETS),
    "linear_one_output": lambda: lm.LinearRegression().fit(X, TARGET[:, None]),
    "ridge": lambda: lm.Ridge().fit(X, TARGET),
    "ridge_outputs": lambda: lm.Ridge(fit_intercept=False).fit(X, TARGETS),
    "ridge_cv": lambda: lm.RidgeCV().fit(X, TARGET),
    "lasso": lambda: lm.Lasso(alpha=0.01).fit(X, TARGET),
    "lasso_cv": lambda: lm.LassoCV(cv=3, n_alphas=5).fit(X, TARGET) if LOG == "log" else lm.LassoCV(cv=3).fit(X, TARGET),
    "elastic_net": lambda: lm.ElasticNet(alpha=0.01).fit(X, TARGET),
    "multi_task": lambda: lm.MultiTaskLasso(alpha=0.01).fit(X, TARGETS),
    "lars": lambda: lm.Lars().fit(X, TARGET),
    "bayesian": lambda: lm.BayesianRidge().fit(X, TARGET),
    "huber": lambda: lm.HuberRegressor().fit(X, TARGET),
    "quantile": lambda: lm.QuantileRegressor(alpha=0.01, solver="highs").fit(X, TARGET),
    "omp": lambda: lm.OrthogonalMatchingPursuit().fit(X, TARGET),
    "ransac": lambda: lm.RANSACRegressor(random_state=0).fit(X, TARGET),
    "poisson": lambda: lm.PoissonRegressor().fit(X, POSITIVE),
    "gamma": lambda: lm.GammaRegressor().fit(X, POSITIVE),
    "tweedie_identity": lambda: lm.TweedieRegressor(power=0).fit(X, POSITIVE),
    "tweedie_auto": lambda: lm.TweedieRegressor(power=1.5).fit(X, POSITIVE),
}
METHODS = {"predict": "predict", "predict_proba": "predictProba", "predict_log_proba": "predictLogProba", "decision_function": "decisionFunction"}


def plain(value):
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value.tolist()]
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    return value


def raises(model, row):
    try:
        model.predict([row])
        return False
    except ValueError:
        return True


models, expected = {}, {}
for name, make in CASES.items():
    try:
        model = make()
    except (AttributeError, TypeError, ValueError):
        continue
    for attribute in ("Cs_", "scores_", "coefs_paths_", "mse_path_", "l1_ratios_"):
        if hasattr(model, attribute):
            delattr(model, attribute)
    models[name] = model
    with np.errstate(all="ignore"):
        expected[name] = {node: plain(getattr(model, python)(ROWS)) for python, node in METHODS.items() if hasattr(model, python)}
    assert all(raises(model, row) for row in BAD), name

version = sklearn.__version__.split(".post")[0]
(OUT / f"linear-{version}.pkl").write_bytes(pickle.dumps(models, protocol=2 if version < "1" else 4))
(OUT / f"linear-{version}.json").write_text(json.dumps({"rows": plain(ROWS), "raises": plain(BAD), "expected": expected}))
print(version, len(models), "models")
