"""Trees and ensembles: criteria, missing values, class types, weights, several outputs, every loss."""

from sklearn import ensemble as en
from sklearn import tree
from sklearn.linear_model import LinearRegression, LogisticRegression

from cases import Case
from data import LABELS, classes, frame, multilabel, regression

CASES = []
SMALL = {"n_estimators": 7, "random_state": 0}


def add(name, make, data, **options):
    CASES.append(Case(f"tree-{name}", make, data, **options))


for name in ("DecisionTreeClassifier", "ExtraTreeClassifier"):
    for criterion in ("gini", "entropy", "log_loss"):
        add(f"{name}-{criterion}", lambda n=name, c=criterion: getattr(tree, n)(criterion=c, random_state=0), lambda rng: classes(rng, "str", n=3, inf=False, huge=1e30))
    add(f"{name}-outputs", lambda n=name: getattr(tree, n)(max_depth=4, random_state=0), lambda rng: classes(rng, "str", n=3, outputs=2))
    add(f"{name}-nan", lambda n=name: getattr(tree, n)(max_depth=6, random_state=0), lambda rng: classes(rng, "int", n=3, nan=True, inf=True))
    add(f"{name}-best-first", lambda n=name: getattr(tree, n)(max_leaf_nodes=9, random_state=0), lambda rng: classes(rng, n=2, inf=True))
for name in ("DecisionTreeRegressor", "ExtraTreeRegressor"):
    for criterion in ("squared_error", "friedman_mse", "absolute_error", "poisson"):
        add(f"{name}-{criterion}", lambda n=name, c=criterion: getattr(tree, n)(criterion=c, max_depth=7, random_state=0), lambda rng: regression(rng, positive=True, weight=True, huge=1e30))
    add(f"{name}-outputs", lambda n=name: getattr(tree, n)(max_depth=5, random_state=0), lambda rng: regression(rng, outputs=3))
    add(f"{name}-nan", lambda n=name: getattr(tree, n)(max_depth=5, random_state=0), lambda rng: regression(rng, nan=True))
add("weighted", lambda: tree.DecisionTreeClassifier(class_weight="balanced", max_depth=5, random_state=0), lambda rng: classes(rng, "bool", weight=True))
add("pruned", lambda: tree.DecisionTreeClassifier(ccp_alpha=0.01, random_state=0), lambda rng: classes(rng, "float", n=3))
add("stump", lambda: tree.DecisionTreeClassifier(max_depth=1), lambda rng: classes(rng, "plusminus"))
add("single-leaf", lambda: tree.DecisionTreeClassifier(min_samples_leaf=100), lambda rng: classes(rng, "str", n=3))
add("sparse", lambda: tree.DecisionTreeClassifier(max_depth=5, random_state=0), lambda rng: classes(rng, sparse="csc"))
add("monotonic", lambda: tree.DecisionTreeRegressor(max_depth=6, monotonic_cst=[1, 0, 0, 0, -1, 0]), regression)
for kind in LABELS:
    if kind != "number":
        add(f"forest-{kind}", lambda: en.RandomForestClassifier(max_depth=5, **SMALL), lambda rng, k=kind, n=2 if kind in ("bool", "plusminus") else 3: classes(rng, k, n=n))
for name in ("RandomForestClassifier", "ExtraTreesClassifier"):
    add(f"{name}-full", lambda n=name: getattr(en, n)(**SMALL), lambda rng: classes(rng, "str", n=3, huge=1e30))
    add(f"{name}-nan", lambda n=name: getattr(en, n)(max_depth=6, **SMALL), lambda rng: classes(rng, nan=True, inf=True))
    add(f"{name}-outputs", lambda n=name: getattr(en, n)(max_depth=4, **SMALL), multilabel)
    add(f"{name}-oob", lambda n=name: getattr(en, n)(bootstrap=True, oob_score=True, class_weight="balanced_subsample", n_estimators=30, max_depth=3, random_state=1), lambda rng: classes(rng, "bool"))
