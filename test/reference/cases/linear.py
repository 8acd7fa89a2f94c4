"""Linear models: every class, solver, penalty and loss; every type of class label."""

from sklearn import linear_model as lm
from sklearn.svm import LinearSVC, LinearSVR

from cases import Case
from data import LABELS, classes, multilabel, regression

SUMS = "scores of huge rows are sums whose order BLAS chooses"
CASES = []


def add(name, make, data, **options):
    CASES.append(Case(f"linear-{name}", make, data, **options))


for kind in LABELS:
    if kind in ("number",):
        continue
    binary = kind in ("plusminus", "bool")
    add(f"logistic-{kind}", lambda: lm.LogisticRegression(max_iter=300), lambda rng, k=kind, n=2 if binary else 3: classes(rng, k, n=n))
    add(f"logistic-binary-{kind}", lambda: lm.LogisticRegression(C=0.3), lambda rng, k=kind: classes(rng, k))
    add(f"ridge-classifier-{kind}", lambda: lm.RidgeClassifier(), lambda rng, k=kind, n=2 if binary else 3: classes(rng, k, n=n))
    add(f"sgd-log-{kind}", lambda: lm.SGDClassifier(loss="log_loss", random_state=0), lambda rng, k=kind, n=2 if binary else 3: classes(rng, k, n=n))
for solver in ("lbfgs", "liblinear", "newton-cg", "newton-cholesky", "sag", "saga"):
    for n in (2, 3):
        add(f"logistic-{solver}-{n}", lambda s=solver: lm.LogisticRegression(solver=s, max_iter=60), lambda rng, n=n: classes(rng, n=n, weight=n == 3))
for multi in ("ovr", "multinomial"):
    for n in (2, 3):
        add(f"logistic-{multi}-{n}", lambda m=multi: lm.LogisticRegression(multi_class=m), lambda rng, n=n: classes(rng, n=n))
add("logistic-l1", lambda: lm.LogisticRegression(penalty="l1", solver="saga", C=0.05), lambda rng: classes(rng, n=3))
add("logistic-elastic", lambda: lm.LogisticRegression(penalty="elasticnet", solver="saga", l1_ratio=0.5), classes)
add("logistic-no-penalty", lambda: lm.LogisticRegression(penalty=None), classes)
add("logistic-no-intercept", lambda: lm.LogisticRegression(fit_intercept=False), lambda rng: classes(rng, "str", n=3))
add("logistic-balanced", lambda: lm.LogisticRegression(class_weight="balanced"), lambda rng: classes(rng, "bool"))
add("logistic-sparse", lambda: lm.LogisticRegression(), lambda rng: classes(rng, "str", sparse="csr"))
add("logistic-sparsify", lambda: _Sparsified(penalty="l1", solver="liblinear"), classes)
add("logistic-float32", lambda: lm.LogisticRegression(), lambda rng: classes(rng, n=3, float32=True), rtol=1e-6, why="trained on float32, so Python answers in float32")
add("logistic-cv", lambda: lm.LogisticRegressionCV(Cs=3, cv=3), lambda rng: classes(rng, "str", n=3))
add("logistic-cv-binary", lambda: lm.LogisticRegressionCV(Cs=3, cv=3, refit=False), lambda rng: classes(rng, "float"))
for loss in ("hinge", "log_loss", "modified_huber", "squared_hinge", "perceptron", "squared_error", "huber", "epsilon_insensitive"):
    for n in (2, 3):
        add(f"sgd-{loss}-{n}", lambda l=loss: lm.SGDClassifier(loss=l, random_state=0, max_iter=20), lambda rng, n=n: classes(rng, "str", n=n))
for penalty in ("l1", "elasticnet", None):
    add(f"sgd-penalty-{penalty}", lambda p=penalty: lm.SGDClassifier(penalty=p, average=True, random_state=0), classes)
for loss in ("squared_error", "huber", "epsilon_insensitive", "squared_epsilon_insensitive"):
    add(f"sgd-regressor-{loss}", lambda l=loss: lm.SGDRegressor(loss=l, random_state=0, alpha=0.1, eta0=1e-6), regression)
for name in ("Perceptron", "PassiveAggressiveClassifier"):
    add(name, lambda n=name: getattr(lm, n)(random_state=0), lambda rng: classes(rng, "negative", n=3))
    add(f"{name}-binary", lambda n=name: getattr(lm, n)(random_state=0), lambda rng: classes(rng, "str"))
