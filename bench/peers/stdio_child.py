"""A Python process that stays: a line of JSON rows in, a line of predictions out."""

import json
import sys

import joblib
import numpy as np

model = joblib.load(sys.argv[1])
if hasattr(model, "n_jobs"):
    model.n_jobs = 1
print("ready", flush=True)
for line in sys.stdin:
    print(json.dumps(model.predict(np.asarray(json.loads(line))).tolist()), flush=True)
