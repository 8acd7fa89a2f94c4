"""Frames of text, numbers and categories, with the rows that are hard: never seen, missing as NaN and as None, not ASCII."""

import numpy as np
import pandas as pd

from data import Data

CITIES = ["Köln", "Łódź", "東京", "", "New York", "rare"]


def mixed(rng, *, missing=True, unknown=True, target="binary", never="Atlantis", rows=160, ask_missing=True, none=True, shuffle=True):
    """Text (with missing values), few whole numbers, fractions, a category column, bools as objects."""

    def some(count, extra, gaps, nothing):
        city = rng.choice(CITIES, count, p=[0.3, 0.25, 0.2, 0.1, 0.1, 0.05]).astype(object)
        made = pd.DataFrame(
            {
                "score": rng.normal(size=count) * 10,
                "city": city,
                "grade": rng.integers(0, 4, count),
                "größe": pd.Categorical(rng.choice(["S", "M", "L"], count), categories=["S", "M", "L"]),
                "shop": rng.choice(["a", "b"], count).astype(object),
                "amount": np.exp(rng.normal(size=count)),
            }
        )
        if extra:
            made.loc[made.index[-3:], "city"] = never
            made.loc[made.index[-2:], "shop"] = "c"
            made.loc[made.index[-1:], "grade"] = 9
        if gaps:
            made.loc[rng.random(count) < 0.12, "city"] = np.nan
        if nothing:
            made["city"] = made["city"].astype(object)
            made.loc[made.index[:2], "city"] = None
        return made

    x = some(rows, False, missing, missing and none)
    score = (x["grade"] > 1).astype(int) + (rng.random(rows) < 0.3) + (x["city"] == "Köln")
    y = (score > 1).astype(int) if target == "binary" else score * 1.5 + rng.normal(size=rows)
    if target == "multi":
        y = score.clip(0, 2).astype(int)
    ask = {"seen": x.iloc[:8].reset_index(drop=True), "rows": some(24, unknown, False, False), "plain": some(5, False, False, False)}
    if ask_missing:
        ask["missing"] = some(12, False, True, none)
        ask["never-and-missing"] = some(12, unknown, True, none)
    return Data(x, pd.Series(np.asarray(y), name="y"), ask)


def numeric(rng, *, gaps=False, positive=True, ask_gaps=True, target="binary"):
    """Numbers: positive, between 0 and 1, whole, of both signs."""

    def some(count, holes):
        made = pd.DataFrame(
            {
                "amount": np.exp(rng.normal(size=count)),
                "share": rng.random(count),
                "count ü": rng.integers(1, 9, count),
                "change": rng.normal(size=count) * 3 if not positive else np.abs(rng.normal(size=count) * 3) + 0.01,
            }
        )
        if holes:
            for name in ("amount", "change"):
                made.loc[rng.random(count) < 0.15, name] = np.nan
        return made

    x = some(150, gaps)
    y = (x["count ü"] + rng.normal(size=len(x)) > 4).astype(int) if target == "binary" else x["count ü"] * 2.0 + rng.normal(size=len(x))
    far = some(8, False)
    far["amount"] *= 1000
    far["change"] = far["change"] * -50
    ask = {"seen": x.iloc[:6].reset_index(drop=True), "rows": some(20, False), "far": far, "one": some(1, False)}
    if ask_gaps:
        ask["gaps"] = some(12, True)
    zero = some(3, False)
    zero.loc[0, "amount"] = 0.0
    ask["zero"] = zero
    return Data(x, pd.Series(np.asarray(y), name="y"), ask)


def array(rng):
    """Text as an array without names."""
    x = np.column_stack([rng.choice(["a", "b", "ü", ""], 90), rng.choice(["x", "y"], 90)]).astype(object)
    other = x[:10].copy()
    other[0, 0], other[1, 1] = "never", "never"
    return Data(x, (rng.random(90) < 0.4).astype(int), {"seen": x[:5], "rows": other})
