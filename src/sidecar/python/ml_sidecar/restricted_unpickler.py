"""Reads a pickle whose names were judged by the caller, with objects that were imported before a byte of it was read.

No name is imported while it is read: what is not in the dictionary does not exist.
"""

import _compat_pickle
import bz2
import gzip
import importlib
import io
import lzma
import pickle
import zlib

import joblib.numpy_pickle

from .errors import SidecarError

_BUILTINS = {"bytearray", "complex", "dict", "frozenset", "list", "object", "range", "set", "slice", "tuple"}
_FUNCTIONS = {
    ("copyreg", "_reconstructor"),
    ("_codecs", "encode"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy.core.multiarray", "scalar"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy.core.numeric", "_frombuffer"),
    ("numpy._core.numeric", "_frombuffer"),
    ("numpy.random._pickle", "__randomstate_ctor"),
    ("numpy.random._pickle", "__generator_ctor"),
    ("numpy.random._pickle", "__bit_generator_ctor"),
    ("sklearn.metrics._dist_metrics", "newObj"),
    ("sklearn.neighbors._ball_tree", "newObj"),
    ("sklearn.neighbors._kd_tree", "newObj"),
}
_CLASSES = {("collections", "OrderedDict"), ("collections", "defaultdict"), ("collections", "Counter")}
_CLASS_ROOTS = ("numpy", "scipy.sparse", "sklearn")


class _ArrayWrapper(joblib.numpy_pickle.NumpyArrayWrapper):
    """joblib reads the objects of an array with a pickle reader of its own, which would import by name."""

    def read_array(self, unpickler, *rest):
        if self.dtype.hasobject:
            return _Unpickler(unpickler.file_handle, unpickler.allowed).load().reshape(self.shape)
        return super().read_array(unpickler, *rest)


class _Unpickler(pickle.Unpickler):
    def __init__(self, file, allowed):
        super().__init__(file)
        self._allowed = allowed

    def find_class(self, module, name):
        return _look_up(self._allowed, module, name)

    def persistent_load(self, pid):
        raise SidecarError("refused", "the file refers to objects outside of it")


class _JoblibUnpickler(joblib.numpy_pickle.NumpyUnpickler):
    allowed = None

    def find_class(self, module, name):
        return _look_up(self.allowed, module, name)


def preload(names):
    """The dictionary for the names of one file. Refuses a name that is no plain class or known function."""
    allowed = {}
    for full in names:
        module, _, name = full.rpartition(".")
        key = _modern(module, name)
        allowed[key] = _object(*key)
    return allowed


def load(data, allowed):
    unpickler = _joblib_unpickler(io.BytesIO(_decompress(data)))
    unpickler.allowed = allowed
    return unpickler.load()


def _joblib_unpickler(file):
    try:
        return _JoblibUnpickler("", file, True, mmap_mode=None)
    except TypeError:
        # Before joblib 1.5 there was no flag for the byte order.
        return _JoblibUnpickler("", file, mmap_mode=None)


def _object(module, name):
    if (module, name) == ("joblib.numpy_pickle", "NumpyArrayWrapper"):
        return _ArrayWrapper
    root = module.startswith(_CLASS_ROOTS)
    pyx = module.startswith("sklearn.") and name.startswith("__pyx_unpickle_")
    is_builtin = module == "builtins" and name in _BUILTINS
    if not (root or is_builtin or (module, name) in _FUNCTIONS | _CLASSES):
        raise SidecarError("refused", f"{module}.{name} is no name that the sidecar gives to a file")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise SidecarError("refused", f"{module}.{name} is not in these packages: {error}") from error
    is_class = isinstance(found, type) and not issubclass(found, BaseException)
    if not (is_class or pyx or (module, name) in _FUNCTIONS):
        raise SidecarError("refused", f"{module}.{name} is no class")
    if is_class and not is_builtin and not found.__module__.startswith((*_CLASS_ROOTS, "collections")):
        raise SidecarError("refused", f"{module}.{name} stands for {found.__module__}.{found.__qualname__}")
    return found


def _look_up(allowed, module, name):
    found = allowed.get(_modern(module, name))
    if found is None:
        raise SidecarError("refused", f"the file names {module}.{name}, which was not announced")
    return found


def _modern(module, name):
    """Names of Python 2, which old protocols write."""
    module, name = _compat_pickle.NAME_MAPPING.get((module, name), (module, name))
    return _compat_pickle.IMPORT_MAPPING.get(module, module), name


def _decompress(data):
    if data[:2] == b"\x1f\x8b":
        return gzip.decompress(data)
    if data[:3] == b"BZh":
        return bz2.decompress(data)
    if data[:6] == b"\xfd7zXZ\x00" or data[:2] == b"\x5d\x00":
        return lzma.decompress(data)
    if data[:1] == b"\x78":
        return zlib.decompress(data)
    if data[:2] not in {b"\x80\x00", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"} and data[:1] not in b"(c]}":
        raise SidecarError("refused", "the file is compressed in a way that the sidecar does not read; dump it again")
    return data