for name in ("RandomForestRegressor", "ExtraTreesRegressor"):
    for criterion in ("squared_error", "absolute_error", "poisson"):
        add(f"{name}-{criterion}", lambda n=name, c=criterion: getattr(en, n)(criterion=c, max_depth=6, **SMALL), lambda rng: regression(rng, positive=True))
    add(f"{name}-outputs", lambda n=name: getattr(en, n)(max_depth=5, **SMALL), lambda rng: regression(rng, outputs=2))
    add(f"{name}-nan", lambda n=name: getattr(en, n)(max_depth=5, **SMALL), lambda rng: regression(rng, nan=True))
for loss in ("log_loss", "exponential"):
    add(f"boosting-{loss}", lambda l=loss: en.GradientBoostingClassifier(loss=l, **SMALL), lambda rng: classes(rng, "str"))
add("boosting-multi", lambda: en.GradientBoostingClassifier(subsample=0.7, **SMALL), lambda rng: classes(rng, "negative", n=3, weight=True))
add("boosting-zero", lambda: en.GradientBoostingClassifier(init="zero", **SMALL), lambda rng: classes(rng, "float", n=3))
add("boosting-init", lambda: en.GradientBoostingClassifier(init=LogisticRegression(), **SMALL), lambda rng: classes(rng, "bool"))
add("boosting-init-multi", lambda: en.GradientBoostingClassifier(init=tree.DecisionTreeClassifier(max_depth=2), **SMALL), lambda rng: classes(rng, n=3))
for loss in ("squared_error", "absolute_error", "huber", "quantile"):
    add(f"boosting-regressor-{loss}", lambda l=loss: en.GradientBoostingRegressor(loss=l, alpha=0.8, **SMALL), lambda rng: regression(rng, weight=True))
add("boosting-regressor-init", lambda: en.GradientBoostingRegressor(init=LinearRegression(), **SMALL), regression)
add("boosting-regressor-zero", lambda: en.GradientBoostingRegressor(init="zero", n_iter_no_change=2, **SMALL), regression)
HIST = {"max_iter": 12, "random_state": 0, "min_samples_leaf": 4}
for kind in ("int", "str", "bool", "float", "negative"):
    n = 2 if kind == "bool" else 3
    add(f"hist-{kind}", lambda: en.HistGradientBoostingClassifier(**HIST), lambda rng, k=kind, n=n: classes(rng, k, n=n, nan=True, inf=True, huge=1e30))
    add(f"hist-binary-{kind}", lambda: en.HistGradientBoostingClassifier(early_stopping=True, **HIST), lambda rng, k=kind: classes(rng, k, inf=True))
for loss in ("squared_error", "absolute_error", "gamma", "poisson", "quantile"):
    add(f"hist-regressor-{loss}", lambda l=loss: en.HistGradientBoostingRegressor(loss=l, quantile=0.3 if l == "quantile" else None, **HIST), lambda rng: regression(rng, positive=True, nan=True, inf=True))
add("hist-categories", lambda: en.HistGradientBoostingClassifier(categorical_features=[2, 5], **HIST), lambda rng: _coded(rng))
add("hist-monotonic", lambda: en.HistGradientBoostingRegressor(monotonic_cst=[1, -1, 0, 0, 0, 0], interaction_cst=[[0, 1], [2, 3, 4, 5]], **HIST), lambda rng: regression(rng, weight=True))
add("hist-frame", lambda: en.HistGradientBoostingClassifier(categorical_features=["size"], **HIST), lambda rng: _frame_of_numbers(rng))
add("hist-frame-dtype", lambda: en.HistGradientBoostingClassifier(categorical_features="from_dtype", **HIST), lambda rng: _frame_of_numbers(rng))
for algorithm in ("SAMME", "SAMME.R"):
    for n in (2, 3):
        add(f"ada-{algorithm}-{n}", lambda a=algorithm: en.AdaBoostClassifier(algorithm=a, n_estimators=6, random_state=0), lambda rng, n=n: classes(rng, "str", n=n))
