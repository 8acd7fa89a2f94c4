"""Makes the models of test/sidecar/files: `python make_models.py` with the packages of locks/sklearn-1.9.1.txt."""

import json
import pathlib
import pickle

import joblib
import numpy
import pandas
from sklearn.compose import ColumnTransformer
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import SGDOneClassSVM
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsTransformer, NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

FOLDER = pathlib.Path(__file__).parent / "files"
random = numpy.random.RandomState(0)
X = random.randn(60, 3).astype(numpy.float32)
y = (X[:, 0] + 0.3 * random.randn(60) > 0).astype(int)


def save(name, model):
    with open(FOLDER / f"{name}.pkl", "wb") as file:
        pickle.dump(model, file)


def one_class(*before):
    """Its choice of columns has no native way: what the columns count for is not read from this attribute."""
    choice = SelectFromModel(GaussianNB(), importance_getter="theta_", threshold=0.0)
    return make_pipeline(*before, choice, SGDOneClassSVM(random_state=0))


save("one_class", one_class().fit(X, y))
save("scaled_one_class", one_class(StandardScaler()).fit(X, y))
joblib.dump(one_class().fit(X, y), FOLDER / "one_class.joblib", compress=3)
names = pandas.DataFrame(X, columns=["a", "b", "gr\u00f6\u00dfe"])
save("named", one_class().fit(names, y))
mixed = pandas.DataFrame({"size": X[:, 0], "kind": ["ä" if v > 0 else "b" for v in X[:, 1]], "age": X[:, 2]})
encode = ColumnTransformer(
    [("n", StandardScaler(), ["size", "age"]), ("t", OneHotEncoder(handle_unknown="ignore"), ["kind"])]
)
save("mixed", one_class(encode).fit(mixed, y))
# No converter takes these.
save("neighbors", NearestNeighbors().fit(X))
# Converted wrongly without an error: computed natively in reality, here for the sidecar's own tests.
save("lda", LinearDiscriminantAnalysis().fit(X, y))
gaps = X.copy()
gaps[random.rand(*gaps.shape) < 0.2] = numpy.nan
save("tree_with_gaps", DecisionTreeClassifier(max_depth=4, random_state=0).fit(gaps, y))
save("neighbors_graph", KNeighborsTransformer(n_neighbors=2).fit(X))

# One row of each kind: usual, far, beside zero.
rows = [[0.0, 0.0, 0.0], [5.0, 5.0, 5.0], [-5.0, 0.25, 1.0], [1e4, -1e4, 0.5], [1e-7, -1e-7, 0.0]]
expected = {}
for name in ("one_class", "scaled_one_class"):
    with open(FOLDER / f"{name}.pkl", "rb") as file:
        model = pickle.load(file)
    answers = {method: getattr(model, method)(rows).tolist() for method in ("predict", "decision_function")}
    expected[name] = {"rows": rows, **answers}
with open(FOLDER / "mixed.pkl", "rb") as file:
    model = pickle.load(file)
rows = [["ä", 1.0, 0.5], ["b", -1.0, 2.0], ["no such", 0.0, 0.0], ["", 3.0, -3.0]]
frame = pandas.DataFrame({"kind": [r[0] for r in rows], "size": [r[1] for r in rows], "age": [r[2] for r in rows]})
records = frame.to_dict("records")
expected["mixed"] = {"rows": records, "predict": model.predict(frame[["size", "kind", "age"]]).tolist()}
(FOLDER / "expected.json").write_text(json.dumps(expected) + "\n")
