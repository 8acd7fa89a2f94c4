"""tumor_classifier: two files of one version (the newer date wins), text labels, a ZipMap in the ONNX graph."""

import numpy as np
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

from common import MODELS, SEED, classification_metrics, metadata, save_onnx, save_python, write_json, write_samples

FILES = [
    {"stem": "tumor_classifier_v1_20240115", "created_at": "2024-01-15T00:00:00Z", "trees": 10, "depth": 4},
    {"stem": "tumor_classifier_v1_20240220", "created_at": "2024-02-20T00:00:00Z", "trees": 25, "depth": 6},
]

ROWS_NOTE = "six patients, four extremes, both sides of four split thresholds"


def tumor_data():
    """The Wisconsin breast cancer data that scikit-learn carries, with its labels as words."""
    data = load_breast_cancer()
    return data.data, data.target_names[data.target].astype(str), data.feature_names.tolist()


def sample_rows(model: RandomForestClassifier, rows: np.ndarray) -> np.ndarray:
    """See ROWS_NOTE; all values are exact in float32, the type that scikit-learn's trees compare."""
    picked = rows[:6].astype(np.float32)
    extremes = np.array([np.zeros(30), np.full(30, 1e6), np.full(30, -1.0), np.full(30, 3e38)], np.float32)
    ties = []
    for tree in (estimator.tree_ for estimator in model.estimators_[:4]):
        feature, threshold = tree.feature[0], tree.threshold[0]
        row = picked[len(ties) % len(picked)].copy()
        row[feature] = np.float32(threshold)
        if row[feature] > threshold:
            row[feature] = np.nextafter(row[feature], np.float32(-np.inf))
        above = row.copy()
        above[feature] = np.nextafter(row[feature], np.float32(np.inf))
        ties += [row, above]
    return np.vstack([picked, extremes, *ties]).astype(np.float64)


def train() -> list[dict]:
    rows, labels, features = tumor_data()
    train_x, test_x, train_y, test_y = train_test_split(rows, labels, test_size=0.25, random_state=SEED, stratify=labels)
    published = []
    for file in FILES:
        stem = file["stem"]
        model = RandomForestClassifier(n_estimators=file["trees"], max_depth=file["depth"], random_state=SEED)
        model.fit(train_x, train_y)
        python = save_python(model, f"trained/{stem}.pkl")
        onnx = save_onnx(model, f"trained/{stem}.onnx", [("X", FloatTensorType([None, len(features)]))])
        record = metadata(
            onnx, [python],
            name="tumor_classifier", version="1.0.0", algorithm="Random Forest",
            description=f"Benign or malignant tumor, from 30 measurements of cell nuclei ({file['trees']} trees)",
            created_at=file["created_at"], trained_on="Breast Cancer Wisconsin (Diagnostic)",
            features=features, target="diagnosis", classes=model.classes_.tolist(),
            metrics=classification_metrics(test_y, model.predict(test_x), pos_label="malignant"),
        )
        write_json(MODELS / f"metadata/{stem}.json", record)
        write_samples(stem, model, sample_rows(model, test_x), ("predict", "predict_proba"), ROWS_NOTE, python, onnx)
        published.append(record)
    return published
