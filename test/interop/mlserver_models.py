"""Trains scikit-learn models, writes them for MLServer, and what Python answers for them:
`mlserver_models.py FOLDER HTTP_PORT GRPC_PORT METRICS_PORT`. Three models: integer labels of a matrix, text labels, and
a pipeline over named columns of numbers and texts."""

import json
import sys
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

folder = Path(sys.argv[1])
http_port, grpc_port, metrics_port = map(int, sys.argv[2:5])
references = []


def write(name, model, rows, outputs):
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, place / "model.joblib")
    settings = {
        "name": name,
        "implementation": "mlserver_sklearn.SKLearnModel",
        "parameters": {"uri": str(place / "model.joblib"), "version": "v1"},
    }
    (place / "model-settings.json").write_text(json.dumps(settings))
    answers = {output: getattr(model, output)(rows).tolist() for output in outputs}
    sent = rows.to_dict("records") if isinstance(rows, pd.DataFrame) else rows.tolist()
    # A row alone may differ from the same row among others in the last digit: NumPy multiplies in another order.
    one = model.predict(rows[1:2]).tolist()[0]
    references.append({"name": name, "rows": sent, "one": one, **answers})


iris = load_iris()
matrix = iris.data[::7]
forest = RandomForestClassifier(20, random_state=0).fit(iris.data, iris.target)
write("iris", forest, matrix, ["predict", "predict_proba"])
names = iris.target_names[iris.target].astype(object)
write("iris_names", LogisticRegression(max_iter=1000).fit(iris.data, names), matrix, ["predict", "predict_proba"])
diabetes = load_diabetes()
write("diabetes", LinearRegression().fit(diabetes.data, diabetes.target), diabetes.data[:100], ["predict"])
random = np.random.default_rng(0)
table = pd.DataFrame(
    {
        "amount": random.normal(100, 30, 300),
        "country": random.choice(["CH", "DE", "Österreich"], 300),
        "items": random.integers(1, 9, 300),
    }
)
fraud = (table["amount"] > 110) ^ (table["country"] == "DE")
columns = ColumnTransformer(
    [("numbers", StandardScaler(), ["amount", "items"]), ("texts", OneHotEncoder(), ["country"])]
)
pipeline = make_pipeline(columns, RandomForestClassifier(20, random_state=0)).fit(table, fraud.astype(int))
write("fraud", pipeline, table.head(40), ["predict", "predict_proba"])

server = {"http_port": http_port, "grpc_port": grpc_port, "metrics_port": metrics_port, "parallel_workers": 0}
(folder / "settings.json").write_text(json.dumps(server))
(folder / "references.json").write_text(json.dumps(references))