for n in (2, 3):
    add(f"ada-default-{n}", lambda: en.AdaBoostClassifier(n_estimators=8, random_state=0), lambda rng, n=n: classes(rng, "negative", n=n))
for loss in ("linear", "square", "exponential"):
    add(f"ada-regressor-{loss}", lambda l=loss: en.AdaBoostRegressor(loss=l, n_estimators=6, random_state=0), regression)
add("bagging", lambda: en.BaggingClassifier(tree.DecisionTreeClassifier(max_depth=4), max_features=0.6, n_estimators=5, random_state=0), lambda rng: classes(rng, "str", n=3))
add("bagging-linear", lambda: en.BaggingClassifier(LogisticRegression(), n_estimators=4, random_state=0), lambda rng: classes(rng, "bool"))
add("bagging-features", lambda: en.BaggingRegressor(max_features=0.5, bootstrap_features=True, n_estimators=5, random_state=0), regression)
add("isolation", lambda: en.IsolationForest(n_estimators=12, random_state=0), lambda rng: _no_target(regression(rng)))
add("isolation-share", lambda: en.IsolationForest(n_estimators=9, contamination=0.1, max_features=0.5, max_samples=50, bootstrap=True, random_state=0), lambda rng: _no_target(regression(rng)))
add("embedding", lambda: en.RandomTreesEmbedding(n_estimators=4, max_depth=3, random_state=0), lambda rng: _no_target(regression(rng)))
MEMBERS = [("a", LogisticRegression(max_iter=300)), ("b", tree.DecisionTreeClassifier(max_depth=4, random_state=0)), ("c", en.RandomForestClassifier(n_estimators=3, random_state=0))]
REGRESSORS = [("a", LinearRegression()), ("b", tree.DecisionTreeRegressor(max_depth=4, random_state=0))]
for voting in ("hard", "soft"):
    add(f"voting-{voting}", lambda v=voting: en.VotingClassifier(MEMBERS, voting=v, weights=[1, 2, 0.5]), lambda rng: classes(rng, "str", n=3))
add("voting-drop", lambda: en.VotingClassifier([*MEMBERS, ("d", "drop")], voting="soft", flatten_transform=False), lambda rng: classes(rng, "bool"))
add("voting-regressor", lambda: en.VotingRegressor(REGRESSORS, weights=[0.3, 1]), regression)
for passthrough in (False, True):
    add(f"stacking-{passthrough}", lambda p=passthrough: en.StackingClassifier(MEMBERS, passthrough=p, cv=3), lambda rng: classes(rng, "str", n=3))
add("stacking-binary", lambda: en.StackingClassifier(MEMBERS, cv=3, stack_method="predict"), lambda rng: classes(rng, "int"))
add("stacking-regressor", lambda: en.StackingRegressor(REGRESSORS, passthrough=True, cv=3), regression)
add("forest-frame", lambda: en.RandomForestClassifier(**SMALL), lambda rng: _frame_of_numbers(rng, codes=True))


def _no_target(data):
    data.y = None
    return data


def _coded(rng):
    data = classes(rng, "str", n=3, nan=True)
    for x in (data.x, *data.ask.values()):
        x[:, 2] = abs(x[:, 2]) % 5
        x[:, 5] = (abs(x[:, 5]) * 3 % 11).round()
    return data


def _frame_of_numbers(rng, codes=False):
    data = frame(rng, missing=not codes)
    keep = ["amount", "age", "size", "member", "score é"]
    change = (lambda x: x[keep].assign(size=x["size"].cat.codes)) if codes else (lambda x: x[keep])
    data.x = change(data.x)
    data.ask = {name: change(x) for name, x in data.ask.items()}
    return data
