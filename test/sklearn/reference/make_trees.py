"""Makes test/fixtures/sklearn/trees: python test/sklearn/reference/make_trees.py [DIRECTORY]

Needs scikit-learn 1.7.2 and pandas. Small fitted tree models as pickles, and beside each what Python says of hard
rows: exactly on thresholds, one float64 or float32 step beside them, missing, infinite, huge, unknown categories.
NaN and infinities are text in the JSON. `raises` are rows that Python refuses.
"""

import json
import pickle
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn import ensemble as en
from sklearn import tree as tr
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier

assert sklearn.__version__ == "1.7.2", sklearn.__version__
OUT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2] / "fixtures/sklearn/trees")
OUT.mkdir(parents=True, exist_ok=True)
METHODS = ["predict", "predict_proba", "predict_log_proba", "decision_function", "transform", "score_samples", "apply"]
rng = np.random.default_rng(7)

N, F = 90, 5
X = np.round(rng.normal(size=(N, F)), 1)
X[:, 1] = rng.integers(-4, 5, N)
X[:, 4] = rng.normal(size=N) * 1e4
SCORE = X[:, 0] + 0.5 * X[:, 1] - X[:, 2] * X[:, 3] + rng.normal(size=N) * 0.4
Y2 = (SCORE > 0).astype(int)
Y3 = np.digitize(SCORE, [-1.0, 1.0])
WORDS = np.array(["low", "mid", "high"])[Y3]
TARGET = SCORE * 3 + 1
XN = X.copy()
XN[rng.random((N, F)) < 0.15] = np.nan


def plain(value):
    """Nested lists in which numbers that JSON lacks are text."""
    if hasattr(value, "toarray"):
        value = value.toarray()
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not np.isfinite(value):
        return "NaN" if np.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def thresholds(model):
    """Every (feature, threshold) of the trees inside a model."""
    found = []
    stack = [model]
    while stack:
        item = stack.pop()
        if hasattr(item, "tree_"):
            t = item.tree_
            found += [(int(f), float(v)) for f, v in zip(t.feature, t.threshold) if f >= 0]
        elif hasattr(item, "nodes") and hasattr(item, "raw_left_cat_bitsets"):
            for node in item.nodes:
                if not node["is_leaf"] and not node["is_categorical"]:
                    found.append((int(node["feature_idx"]), float(node["num_threshold"])))
        else:
            children = getattr(item, "_predictors", None)
            children = getattr(item, "estimators_", None) if children is None else children
            children = item if isinstance(item, (list, np.ndarray)) else children
            stack += [] if children is None else list(children)
    return found


def hard_rows(model, x, missing, infinite):
    rows = [x[i].copy() for i in range(6)]
    ties = [(f, t) for f, t in thresholds(model) if f < F and np.isfinite(t)]
    for k in rng.permutation(len(ties))[:4]:
        feature, at = ties[k]
        f32 = np.float32(at)
        for value in (at, np.nextafter(at, np.inf), float(f32), float(np.nextafter(f32, np.float32(np.inf))),
                      float(np.nextafter(f32, np.float32(-np.inf)))):
            row = x[rng.integers(N)].copy()
            row[np.isnan(row)] = 0.5
            row[feature] = value
            rows.append(row)
    rows.append(np.full(F, 0.0))
    rows.append(np.full(F, 16777217.0))
    rows.append(np.full(F, -1e30))
    if missing:
        rows += [np.full(F, np.nan), np.where(np.arange(F) % 2 == 0, np.nan, 1.0)]
    if infinite:
        rows += [np.full(F, np.inf), np.where(np.arange(F) % 2 == 0, -np.inf, 1e300)]
    return np.array(rows)


def save(name, model, rows, refused=()):
    expected = {}
    for method in METHODS:
        if not hasattr(model, method):
            continue
        try:
            value = getattr(model, method)(rows)
        except AttributeError:
            continue
        if method == "apply" and np.asarray(value).ndim == 3:
            value = np.asarray(value).reshape(len(rows), -1)
        expected[method] = plain(value)
    raises = []
    for row in refused:
        try:
            getattr(model, "predict", getattr(model, "transform", None))(np.array([row]))
        except ValueError:
            raises.append(plain(row))
        else:
            raise AssertionError(f"{name} takes {row}")
    frame = isinstance(rows, pd.DataFrame)
    record = {
        "class": f"{type(model).__module__}.{type(model).__name__}",
        "sklearn": sklearn.__version__,
        "input": {"columns": list(rows.columns), "data": plain(rows.astype(object).to_numpy())} if frame else plain(rows),
        "expected": expected,
        "raises": raises,
    }
    (OUT / f"{name}.pkl").write_bytes(pickle.dumps(model, protocol=4))
    (OUT / f"{name}.json").write_text(json.dumps(record, allow_nan=False) + "\n")


