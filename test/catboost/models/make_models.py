"""Makes the models in this folder: python make_models.py (catboost 1.2.10, numpy 2, pandas 2; Python 3.11).

Small ones of kinds that the shared fixtures do not have: each as .cbm, .cat.json and .pkl, with what CatBoost answers as
JSON beside it. text.cbm and embedding.cbm are there to be refused.
"""

import json
import pathlib
import pickle

import numpy as np
import pandas as pd
from catboost import CatBoost, CatBoostClassifier, CatBoostRegressor

HERE = pathlib.Path(__file__).resolve().parent
COMMON = dict(iterations=6, depth=3, verbose=0, allow_writing_files=False, thread_count=1, random_seed=0)
rng = np.random.default_rng(0)
N = 200
WORDS = ["é" * (k % 4) + "x" * k for k in (0, 1, 2, 3, 4, 7, 8, 9, 16, 17, 32, 33, 64, 65, 128, 129, 200)]
frame = pd.DataFrame({"size": rng.normal(size=N), "wörd": rng.choice(WORDS, N), "zone": rng.integers(-1, 3, N), "other": rng.normal(size=N) * 9})
numbers = frame[["size", "other"]].to_numpy()
score = frame["size"] + frame["zone"] / 2 + frame["wörd"].str.len() / 80 + rng.normal(size=N) / 4
real, binary, three = score.to_numpy(), (score > 0.5).astype(int).to_numpy(), np.digitize(score, [0, 1])
hard = [np.nan, 0.0, 1e300, -1e300]
cat_rows = [[v.item() if isinstance(v, np.generic) else v for v in row] for row in frame.head(12).itertuples(index=False)]
cat_rows += [[0.25, word, 1, -3.0] for word in WORDS + ["unseen", "日本"]] + [[value, "x", -9, value] for value in hard]
num_rows = numbers[:12].tolist() + [[value, other] for value in hard for other in (1.0, np.nan)]


def clean(value):
    if isinstance(value, (list, tuple)):
        return [clean(item) for item in value]
    return None if isinstance(value, float) and np.isnan(value) else value


def save(name, model, rows, names=None):
    for extension, format in (("cbm", "cbm"), ("cat.json", "json")):
        model.save_model(str(HERE / f"{name}.{extension}"), format=format)
    (HERE / f"{name}.pkl").write_bytes(pickle.dumps(model, protocol=4))
    predicted = np.asarray(model.predict(rows))
    if predicted.shape == (len(rows), 1):
        predicted = predicted[:, 0]
    expected = {"predict": clean(predicted.tolist())}
    if hasattr(model, "predict_proba"):
        expected["predict_proba"] = clean(np.asarray(model.predict_proba(rows)).tolist())
    raw = clean(np.asarray(CatBoost.predict(model, rows, prediction_type="RawFormulaVal")).tolist())
    given = {"columns": names, "data": clean(rows)} if names else clean(rows)
    (HERE / f"{name}.json").write_text(json.dumps({"input": given, "expected": expected, "raw": raw, "rtol": 1e-12}))


C, R = CatBoostClassifier, CatBoostRegressor
cats = dict(cat_features=["wörd", "zone"])
save("ctr-combinations", R(**{**COMMON, "iterations": 12, "depth": 5}, **cats, max_ctr_complexity=3, one_hot_max_size=5).fit(frame, real), cat_rows, list(frame))
save("ctr-types", R(**{**COMMON, "iterations": 12}, **cats, one_hot_max_size=1, simple_ctr=["Buckets:TargetBorderCount=3", "BinarizedTargetMeanValue:TargetBorderCount=3", "Counter"]).fit(frame, real), cat_rows, list(frame))
by_word = frame["wörd"].map({word: i * 7 % 5 for i, word in enumerate(WORDS)}).to_numpy()
save("onehot-words", R(**{**COMMON, "iterations": 15}, **cats, one_hot_max_size=50).fit(frame, by_word), cat_rows, list(frame))
save("lossguide-ctr", C(**COMMON, **cats, grow_policy="Lossguide", loss_function="MultiClass").fit(frame, three), cat_rows, list(frame))
save("uncertainty", R(**COMMON, loss_function="RMSEWithUncertainty").fit(numbers, real), num_rows)
save("multilabel", C(**COMMON, loss_function="MultiLogloss").fit(numbers, np.stack([binary, three > 1], 1).astype(int)), num_rows)
save("borders-600", R(**COMMON, border_count=600, nan_mode="Max").fit(np.vstack([np.where(numbers > 5, np.nan, numbers)] * 4 + [rng.normal(size=(800, 2))]), np.concatenate([real] * 4 + [rng.normal(size=800)])), num_rows)
threshold = C(**COMMON).fit(numbers, np.where(binary, "ja", "nein"))
threshold.set_probability_threshold(0.2)
save("threshold", threshold, num_rows)
text = pd.DataFrame({"words": [" ".join(rng.choice(["a", "b", "c", "d"], 5)) for _ in range(N)], "size": numbers[:, 0]})
C(**COMMON, text_features=["words"]).fit(text, binary).save_model(str(HERE / "text.cbm"))
vectors = pd.DataFrame({"vector": [list(rng.normal(size=3)) for _ in range(N)], "size": numbers[:, 0]})
C(**COMMON, embedding_features=["vector"]).fit(vectors, binary).save_model(str(HERE / "embedding.cbm"))
