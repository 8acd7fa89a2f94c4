"""Writes pandas objects as pickles, for each version that is given a virtual environment:

    uv venv --python 3.11 .cache/pandas && uv pip install --python .cache/pandas/bin/python pandas==2.3.3
    .cache/pandas/bin/python test/formats/pandas/make_frames.py

`pandas-<version>-p<protocol>.pkl` in test/fixtures/pandas: one dictionary of what the test expects by name.
"""
import datetime
import pickle
from pathlib import Path

import numpy as np
import pandas as pd

OUT = Path(__file__).parents[2] / "fixtures" / "pandas"
OUT.mkdir(parents=True, exist_ok=True)
version = tuple(int(part) for part in pd.__version__.split(".")[:2])
dates = pd.DatetimeIndex([pd.Timestamp("2024-01-31"), pd.Timestamp("2024-02-01 12:30:00.250"), pd.NaT])
frame = pd.DataFrame(
    {
        "int": [1, 2, 3],
        "float": [0.5, np.nan, 2.0],
        "text": np.array(["a", None, "c"], dtype=object),
        "bool": [True, False, True],
        "category": pd.Categorical(["x", "y", None]),
        "codes": pd.Categorical([3, 1, 3]),
        "date": dates,
        "int32": np.array([4, 5, 6], "i4"),
        "big": np.array([2**60, 1, 2]),
        "nullable": pd.array([1, None, 3], dtype="Int64"),
    }
)
frame.index = pd.Index(["r1", "r2", "r3"], name="key")
objects = {
    "frame": frame,
    "series": pd.Series([1.5, 2.0], name="weight"),
    "dates": frame["date"],
    "categories": frame["category"],
    "columns": frame.columns,
    "range": pd.RangeIndex(2, 8, 3),
    "empty": pd.DataFrame(),
    "numbered": pd.DataFrame({0: [1, 2], "x": [3, 4]}),
    "days": pd.Series([datetime.date(2024, 1, 31), datetime.datetime(2024, 1, 31, 1, 2, 3, 40)], dtype=object),
}
for protocol in (2, 4):
    (OUT / f"pandas-{pd.__version__}-p{protocol}.pkl").write_bytes(pickle.dumps(objects, protocol=protocol))
