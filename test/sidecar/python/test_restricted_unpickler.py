import io
import pickle

import joblib
import numpy
import pytest
from ml_sidecar import restricted_unpickler
from ml_sidecar.errors import SidecarError

ARRAY = ["numpy._core.multiarray._reconstruct", "numpy.ndarray", "numpy.dtype", "numpy._core.numeric._frombuffer"]


def test_reads_what_was_announced():
    data = {"a": numpy.arange(3.0), "b": [1, "x"]}
    allowed = restricted_unpickler.preload(ARRAY)
    found = restricted_unpickler.load(pickle.dumps(data), allowed)
    assert found["a"].tolist() == [0, 1, 2] and found["b"] == [1, "x"]


@pytest.mark.parametrize("compress", [0, 3, ("gzip", 3), ("bz2", 3), ("xz", 3), ("lzma", 3)])
def test_reads_joblib_with_objects_inside_arrays(compress):
    names = [*ARRAY, "joblib.numpy_pickle.NumpyArrayWrapper"]
    file = io.BytesIO()
    joblib.dump({"o": numpy.array(["a", None], dtype=object), "n": numpy.eye(2)}, file, compress=compress)
    found = restricted_unpickler.load(file.getvalue(), restricted_unpickler.preload(names))
    assert found["o"].tolist() == ["a", None] and found["n"].tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    "name",
    ["os.system", "builtins.eval", "builtins.getattr", "numpy.f2py.os", "numpy.load", "subprocess.Popen", "posix.system"],
)
def test_gives_nothing_that_acts(name):
    with pytest.raises(SidecarError):
        restricted_unpickler.preload([name])


class Sneaky:
    def __reduce__(self):
        return (eval, ("1+1",))


def test_a_name_that_was_not_announced_does_not_exist():
    with pytest.raises(SidecarError, match="builtins.eval, which was not announced"):
        restricted_unpickler.load(pickle.dumps(Sneaky()), {})
    inside = numpy.array([Sneaky()], dtype=object)
    file = io.BytesIO()
    joblib.dump(inside, file)
    allowed = restricted_unpickler.preload([*ARRAY, "joblib.numpy_pickle.NumpyArrayWrapper"])
    with pytest.raises(SidecarError, match="not announced"):
        restricted_unpickler.load(file.getvalue(), allowed)