add("ridge-classifier-multilabel", lambda: lm.RidgeClassifier(), multilabel)
add("ridge-classifier-cv", lambda: lm.RidgeClassifierCV(), lambda rng: classes(rng, "str", n=3))
for loss in ("hinge", "squared_hinge"):
    for n in (2, 3):
        add(f"linear-svc-{loss}-{n}", lambda l=loss: LinearSVC(loss=l, dual=True, random_state=0), lambda rng, n=n: classes(rng, "str", n=n))
add("linear-svc-crammer", lambda: LinearSVC(multi_class="crammer_singer", dual=True), lambda rng: classes(rng, n=3))
add("linear-svr", lambda: LinearSVR(dual=True, intercept_scaling=2.0, random_state=0), regression)

REGRESSORS = {
    "LinearRegression": {}, "Ridge": {}, "RidgeCV": {}, "Lasso": {"alpha": 0.1}, "LassoCV": {"cv": 3}, "ElasticNet": {}, "ElasticNetCV": {"cv": 3},
    "Lars": {}, "LarsCV": {"cv": 3}, "LassoLars": {"alpha": 0.01}, "LassoLarsCV": {"cv": 3}, "LassoLarsIC": {},
    "OrthogonalMatchingPursuit": {}, "OrthogonalMatchingPursuitCV": {"cv": 3}, "BayesianRidge": {}, "ARDRegression": {},
    "HuberRegressor": {"max_iter": 400}, "TheilSenRegressor": {"random_state": 0, "max_subpopulation": 300}, "QuantileRegressor": {"alpha": 0.1, "solver": "highs"},
    "PassiveAggressiveRegressor": {"random_state": 0}, "RANSACRegressor": {"random_state": 0},
}
for name, options in REGRESSORS.items():
    add(name, lambda n=name, o=options: getattr(lm, n)(**o), regression)
for name in ("LinearRegression", "Ridge", "Lasso", "ElasticNet", "Lars", "LassoLars", "RidgeCV", "OrthogonalMatchingPursuit", "MultiTaskLasso", "MultiTaskElasticNet"):
    add(f"{name}-outputs", lambda n=name: getattr(lm, n)(), lambda rng: regression(rng, outputs=3))
for name in ("MultiTaskLassoCV", "MultiTaskElasticNetCV"):
    add(f"{name}-outputs", lambda n=name: getattr(lm, n)(cv=3), lambda rng: regression(rng, outputs=2))
for solver in ("svd", "cholesky", "lsqr", "sparse_cg", "sag", "saga"):
    add(f"ridge-{solver}", lambda s=solver: lm.Ridge(solver=s), lambda rng: regression(rng, weight=True))
add("ridge-lbfgs", lambda: lm.Ridge(solver="lbfgs", positive=True), regression)
add("linear-positive", lambda: lm.LinearRegression(positive=True), regression)
add("linear-no-intercept", lambda: lm.LinearRegression(fit_intercept=False), lambda rng: regression(rng, outputs=2))
add("linear-sparse", lambda: lm.LinearRegression(), lambda rng: regression(rng, sparse="csr"))
add("lasso-sparse", lambda: lm.Lasso(alpha=0.1), lambda rng: regression(rng, sparse="csc"))
add("ransac-ridge", lambda: lm.RANSACRegressor(lm.Ridge(), min_samples=20, random_state=0), lambda rng: regression(rng, outputs=2))
for name in ("PoissonRegressor", "GammaRegressor"):
    add(name, lambda n=name: getattr(lm, n)(), lambda rng: regression(rng, positive=True, huge=100))
for power in (0, 1, 1.5, 2, 3):
    add(f"tweedie-{power}", lambda p=power: lm.TweedieRegressor(power=p), lambda rng: regression(rng, positive=True, huge=100))
add("tweedie-link", lambda: lm.TweedieRegressor(power=0, link="log"), lambda rng: regression(rng, positive=True, huge=100))


class _Sparsified:
    """Fits a logistic regression and makes its coefficients sparse, as `sparsify` does."""

    def __init__(self, **options):
        self.options = options

    def fit(self, x, y):
        return lm.LogisticRegression(**self.options).fit(x, y).sparsify()
