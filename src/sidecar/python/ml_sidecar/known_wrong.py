"""What skl2onnx is known to convert into a graph that answers wrongly, without an error.

Verification would find these too on most rows; a list does not depend on the rows.
"""

import numpy

from .columns import parts


def reason(model):
    """Why a model may not be converted, or None."""
    for part in parts(model):
        found = _reason(part)
        if found is not None:
            return f"{type(part).__name__}: {found}"
    return None


def _reason(part):
    name = type(part).__name__
    if name in {"CountVectorizer", "TfidfVectorizer", "HashingVectorizer"}:
        return "words are split otherwise in the converted graph"
    if name == "LinearDiscriminantAnalysis" and len(part.classes_) == 2:
        return "probabilities of two classes come out wrong"
    if name.startswith("HistGradientBoosting"):
        categorical = getattr(part, "is_categorical_", None)
        if categorical is not None and numpy.any(categorical):
            return "native categories are compared as numbers"
    tree = getattr(part, "tree_", None)
    if tree is not None and numpy.any(getattr(tree, "missing_go_to_left", 0)):
        return "missing values, with which it was trained, go the wrong way"
    return None
