"""Makes the models of test/sidecar/tensorflow-files: `python make_tensorflow_models.py` with the packages of
locks/tensorflow-*.txt."""

import json
import os
import pathlib
import shutil

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import tensorflow as tf  # noqa: E402

FOLDER = pathlib.Path(__file__).parent / "tensorflow-files"
tf.random.set_seed(0)
expected = {}


def expect(name, call, **feeds):
    answers = call(**{key: tf.constant(value) for key, value in feeds.items()})
    expected[name] = {
        "inputs": {key: {"dtype": tf.constant(value).dtype.name, "value": value} for key, value in feeds.items()},
        "outputs": {key: {"dtype": value.dtype.name, "value": plain(value)} for key, value in answers.items()},
    }


def plain(value):
    found = value.numpy().tolist()
    return [one.decode() for one in found] if value.dtype == tf.string else found


def save(module, name, **signatures):
    shutil.rmtree(FOLDER / name, ignore_errors=True)
    tf.saved_model.save(module, str(FOLDER / name), signatures=signatures)
    # It counts what the folder was saved by, and the weights do not need it.
    (FOLDER / name / "fingerprint.pb").unlink(missing_ok=True)


def spec(shape, dtype=tf.float32, name="x"):
    return tf.TensorSpec(shape, dtype, name=name)


class Spectrum(tf.Module):
    """A Fourier transform between variables, in a function that is called, with a loop over values."""

    def __init__(self):
        self.weights = tf.Variable(tf.random.normal([5, 3]), name="weights")
        self.scale = tf.Variable(0.5, name="scale")

    @tf.function(input_signature=[spec([None, 8])])
    def call(self, x):
        spectrum = tf.abs(tf.signal.rfft(x))
        found = tf.matmul(spectrum, self.weights)
        while tf.reduce_max(tf.abs(found)) > 4.0:
            found = found * self.scale
        return {"scores": tf.nn.softmax(found), "product": tf.math.cumprod(found, axis=1)}


class Words(tf.Module):
    """Texts, which ONNX has no operators for, and a table."""

    def __init__(self):
        words = tf.constant(["red", "green", "blau", "größer"])
        self.table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(words, tf.range(4, dtype=tf.int64)), -1)
        self.values = tf.Variable(tf.random.normal([5, 2]))

    @tf.function(input_signature=[spec([None], tf.string, "text")])
    def call(self, text):
        lower = tf.strings.lower(text, encoding="utf-8")
        known = self.table.lookup(lower)
        return {"known": known, "value": tf.gather(self.values, known + 1), "joined": tf.strings.join(["<", lower, ">"])}


class Pair(tf.Module):
    @tf.function(input_signature=[spec([None, 3], name="left"), spec([None, 3], name="right")])
    def call(self, left, right):
        return {"product": tf.math.cumprod(left * right, axis=1), "rolled": tf.roll(left, 1, axis=1) - right}


class Noisy(tf.Module):
    @tf.function(input_signature=[spec([None, 4])])
    def call(self, x):
        return {"y": tf.math.cumprod(x + tf.random.normal(tf.shape(x)), axis=1)}


class Counting(tf.Module):
    def __init__(self):
        self.calls = tf.Variable(0.0)

    @tf.function(input_signature=[spec([None, 4])])
    def call(self, x):
        self.calls.assign_add(1.0)
        return {"y": tf.math.cumprod(x, axis=1) + self.calls}


class Reading(tf.Module):
    """Reads a file: never handed to anyone."""

    @tf.function(input_signature=[spec([None, 4])])
    def call(self, x):
        length = tf.strings.length(tf.io.read_file("/etc/passwd"))
        return {"y": tf.math.cumprod(x, axis=1) + tf.cast(length, tf.float32)}


X = [[0.5, -1.0, 2.0, 0.25, -0.75, 1.5, 3.0, -2.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], [0.0] * 7 + [1.0]]
spectrum = Spectrum()
save(spectrum, "spectrum", serving_default=spectrum.call)
expect("spectrum", spectrum.call, x=X)
words = Words()
save(words, "words", serving_default=words.call)
expect("words", words.call, text=["Red", "GRÖSSER", "Größer", "none", ""])
pair = Pair()
save(pair, "pair", serving_default=pair.call)
expect("pair", pair.call, left=[[1.0, 2.0, 3.0], [-1.0, 0.5, 0.0]], right=[[0.5, -2.0, 1.0], [2.0, 2.0, -2.0]])
for module, name in ((Noisy(), "noisy"), (Counting(), "counting"), (Reading(), "reading")):
    save(module, name, serving_default=module.call)

