"""fraud_detector: two versions with the same inputs, one ONNX input per column."""

import numpy as np
import pandas as pd
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from common import SEED, MODELS, classification_metrics, metadata, save_onnx, save_python, write_json, write_samples

FEATURES = ["amount", "merchant_category", "time_of_day", "account_age_days", "transactions_last_24h"]
CATEGORIES = ["café", "electronics", "gaming", "grocery", "travel"]
NUMERIC = [name for name in FEATURES if name != "merchant_category"]
TARGET = "is_fraud"


def fraud_dataset(size: int = 6000) -> pd.DataFrame:
    """SYNTHETIC data, drawn from a random generator: no real transaction is behind any row.

    It is only shaped like fraud. Fraud is rare, likelier for large amounts at night, for new accounts, for some
    categories and for bursts of transactions, and the last two act together, which a linear model cannot learn.
    Numbers are rounded to float32, the type that the ONNX graph takes.
    """
    rng = np.random.default_rng(SEED)
    frame = pd.DataFrame({
        "amount": rng.lognormal(3.5, 1.1, size).round(2),
        "merchant_category": rng.choice(CATEGORIES, size, p=[0.2, 0.2, 0.1, 0.35, 0.15]),
        "time_of_day": rng.uniform(0, 24, size).round(2),
        "account_age_days": rng.gamma(1.5, 400, size).round(),
        "transactions_last_24h": rng.poisson(2, size) + rng.binomial(1, 0.05, size) * rng.poisson(9, size),
    }).astype({name: np.float32 for name in NUMERIC}).astype({name: np.float64 for name in NUMERIC})
    night = (frame["time_of_day"] < 6) | (frame["time_of_day"] > 22)
    risky = frame["merchant_category"].isin(["electronics", "gaming"])
    burst = frame["transactions_last_24h"] > 6
    score = 3 * (
        -5.2 + 0.9 * np.log1p(frame["amount"]) + 1.2 * night + 0.8 * risky + 1.0 * burst
        + 3.0 * (risky & burst) - 0.002 * frame["account_age_days"]
    )
    frame[TARGET] = (rng.uniform(size=size) < 1 / (1 + np.exp(-score))).astype(np.int64)
    return frame


def pipeline(numeric, classifier) -> Pipeline:
    columns = ColumnTransformer([
        ("numeric", numeric, NUMERIC),
        ("category", OneHotEncoder(handle_unknown="ignore"), ["merchant_category"]),
    ])
    return Pipeline([("columns", columns), ("classifier", classifier)])


# Trees need no scaling; without it a threshold is compared with the very number that the caller gave.
VERSIONS = [
    {
        "stem": "fraud_detector_v1_20240101", "extension": "pkl", "version": "1.0.0", "created_at": "2024-01-01T00:00:00Z",
        "algorithm": "Logistic Regression",
        "model": lambda: pipeline(StandardScaler(), LogisticRegression(random_state=SEED)),
    },
    {
        "stem": "fraud_detector_v2_20240301", "extension": "joblib", "version": "2.0.0", "created_at": "2024-03-01T00:00:00Z",
        "algorithm": "Gradient Boosting",
        "model": lambda: pipeline("passthrough", GradientBoostingClassifier(n_estimators=40, max_depth=3, random_state=SEED)),
    },
]

ROWS_NOTE = "ordinary rows, unknown and odd text, zeros, extremes; for trees also both sides of two split thresholds"
HARD_ROWS = [
    [12.5, "grocery", 13.25, 900, 2],
    [950, "electronics", 3.5, 20, 9],
    [80, "gaming", 23, 4, 14],
    [45.75, "travel", 18.5, 2500, 1],
    [30, "café", 9, 365, 3],
    [30, "cafe", 9, 365, 3],
    [30, "café ", 9, 365, 3],
    [30, "Grocery", 9, 365, 3],
    [30, "", 9, 365, 3],
    [30, "宝石店", 9, 365, 3],
    [30, "💎", 9, 365, 3],
    [0, "grocery", 0, 0, 0],
    [-20, "travel", 12, 100, 1],
    [1e6, "electronics", 23.5, 1, 60],
    [0.0078125, "gaming", 24, 20000, 0],
    [1e9, "unknown", -1, -5, 1000],
]


def sample_rows(model: Pipeline) -> pd.DataFrame:
    """The hard rows, and for trees one row on each side of two thresholds (float32, as trees compare)."""
    rows = [list(row) for row in HARD_ROWS]
    classifier = model.named_steps["classifier"]
    if hasattr(classifier, "estimators_"):
        for tree in (classifier.estimators_[i, 0].tree_ for i in (0, 3)):
            column = NUMERIC.index("amount")
            node = int(np.flatnonzero(tree.feature == column)[0])
            below = np.float32(tree.threshold[node])
            if below > tree.threshold[node]:
                below = np.nextafter(below, np.float32(-np.inf))
            for amount in (below, np.nextafter(below, np.float32(np.inf))):
                rows.append([float(amount), "electronics", 3.5, 20, 9])
    frame = pd.DataFrame(rows, columns=FEATURES)
    return frame.astype({name: np.float64 for name in NUMERIC})


def train() -> list[dict]:
    data = fraud_dataset()
    train_rows, test_rows = train_test_split(data, test_size=0.25, random_state=SEED, stratify=data[TARGET])
    inputs = [(n, StringTensorType([None, 1]) if n == "merchant_category" else FloatTensorType([None, 1])) for n in FEATURES]
    published = []
    for version in VERSIONS:
        stem = version["stem"]
        model = version["model"]().fit(train_rows[FEATURES], train_rows[TARGET])
        python = save_python(model, f"trained/{stem}.{version['extension']}")
        onnx = save_onnx(model, f"trained/{stem}.onnx", inputs, {"zipmap": False})
        record = metadata(
            onnx, [python],
            name="fraud_detector", version=version["version"], algorithm=version["algorithm"],
            description="Credit card fraud detection model, trained on synthetic data",
            created_at=version["created_at"], trained_on="fraud_dataset_v1 (synthetic)",
            features=FEATURES, target=TARGET, classes=model.classes_.tolist(),
            metrics=classification_metrics(test_rows[TARGET], model.predict(test_rows[FEATURES])),
        )
        write_json(MODELS / f"metadata/{stem}.json", record)
        write_samples(stem, model, sample_rows(model), ("predict", "predict_proba"), ROWS_NOTE, python, onnx)
        published.append(record)
    return published
