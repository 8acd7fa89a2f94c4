"""What the models are trained on and asked: numbers, data frames and texts, made anew from each seed."""

import numpy as np
import pandas as pd

ROWS = 140
WIDTH = 6


class Data:
    """`fit(estimator)` trains; `ask` are the rows to predict, a dictionary of name to array, frame or list."""

    def __init__(self, x, y, ask, **fit):
        self.x, self.y, self.ask, self.fit_options = x, y, ask, fit

    def fit(self, estimator):
        return estimator.fit(self.x, **self.fit_options) if self.y is None else estimator.fit(self.x, self.y, **self.fit_options)


LABELS = {
    "int": lambda c: c,
    "negative": lambda c: np.array([-7, 0, 3])[c],
    "plusminus": lambda c: np.where(c > 0, 1, -1),
    "str": lambda c: np.array(["ä b", "", "z~日本"])[c],
    "object": lambda c: np.array(["no", "yes", "perhaps"], dtype=object)[c],
    "bool": lambda c: c > 0,
    "float": lambda c: np.array([-1.0, 2.0, 5.0])[c],
    "int8": lambda c: c.astype(np.int8),
    "uint8": lambda c: (c + 200).astype(np.uint8),
    "big": lambda c: np.array([2**60 + 1, 2**60 + 3, -(2**61) - 1])[c],
}


def numbers(rng, rows=ROWS, width=WIDTH):
    """Columns of very different size, one of few whole values, one with many zeros, one constant-like."""
    x = rng.normal(size=(rows, width))
    x[:, 1] *= 100
    x[:, 2] = np.round(x[:, 2] * 2)
    x[:, 3] = np.where(x[:, 3] < 0, 0, x[:, 3] * 1e-3)
    return x


def ask_numbers(rng, x, *, nan=False, inf=False, huge=1e9):
    """Rows of the same kind, of the training set, all zero, far outside, rounded to float32, and one ulp beside that."""
    one = x[:3].copy()
    rounded = x[3:6].astype(np.float32).astype(np.float64)
    rows = [x[:4], rng.normal(size=(6, x.shape[1])), np.zeros((1, x.shape[1])), -np.zeros((1, x.shape[1])), one * 1e-300]
    rows += [rounded, np.nextafter(rounded, np.inf), np.nextafter(rounded, -np.inf), np.full((1, x.shape[1]), -huge), one * huge]
    hard = np.vstack(rows)
    ask = {"hard": hard, "many": numbers(rng, 200, x.shape[1]), "float32": hard[:10].astype(np.float32)}
    if nan:
        missing = x[:6] * 1.25 + 0.125
        missing[rng.random(missing.shape) < 0.4] = np.nan
        missing[0] = np.nan
        ask["nan"] = missing
    if inf:
        endless = x[:4].copy()
        endless[0, 0], endless[1, 1], endless[2], endless[3, 2] = np.inf, -np.inf, np.inf, -np.inf
        ask["inf"] = endless
    return ask


def regression(rng, *, outputs=1, weight=False, positive=False, nan=False, inf=False, sparse=False, float32=False, huge=1e9, y32=False):
    x = numbers(rng)
    y = x @ rng.normal(size=(x.shape[1], outputs)) + np.sin(3 * x[:, :1]) + rng.normal(size=(ROWS, outputs)) * 0.3
    y = y[:, 0] if outputs == 1 else y
    if positive:
        y = np.exp(np.clip(y / 50, -3, 3))
    return _numeric(rng, x, y.astype(np.float32) if y32 else y, weight, nan, inf, sparse, float32, huge)


def classes(rng, kind="int", *, n=2, weight=False, nan=False, inf=False, sparse=False, float32=False, huge=1e9, outputs=1, counts=False):
    x = np.floor(np.abs(numbers(rng))) if counts else numbers(rng)
    scores = x @ (rng.normal(size=(x.shape[1], n, outputs)).transpose(2, 0, 1) / [[[1], [100], [1], [1e-3], [1], [1]]])
    label = (scores + rng.gumbel(size=scores.shape) * 0.5).argmax(axis=2).T
    label[:n] = np.arange(n)[:, None]
    y = LABELS[kind](label)
    return _numeric(rng, x, y[:, 0] if outputs == 1 else y, weight, nan, inf, sparse, float32, huge)


def multilabel(rng):
    x = numbers(rng)
    y = (x[:, :3] / [1, 100, 2] + rng.normal(size=(ROWS, 3)) * 0.4 > 0.2).astype(int)
    return _numeric(rng, x, y, False, False, False, False, False, 1e9)


def plain(rng, **options):
    """Numbers without a target, for transformers."""
    made = regression(rng, **options)
    made.y = None
    return made


