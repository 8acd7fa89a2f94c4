"""Values as JSON that keeps what JSON has no word for: see `decode` in run.mjs, its other half."""

import math

import numpy as np
import pandas as pd
import scipy.sparse

# Integers beyond this are no exact JavaScript numbers.
SAFE = 2**53


def encode(value):
    """Nested lists of plain values: `~nan`, `~inf`, `~-inf` and `~i:DIGITS` as text, other text that begins with ~ doubled."""
    if scipy.sparse.issparse(value):
        value = value.toarray()
    if isinstance(value, (pd.DataFrame, pd.Series)):
        value = value.to_numpy()
    if isinstance(value, np.ndarray):
        return [encode(item) for item in value] if value.ndim > 0 else encode(value.item())
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if value is None:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value) if abs(int(value)) < SAFE else f"~i:{int(value)}"
    if isinstance(value, (float, np.floating)):
        number = float(value)
        if math.isnan(number):
            return "~nan"
        return number if math.isfinite(number) else ("~inf" if number > 0 else "~-inf")
    if isinstance(value, str):
        return f"~{value}" if value.startswith("~") else str(value)
    raise TypeError(f"{type(value)} has no JSON form here")
