"""Rows that lie exactly on the split thresholds of a model's trees, and one ulp to either side."""

import numpy as np

LIMIT = 12


def threshold_rows(model, ask, rng):
    """None for a model without trees that split the columns that it is given."""
    splits = sorted(set(_splits(model, 0)))
    base = next(iter(ask.values()))
    if not splits or max(feature for feature, _ in splits) >= base.shape[1]:
        return None
    rows = []
    for at in rng.permutation(len(splits))[:LIMIT]:
        feature, threshold = splits[at]
        single = np.float32(threshold)
        for value in (
            threshold, np.nextafter(threshold, np.inf), np.nextafter(threshold, -np.inf),
            single, np.nextafter(single, np.float32(np.inf)), np.nextafter(single, np.float32(-np.inf)),
        ):
            row = base[int(rng.integers(0, 4))].astype(np.float64)
            row[feature] = value
            rows.append(row)
    return np.array(rows)


def _splits(value, depth):
    """(feature, threshold) of every tree inside."""
    if depth > 6:
        return
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _splits(item, depth + 1)
    elif isinstance(value, np.ndarray) and value.dtype == object:
        for item in value.ravel():
            yield from _splits(item, depth + 1)
    elif hasattr(value, "tree_"):
        tree = value.tree_
        inner = tree.children_left >= 0
        yield from zip(tree.feature[inner].tolist(), tree.threshold[inner].tolist())
    elif hasattr(value, "nodes") and isinstance(value.nodes, np.ndarray) and "num_threshold" in (value.nodes.dtype.names or ()):
        inner = (value.nodes["is_leaf"] == 0) & np.isfinite(value.nodes["num_threshold"])
        yield from zip(value.nodes["feature_idx"][inner].tolist(), value.nodes["num_threshold"][inner].tolist())
    elif hasattr(value, "__dict__") and type(value).__module__.startswith("sklearn"):
        for item in vars(value).values():
            yield from _splits(item, depth + 1)