def counts(rng, n=3, kind="int"):
    """Whole numbers from zero, as word counts are."""
    made = classes(rng, kind, n=n, counts=True)
    made.ask = {"hard": np.abs(np.floor(made.ask["hard"][:14])), "many": np.abs(np.floor(made.ask["many"]))}
    return made


def _numeric(rng, x, y, weight, nan, inf, sparse, float32, huge):
    ask = ask_numbers(rng, x, nan=nan, inf=inf, huge=huge)
    x = x.copy()
    if nan:
        x[20:][rng.random((ROWS - 20, x.shape[1])) < 0.08] = np.nan
    if float32:
        x = x.astype(np.float32)
    if sparse:
        from scipy.sparse import csc_matrix, csr_matrix

        x = (csr_matrix if sparse == "csr" else csc_matrix)(x)
    return Data(x, y, ask, **({"sample_weight": rng.random(ROWS) * 2} if weight else {}))


CITIES = ["Köln", "Łódź", "東京", "New York", "rare"]


def frame(rng, *, n=2, target="int", missing=True, unknown=True):
    """Numbers, whole numbers, text, bool and category columns; rows with missing and never seen values."""

    def rows(count, extra):
        city = rng.choice(CITIES + (["Atlantis"] if extra else []), count).astype(object)
        made = pd.DataFrame(
            {
                "amount": np.exp(rng.normal(size=count) * 2),
                "age": rng.integers(18, 90, count),
                "city": city,
                "size": pd.Categorical(rng.choice(["S", "M", "L"], count), categories=["S", "M", "L"]),
                "member": rng.random(count) < 0.5,
                "score é": rng.normal(size=count),
            }
        )
        if missing:
            made.loc[rng.random(count) < 0.1, "amount"] = np.nan
            made.loc[rng.random(count) < 0.1, "score é"] = np.nan
            made.loc[rng.random(count) < 0.1, "city"] = np.nan
        return made

    x = rows(ROWS, False)
    label = np.clip((x["age"] > 50).astype(int) + (rng.random(ROWS) < 0.3), 0, n - 1).to_numpy()
    y = LABELS[target](label) if target != "number" else x["age"].to_numpy() * 0.5 + rng.normal(size=ROWS)
    return Data(x, y, {"rows": rows(20, unknown), "seen": x.iloc[:5].reset_index(drop=True)})


def categories(rng, kind="str", *, nan=False, unknown=False, with_target=None):
    """A matrix of categories: text, whole numbers, fractions, or object with both."""
    pools = {
        "str": [["b", "a", "ü", ""], ["x", "y", "Z"]],
        "int": [[5, -3, 0, 12], [7, 1, 3]],
        "float": [[0.5, -1.25, 3.0, 1e10], [2.0, 4.0, 1.0]],
        "bool": [[True, False], [False, True]],
    }[kind]
    others = {"str": "never", "int": 99, "float": 0.1, "bool": True}[kind]
    dtype = object if kind == "str" else None

    def rows(count, extra):
        columns = [np.array(pool, dtype=dtype)[np.minimum(rng.integers(0, len(pool), count), rng.integers(0, len(pool), count))] for pool in pools]
        made = np.column_stack(columns)
        if nan and kind != "int" and kind != "bool":
            made[rng.random(made.shape) < 0.1] = np.nan
        if extra:
            made[-3:, 0] = others
            made[-2:, 1] = others
        return made

    x = rows(ROWS, False)
    y = None if with_target is None else LABELS[with_target](rng.integers(0, 2 if with_target != "str" else 3, ROWS))
    if with_target == "number":
        y = rng.normal(size=ROWS)
    return Data(x, y, {"rows": rows(24, unknown), "seen": x[:4]})


LABELS["number"] = lambda c: c * 1.5

WORDS = "good bad GREAT terrible café naïve 東京 ok, I don't know; it's x1 2024 the a and of Straße ﬁne É ß İ".split()


def texts(rng, n=2, kind="str"):
    def some(count):
        return [" ".join(rng.choice(WORDS, rng.integers(0, 12))) for _ in range(count)]

    x = some(ROWS)
    good = np.array([("good" in text or "GREAT" in text) + ("café" in text) * (n > 2) for text in x]).astype(int)
    hard = ["", " ", "never seen words", "\n\ttab\u00a0nbsp\u2028line", "ÄÖÜ äöü ẞ", "e\u0301 combining", "👍🏽 emoji 👨‍👩‍👧", "a", "GOOD good Good", "x" * 300, "foo_bar-baz 3.14", "İstanbul ΣΑΣ"]
    return Data(x, LABELS[kind](np.clip(good, 0, n - 1)), {"hard": hard + some(10), "one": ["good café"]})
