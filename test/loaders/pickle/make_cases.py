"""Writes the files of test/fixtures/pickle with scikit-learn 1.9.1:

    .cache/reference-1.9.1/bin/python test/loaders/pickle/make_cases.py
"""
import pickle
import sys
import types
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import Bunch, all_estimators

warnings.filterwarnings("ignore")
OUT = Path(__file__).parents[2] / "fixtures" / "pickle"
OUT.mkdir(parents=True, exist_ok=True)
rng = np.random.RandomState(0)
X = pd.DataFrame(np.round(rng.normal(size=(30, 2)), 2), columns=["a", "b"])
Y = np.where(X["a"] > 0, "yes", "no")


def project_class(module, name, **members):
    """A class that files name by a module which nobody else has."""
    found = sys.modules.setdefault(module, types.ModuleType(module))
    made = type(name, (TransformerMixin, BaseEstimator), {"__module__": module, **members})
    setattr(found, name, made)
    return made


def keep(self, x, y=None):
    if hasattr(x, "columns"):
        self.feature_names_in_ = np.array(x.columns, dtype=object)
    self.low_, self.high_ = np.percentile(x, [5, 95], axis=0)
    return self


Clip = project_class("shop.features", "Clip", fit=keep, transform=lambda self, x: np.clip(x, self.low_, self.high_))
Ratio = project_class("shop.features", "Ratio", fit=lambda self, x, y=None: self, transform=lambda self, x: x)


def scorer(model, x, y):
    return model.score(x, y)


scorer.__module__ = "shop.scores"
scorer.__qualname__ = scorer.__name__ = "profit"
sys.modules["shop.scores"] = types.ModuleType("shop.scores")
sys.modules["shop.scores"].profit = scorer
sys.modules["shop"] = types.ModuleType("shop")

model = LogisticRegression().fit(X, Y)
scaler = StandardScaler().fit(X)
other = LinearRegression().fit(X, X["a"])
laughs = ["ha"]
for _ in range(40):
    laughs = [laughs, laughs]
circle = [1]
circle.append(circle)
unfitted = {}
for name, cls in all_estimators():
    try:
        unfitted[name] = cls()
    except TypeError:
        pass

CASES = {
    "bundle": {"model": model, "scaler": scaler, "features": ["a", "b"], "threshold": 0.5, "same": model},
    "several": {"models": {"yes": model, "size": [other, scaler]}, "made": "2024"},
    "tuple": (scaler, ["a", "b"]),
    "bunch": Bunch(model=model, note="n"),
    "clip": make_pipeline(Clip(), LogisticRegression()).fit(X, Y),
    "unknown": make_pipeline(FeatureUnion([("r", Ratio()), ("c", Clip())]), Ratio(), LogisticRegression()).fit(X.to_numpy(), Y),
    "half_unknown": {"model": model, "clip": Clip().fit(X)},
    "search": GridSearchCV(LogisticRegression(), {"C": [1.0]}, scoring=scorer, cv=2).fit(X, Y),
    "unfitted": unfitted,
    "never_fitted": make_pipeline(StandardScaler(), LogisticRegression()),
    "laughs": laughs,
    "laughing_models": {"model": model, "laughs": laughs},
    "circle": circle,
    "kmeans": KMeans(2, n_init=1, random_state=0).fit(X),
}
for name, value in CASES.items():
    (OUT / f"{name}.pkl").write_bytes(pickle.dumps(value, protocol=4))
print({path.name: path.stat().st_size for path in OUT.iterdir()})
