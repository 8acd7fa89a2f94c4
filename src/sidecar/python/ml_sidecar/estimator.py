"""Reads the one estimator that a scikit-learn file holds."""

from sklearn.base import BaseEstimator

from . import restricted_unpickler
from .columns import parts
from .errors import SidecarError


def read(data, allowed):
    model = restricted_unpickler.load(data, allowed)
    if not isinstance(model, BaseEstimator):
        raise SidecarError("refused", f"the file holds a {type(model).__name__} where one estimator is needed")
    _one_thread(model)
    return model


def _one_thread(model):
    """No part of the model starts threads or processes."""
    for part in parts(model):
        if getattr(part, "n_jobs", None) is not None:
            part.n_jobs = 1