graph = tf.Graph()
with graph.as_default():
    x = tf.compat.v1.placeholder(tf.float32, [None, 3, 3], name="x")
    upper = tf.linalg.band_part(x, 0, -1) + 2.0 * tf.eye(3)
    tf.identity(tf.linalg.det(upper + tf.transpose(upper, [0, 2, 1])), name="volume")
    tf.roll(tf.math.cumprod(x, axis=2), 1, axis=1, name="rolled")
(FOLDER / "frozen.pb").write_bytes(graph.as_graph_def().SerializeToString(deterministic=True))
matrices = [[[0.5, -1.0, 2.0], [1.0, 2.0, 3.0], [0.25, 0.5, -0.5]], [[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [3.0, 0.0, 3.0]]]
with tf.compat.v1.Session(graph=graph) as running:
    found = running.run({"volume": "volume:0", "rolled": "rolled:0"}, {"x:0": matrices})
expected["frozen"] = {
    "inputs": {"x": {"dtype": "float32", "value": matrices}},
    "outputs": {key: {"dtype": "float32", "value": value.tolist()} for key, value in found.items()},
}


def frozen(name, function, *shapes):
    graph = tf.Graph()
    with graph.as_default():
        given = [tf.compat.v1.placeholder(tf.float32, shape, name=f"x{i}") for i, shape in enumerate(shapes)]
        tf.identity(function(*given), name="y")
    (FOLDER / "wrong").mkdir(exist_ok=True)
    (FOLDER / "wrong" / f"{name}.pb").write_bytes(graph.as_graph_def().SerializeToString(deterministic=True))


def whole(x):
    return tf.cast(x * 10.0, tf.int32)


raw, places, gap, many, image = tf.raw_ops, [[0], [0], [2]], [0, 0, 2], [None, 4], [2, 5, 5, 2]
# What tf2onnx converts wrongly, one operator each: ml_sidecar/tensorflow_known_wrong.py.
frozen("AsString", tf.strings.as_string, many)
frozen("Atan2", tf.math.atan2, many, many)
frozen("AdjustSaturation", lambda x: raw.AdjustSaturation(images=x, scale=1.7), [2, 5, 5, 3])
frozen("DynamicStitch", lambda x: tf.dynamic_stitch([[0, 2], [2, 1]], [x, x + 1.0]), [2, 3])
frozen("FloorDiv", lambda x: whole(x) // 3, many)
frozen("FloorMod", lambda x: whole(x) % 3, many)
frozen("Mod", lambda x: raw.Mod(x=whole(x), y=3), many)
frozen("OneHot", lambda x: tf.one_hot(whole(x), 4), many)
frozen("ParallelDynamicStitch", lambda x: raw.ParallelDynamicStitch(indices=[[0, 2], [2, 1]], data=[x, x + 1.0]), [2, 3])
frozen("ResizeArea", lambda x: raw.ResizeArea(images=x, size=[2, 3]), image)
frozen("ResizeBicubic", lambda x: raw.ResizeBicubic(images=x, size=[7, 9], half_pixel_centers=True), image)
frozen("ScatterNd", lambda x: tf.scatter_nd(places, x, [4, 2]), [3, 2])
for operator in ("SegmentMax", "SegmentMean", "SegmentMin"):
    frozen(operator, lambda x: getattr(raw, operator)(data=x, segment_ids=gap), [3, 2])
for operator in ("SparseSegmentMean", "SparseSegmentSqrtN"):
    frozen(operator, lambda x: getattr(raw, operator)(data=x, indices=[0, 1, 1], segment_ids=gap), [3, 2])
for operator in ("UnsortedSegmentMax", "UnsortedSegmentMin"):
    frozen(operator, lambda x: getattr(raw, operator)(data=x, segment_ids=gap, num_segments=4), [3, 2])

(FOLDER / "expected.json").write_text(json.dumps(expected) + "\n")
