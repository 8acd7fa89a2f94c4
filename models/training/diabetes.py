"""diabetes_regressor: a linear model behind a scaler, one matrix in, one number out."""

import numpy as np
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from common import MODELS, SEED, metadata, regression_metrics, save_onnx, save_python, write_json, write_samples

STEM = "diabetes_regressor_v1.0.0_20240201"
ROWS_NOTE = "ten patients, then zeros, negatives and values far outside of the training data"


def sample_rows(rows: np.ndarray) -> np.ndarray:
    odd = np.array([np.zeros(10), np.full(10, -1.0), np.full(10, 1e4), np.full(10, -1e4), np.geomspace(1e-6, 1e3, 10)])
    return np.vstack([rows[:10], odd]).astype(np.float32).astype(np.float64)


def train() -> dict:
    data = load_diabetes(scaled=False)
    train_x, test_x, train_y, test_y = train_test_split(data.data, data.target, test_size=0.25, random_state=SEED)
    model = make_pipeline(StandardScaler(), Ridge(alpha=5.0)).fit(train_x, train_y)
    python = save_python(model, f"trained/{STEM}.joblib")
    onnx = save_onnx(model, f"trained/{STEM}.onnx", [("X", FloatTensorType([None, data.data.shape[1]]))])
    record = metadata(
        onnx, [python],
        name="diabetes_regressor", version="1.0.0", algorithm="Ridge Regression",
        description="Progression of diabetes one year after the measurements",
        created_at="2024-02-01T00:00:00Z", trained_on="Diabetes (Efron et al. 2004), unscaled",
        features=list(data.feature_names), target="disease_progression",
        metrics=regression_metrics(test_y, model.predict(test_x)),
    )
    write_json(MODELS / f"metadata/{STEM}.json", record)
    write_samples(STEM, model, sample_rows(test_x), ("predict",), ROWS_NOTE, python, onnx)
    return record