NAN = [1.0, np.nan, 1.0, 1.0, 1.0]
INF = [1.0, 1.0, -np.inf, 1.0, 1.0]
HUGE = [1.0, 1.0, 1.0, 1e39, 1.0]


def numeric(name, model, x, y, missing=False, infinite=False, refused=(), **fit):
    model.fit(x, y, **fit)
    save(name, model, hard_rows(model, x, missing, infinite), refused)


two = np.column_stack([Y2, Y3])
two_words = np.column_stack([np.where(Y2 == 1, "yes", "no"), WORDS])
two_targets = np.column_stack([TARGET, SCORE**2])
weight = rng.random(N) + 0.1
small = {"random_state": 0, "max_depth": 4}
forest = {"random_state": 0, "max_depth": 4, "n_estimators": 9}

numeric("tree_clf_weighted", tr.DecisionTreeClassifier(**small), XN, WORDS, True, False, [INF, HUGE], sample_weight=weight)
numeric("tree_clf_two_outputs", tr.DecisionTreeClassifier(**small), X, two_words, True, False, [INF])
numeric("tree_clf_one_class", tr.DecisionTreeClassifier(), X, np.zeros(N, int), True)
numeric("tree_clf_monotonic", tr.DecisionTreeClassifier(monotonic_cst=[1, 0, 0, 0, 0], **small), X, Y2, False, False, [NAN, INF])
numeric("tree_reg_two_outputs", tr.DecisionTreeRegressor(**small), XN, two_targets, True, False, [HUGE])
numeric("tree_reg_absolute", tr.DecisionTreeRegressor(criterion="absolute_error", **small), X, TARGET, False, False, [NAN])
numeric("extra_tree_clf", tr.ExtraTreeClassifier(**small), XN, Y3, True, False, [INF])
numeric("extra_tree_reg", tr.ExtraTreeRegressor(**small), X, TARGET)
numeric("forest_clf", en.RandomForestClassifier(**forest), XN, WORDS, True, False, [INF, HUGE])
numeric("forest_clf_two_outputs", en.RandomForestClassifier(**forest), X, two, True, False)
numeric("forest_reg_two_outputs", en.RandomForestRegressor(**forest), X, two_targets, True, False)
numeric("forest_clf_balanced", en.RandomForestClassifier(class_weight="balanced_subsample", **forest), X, Y3)
numeric("extra_trees_reg", en.ExtraTreesRegressor(**forest), X, TARGET, False, False, [INF])
numeric("trees_embedding", en.RandomTreesEmbedding(n_estimators=6, max_depth=3, random_state=0), X, None)
numeric("trees_embedding_dense", en.RandomTreesEmbedding(n_estimators=3, max_depth=2, sparse_output=False, random_state=0), X, None)
boost = {"random_state": 0, "n_estimators": 7, "max_depth": 2}
numeric("gb_clf_zero", en.GradientBoostingClassifier(init="zero", **boost), X, Y2, False, False, [NAN, INF, HUGE])
numeric("gb_clf_exponential", en.GradientBoostingClassifier(loss="exponential", subsample=0.7, **boost), X, WORDS == "mid")
numeric("gb_clf_multi_init", en.GradientBoostingClassifier(init=tr.DecisionTreeClassifier(max_depth=2), **boost), X, WORDS)
numeric("gb_clf_forest_init", en.GradientBoostingClassifier(init=en.RandomForestClassifier(3, max_depth=2, random_state=0), **boost), X, Y2)
numeric("gb_reg_huber_init", en.GradientBoostingRegressor(loss="huber", init=tr.DecisionTreeRegressor(max_depth=2), **boost), X, TARGET)
numeric("gb_reg_quantile", en.GradientBoostingRegressor(loss="quantile", alpha=0.3, **boost), X, TARGET, False, False, [NAN])
hist = {"random_state": 0, "max_iter": 6, "min_samples_leaf": 3, "early_stopping": False}
numeric("hist_clf", en.HistGradientBoostingClassifier(**hist), XN, Y2, True, True)
numeric("hist_clf_multi", en.HistGradientBoostingClassifier(**hist), X, WORDS, True, True)
numeric("hist_reg_poisson", en.HistGradientBoostingRegressor(loss="poisson", **hist), XN, np.abs(TARGET), True)
numeric("hist_reg_quantile", en.HistGradientBoostingRegressor(loss="quantile", quantile=0.8, **hist), X, TARGET, True, True)
numeric("hist_clf_codes", en.HistGradientBoostingClassifier(categorical_features=[1], **hist), XN, Y3, True)
numeric("ada_clf", en.AdaBoostClassifier(n_estimators=8, random_state=0), X, WORDS, False, False, [NAN, INF])
numeric("ada_clf_deep", en.AdaBoostClassifier(tr.DecisionTreeClassifier(max_depth=2), n_estimators=9, random_state=0), X, Y2)
numeric("ada_reg", en.AdaBoostRegressor(n_estimators=8, random_state=0), X, TARGET, False, False, [NAN])
numeric("bagging_clf_features", en.BaggingClassifier(tr.DecisionTreeClassifier(max_depth=4), n_estimators=7, max_features=3, bootstrap_features=True, random_state=0), XN, WORDS, True, False, [INF])
numeric("bagging_clf_votes", en.BaggingClassifier(RidgeClassifier(), n_estimators=5, random_state=0), X, Y2)
numeric("bagging_reg_two_outputs", en.BaggingRegressor(tr.DecisionTreeRegressor(max_depth=3), n_estimators=5, random_state=0), X, two_targets)
numeric("isolation_features", en.IsolationForest(n_estimators=9, max_samples=30, max_features=3, contamination=0.1, random_state=0), XN, None, True, True)
members = [("tree", tr.DecisionTreeClassifier(**small)), ("forest", en.RandomForestClassifier(**forest)), ("boost", en.GradientBoostingClassifier(**boost))]
numeric("voting_hard", en.VotingClassifier(members, weights=[1, 2, 1.5]), X, WORDS, False, False, [NAN])
numeric("voting_soft", en.VotingClassifier([*members, ("gone", "drop")], voting="soft", weights=[1, 2, 0.3, 4]), X, WORDS)
regressors = [("tree", tr.DecisionTreeRegressor(**small)), ("forest", en.ExtraTreesRegressor(**forest))]
numeric("voting_reg", en.VotingRegressor(regressors, weights=[0.4, 2]), X, TARGET)
numeric("stacking_clf", en.StackingClassifier(members, final_estimator=tr.DecisionTreeClassifier(max_depth=3), passthrough=True, cv=2), X, WORDS)
numeric("stacking_clf_binary", en.StackingClassifier(members, final_estimator=en.GradientBoostingClassifier(**boost), cv=2), X, Y2)
numeric("stacking_clf_predict", en.StackingClassifier(members, final_estimator=tr.DecisionTreeClassifier(max_depth=3), stack_method="predict", cv=2), X, Y3)
numeric("stacking_reg", en.StackingRegressor(regressors, final_estimator=tr.DecisionTreeRegressor(max_depth=4), cv=2), X, TARGET)

frame = pd.DataFrame(X, columns=list("abcde"))
frame["town"] = pd.Categorical(np.array(["Ulm", "Köln", "Rom", "Oslo"])[rng.integers(0, 4, N)])
frame["flag"] = pd.Categorical(rng.random(N) < 0.4)
frame.loc[frame.index % 9 == 0, "town"] = np.nan
model = en.HistGradientBoostingRegressor(**hist).fit(frame, TARGET + (frame["town"] == "Rom") * 4)
rows = frame.head(12).astype({"town": object, "flag": object})
rows.loc[0, "town"] = "Nowhere"
rows.loc[1, "town"] = np.nan
rows.loc[2, "flag"] = np.nan
save("hist_reg_frame", model, rows)
print(sum(f.stat().st_size for f in OUT.iterdir()), "bytes")
