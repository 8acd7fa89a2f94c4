"""Rows on which a wrong conversion shows: values at and beside every boundary that the model has, extremes, gaps."""

import numpy

ROWS = 160
_USUAL = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 1e-3, -1e-3, 10.0, 100.0, -100.0, 1e4, 1e-7)
_TEXTS = ("", "no such category", "\u00e4\u00f6\u00fc \u4e2d", "a")


def make(columns, model, sample):
    """One array or list per column: the caller's sample rows first, then made ones, always the same."""
    random = numpy.random.RandomState(20240229)
    pools = _pools(columns, model)
    table = []
    for i, column in enumerate(columns):
        given = [row[i] for row in sample]
        if column["kind"] == "string":
            pool = [*column["categories"], *_TEXTS]
            table.append([str(v) for v in given] + [pool[k] for k in random.randint(0, len(pool), ROWS)])
            continue
        pool = numpy.asarray(pools[i], dtype=numpy.float64)
        drawn = pool[random.randint(0, len(pool), ROWS)]
        nudge = random.choice([0.0, 0.0, 1e-3, -1e-3, 0.1, -0.1], ROWS) * numpy.maximum(numpy.abs(drawn), 1e-3)
        noise = numpy.where(random.rand(ROWS) < 0.3, random.randn(ROWS) * numpy.std(pool[:200]), 0.0)
        values = numpy.concatenate([numpy.asarray(given, dtype=numpy.float64), drawn + nudge + noise])
        # The graph takes float32: both sides must see the same number.
        table.append(values.astype(numpy.float32))
    return table


def _pools(columns, model):
    """Numbers that the model itself compares with or was fitted to, by column."""
    width = len(columns)
    pools = [list(_USUAL) for _ in columns]
    seen, waiting = set(), [model]
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, numpy.ndarray):
            if value.dtype.hasobject:
                waiting.extend(list(value.ravel())[:500])
            elif value.dtype.kind in "fiu" and value.ndim in (1, 2) and width in value.shape:
                _add(pools, value, width)
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, (list, tuple)):
            waiting.extend(value[:500])
        elif type(value).__name__ == "Tree" and hasattr(value, "threshold"):
            for feature, threshold in zip(value.feature[:2000], value.threshold[:2000]):
                if 0 <= feature < width:
                    pools[feature].append(float(threshold))
        elif hasattr(value, "__dict__"):
            waiting.extend(vars(value).values())
    return pools


def _add(pools, value, width):
    rows = value.reshape(1, width) if value.ndim == 1 else value if value.shape[1] == width else value.T
    for row in rows[:200]:
        for pool, number in zip(pools, row):
            if numpy.isfinite(number) and abs(float(number)) < 1e30:
                pool.append(float(number))
