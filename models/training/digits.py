"""digits_mlp: a small neural network, 64 pixels in, ten probabilities out."""

import numpy as np
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

from common import MODELS, SEED, classification_metrics, metadata, save_onnx, save_python, write_json, write_samples

STEM = "digits_mlp_v1_20240210"
ROWS_NOTE = "nine digits, then a blank and a full image, negatives, noise and a far too bright one"


def sample_rows(rows: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(SEED).integers(0, 17, 64)
    odd = np.array([np.zeros(64), np.full(64, 16.0), np.full(64, -3.0), noise, rows[0] * 50], np.float64)
    return np.vstack([rows[:9], odd])


def train() -> dict:
    data = load_digits()
    train_x, test_x, train_y, test_y = train_test_split(
        data.data, data.target, test_size=0.25, random_state=SEED, stratify=data.target
    )
    model = MLPClassifier(hidden_layer_sizes=(32,), max_iter=300, random_state=SEED).fit(train_x, train_y)
    python = save_python(model, f"trained/{STEM}.pkl")
    onnx = save_onnx(model, f"trained/{STEM}.onnx", [("X", FloatTensorType([None, 64]))], {"zipmap": False})
    record = metadata(
        onnx, [python],
        name="digits_mlp", version="1.0.0", algorithm="Multi-layer Perceptron",
        description="Handwritten digit in an 8x8 image with 17 shades",
        created_at="2024-02-10T00:00:00Z", trained_on="Optical Recognition of Handwritten Digits",
        features=list(data.feature_names), target="digit", classes=model.classes_.tolist(),
        metrics=classification_metrics(test_y, model.predict(test_x), average="macro"),
    )
    write_json(MODELS / f"metadata/{STEM}.json", record)
    write_samples(STEM, model, sample_rows(test_x), ("predict", "predict_proba"), ROWS_NOTE, python, onnx)
    return record
