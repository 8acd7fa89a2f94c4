"""FastAPI in front of scikit-learn, as its tutorial does it: uvicorn fastapi_app:app. The model is MODEL."""

import os

import joblib
import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel

model = joblib.load(os.environ["MODEL"])
if hasattr(model, "n_jobs"):
    model.n_jobs = 1
app = FastAPI()


class Rows(BaseModel):
    rows: list[list[float]]


@app.post("/predict")
def predict(body: Rows):
    return {"predictions": model.predict(np.asarray(body.rows)).tolist()}
