"""Preprocessing artefacts: a scaler and a label encoder for the tumor data, a vectorizer for text.

The vectorizer is a pickle only. Its ONNX form needs an operating system locale that slim containers lack, and it
splits words differently once a letter is not ASCII.
"""

import numpy as np
from skl2onnx.common.data_types import FloatTensorType
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import LabelEncoder, StandardScaler

from common import MODELS, metadata, save_onnx, save_python, write_json, write_samples
from tumor import tumor_data

SENTENCES = [
    "Card was charged twice for the same order.",
    "Refund please, the parcel never arrived!",
    "The café on the corner does not accept my card.",
    "Great service, the refund came within two days.",
    "I did not make this purchase; block my card now.",
    "Delivery was late, but the driver was friendly.",
    "Someone in another country used my card at 3 a.m.",
    "Please cancel the order and send a refund.",
    "Müller & Söhne charged the wrong amount.",
    "Thanks, the order arrived today.",
]
QUERIES = [
    "My card was charged at a CAFÉ in another country",
    "refund refund refund",
    "The ORDER arrived, thanks!",
    "",
    "a b c 3",
    "nothing known: xyzzy",
    "Müller",
    "MÜLLER, Söhne",
    "cafe\u0301",  # an e with a combining accent is two characters, and another word
    "paid 120 €\tfor the\nsame order",
    "Ünïcödé 注文 заказ",
    "not-accept my_card",
]


def train() -> None:
    rows, labels, features = tumor_data()
    about = {"version": "1.0.0", "created_at": "2024-01-15T00:00:00Z", "metrics": {}}
    tumor = {**about, "trained_on": "Breast Cancer Wisconsin (Diagnostic)"}

    scaler = StandardScaler().fit(rows)
    scaler_pkl = save_python(scaler, "preprocessing/scaler.pkl")
    scaler_onnx = save_onnx(scaler, "preprocessing/scaler.onnx", [("X", FloatTensorType([None, len(features)]))])
    odd = np.array([np.zeros(30), np.full(30, -1.0), np.full(30, 1e5), scaler.mean_, rows.min(0), rows.max(0)])
    scaler_rows = np.vstack([rows[:8], odd]).astype(np.float32).astype(np.float64)
    write_samples("scaler", scaler, scaler_rows, ("transform",), "eight patients, then extremes", scaler_pkl, scaler_onnx)

    encoder = LabelEncoder().fit(labels)
    encoder_pkl = save_python(encoder, "preprocessing/encoder.pkl")
    encoder_rows = ["benign", "malignant", "malignant", "benign", "benign", "malignant"] * 2
    write_samples("encoder", encoder, encoder_rows, ("transform",), "labels", encoder_pkl)

    vectorizer = TfidfVectorizer().fit(SENTENCES)
    vectorizer._stop_words_id = 0  # an address in memory, different in every run
    vectorizer_pkl = save_python(vectorizer, "preprocessing/vectorizer.pkl")
    write_samples("vectorizer", vectorizer, QUERIES, ("transform",), "upper case, empty text, unknown words, accents, other scripts", vectorizer_pkl)

    write_json(MODELS / "metadata/model_info.json", [
        metadata(
            scaler_onnx, [scaler_pkl], **tumor,
            name="scaler", description="Scales the measurements of tumor_classifier to zero mean and unit variance",
            algorithm="Standard Scaler", features=features, target=None,
        ),
        metadata(
            encoder_pkl, [], **tumor, onnx_inputs=False,
            name="encoder", description="Turns the labels of tumor_classifier into numbers",
            algorithm="Label Encoder", features=["diagnosis"], target=None, classes=encoder.classes_.tolist(),
        ),
        metadata(
            vectorizer_pkl, [], **about, onnx_inputs=False,
            name="vectorizer", description="Turns customers' messages into weighted word counts",
            algorithm="TF-IDF", trained_on="ten sentences in preprocessing.py", features=["text"], target=None,
        ),
    ])
