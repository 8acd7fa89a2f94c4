"""Keras networks saved as SavedModels (Keras 2 `save`, Keras 3 `export`), modules, tables, partitioned and large variables."""
import os
import re

import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

K = tf.keras
L = K.layers
R = np.random.RandomState(11)
# A pattern that chooses networks: all of them take minutes.
ONLY = os.environ.get("ONLY", "")
KERAS3 = hasattr(K.Model, "export") and hasattr(K, "ops")


def normal(*shape):
    return R.normal(size=shape).astype(np.float32)


def sequential(*layers):
    return K.Sequential(list(layers))


def networks(out, case_of, write):
    K.utils.set_random_seed(5)
    for name, (model, inputs) in keras_models().items():
        try:
            randomise(model)
            path = os.path.join(out, name)
            if KERAS3:
                model.export(path, verbose=False)
            else:
                model.save(path)
            loaded = tf.saved_model.load(path)
            signature = loaded.signatures["serving_default"]
            names = list(signature.structured_input_signature[1])
            order = names if len(names) == 1 else match(names, model)
            values = dict(zip(order, inputs))
            cases = []
            for rows in (slice(None), slice(0, 1)):
                part = {k: v[rows] for k, v in values.items()}
                result = signature(**{k: tf.constant(v) for k, v in part.items()})
                cases.append(case_of(part, {k: v.numpy() for k, v in result.items()}))
            write(out, name, cases)
            # A frozen graph cannot hold a table.
            if "lookup" not in name:
                freeze(out, name, signature, cases, write)
        except Exception as error:
            print(f"{name}: {type(error).__name__} {str(error)[:300]}")
    modules(out, case_of, write)


def match(names, model):
    """Signature names in the order of the model's inputs."""
    wanted = [i.name.split(":")[0] for i in model.inputs]
    return wanted if set(wanted) == set(names) else names


def randomise(model):
    for w in model.weights:
        if "int" in str(w.dtype) or "string" in str(w.dtype):
            continue
        v = R.normal(size=w.shape) * 0.4
        if "variance" in w.name:
            v = np.abs(v) + 0.5
        w.assign(v.astype("float32"))


def freeze(out, name, signature, cases, write):
    frozen = convert_variables_to_constants_v2(signature)
    graph = frozen.graph.as_graph_def()
    with open(os.path.join(out, f"{name}_frozen.pb"), "wb") as file:
        file.write(graph.SerializeToString())
    # By order of names: the structured outputs of a frozen function are a flat list sorted by key.
    inputs = sorted(signature.structured_input_signature[1])
    outputs = sorted(signature.structured_outputs)
    given = {i.name.split(":")[0]: i for i in frozen.inputs}
    names_in = {n: next((g for g in given if g == n or g.startswith(n)), n) for n in inputs}
    names_out = dict(zip(outputs, [t.name.removesuffix(":0") for t in frozen.outputs]))
    renamed = [{"inputs": [{**t, "name": names_in[t["name"]]} for t in c["inputs"]],
                "expected": [{**t, "name": names_out[t["name"]]} for t in c["expected"]]} for c in cases]
    write(out, f"{name}_frozen", renamed)


def keras_models():
    made = {}
    seq = normal(3, 7, 5)

    def add(name, model, *inputs):
        if not re.search(ONLY, name):
            return
        try:
            made[name] = (model(), inputs)
        except Exception as error:
            print(f"{name}: {type(error).__name__} {str(error)[:200]}")

    for kind in ("LSTM", "GRU", "SimpleRNN"):
        layer = getattr(L, kind)
        add(f"{kind.lower()}_last", lambda: sequential(L.Input((7, 5)), layer(6), L.Dense(2)), seq)
        add(f"{kind.lower()}_sequence", lambda: sequential(L.Input((None, 5)), layer(6, return_sequences=True), L.Dense(2)), seq)
        add(f"{kind.lower()}_backwards", lambda: sequential(L.Input((7, 5)), layer(6, go_backwards=True, return_sequences=True)), seq)
        add(f"{kind.lower()}_unrolled", lambda: sequential(L.Input((7, 5)), layer(6, unroll=True)), seq)
        add(f"{kind.lower()}_bidirectional", lambda: sequential(L.Input((None, 5)), L.Bidirectional(layer(4, return_sequences=True)), L.Bidirectional(layer(3))), seq)
        add(f"{kind.lower()}_plain", lambda: sequential(L.Input((7, 5)), layer(4, activation="relu", use_bias=False)), seq)
        masked = seq.copy()
        masked[0, 4:] = 0
        masked[2, :2] = 0
        add(f"{kind.lower()}_masked", lambda: sequential(L.Input((7, 5)), L.Masking(), layer(4, return_sequences=True), layer(3)), masked)
        i = L.Input((7, 5))
        result = layer(4, return_state=True)(i)
        add(f"{kind.lower()}_state", lambda: K.Model(i, result), seq)
    add("gru_reset_before", lambda: sequential(L.Input((7, 5)), L.GRU(4, reset_after=False)), seq)
    add("embedding_lstm", lambda: sequential(L.Input((6,), dtype="int32"), L.Embedding(20, 8, mask_zero=True), L.LSTM(5), L.Dense(1, activation="sigmoid")), R.randint(0, 20, (4, 6)).astype(np.int32))
    image = normal(2, 17, 15, 3)
    add("cnn", lambda: sequential(L.Input((17, 15, 3)), L.Conv2D(6, 3, padding="same", strides=2), L.BatchNormalization(), L.ReLU(), L.SeparableConv2D(8, 3), L.MaxPooling2D(), L.Conv2D(4, 2, dilation_rate=2, padding="same"), L.GlobalAveragePooling2D(), L.Dense(3, activation="softmax")), image)
    add("cnn_open", lambda: sequential(L.Input((None, None, 3)), L.Conv2D(6, 3, padding="same", strides=2, activation="elu"), L.AveragePooling2D(2, padding="same"), L.Conv2D(4, 3), L.GlobalMaxPooling2D()), image)
    add("deconv", lambda: sequential(L.Input((8, 6, 3)), L.Conv2DTranspose(4, 3, strides=2, padding="same"), L.UpSampling2D(interpolation="bilinear"), L.Conv2DTranspose(2, 4, strides=3), L.ZeroPadding2D(1), L.Cropping2D(2)), normal(2, 8, 6, 3))
    add("deconv_open", lambda: sequential(L.Input((None, None, 3)), L.Conv2DTranspose(4, 3, strides=2, padding="same"), L.Conv2DTranspose(2, 4, strides=3)), normal(2, 8, 6, 3))
    add("conv1d", lambda: sequential(L.Input((20, 4)), L.Conv1D(6, 3, padding="causal", dilation_rate=2), L.MaxPooling1D(2), L.Conv1DTranspose(4, 3, strides=2), L.Flatten(), L.Dense(3)), normal(3, 20, 4))
    add("conv3d", lambda: sequential(L.Input((6, 6, 6, 2)), L.Conv3D(4, 3), L.AveragePooling3D(2), L.Flatten()), normal(2, 6, 6, 6, 2))
    add("depthwise", lambda: sequential(L.Input((9, 9, 4)), L.DepthwiseConv2D(3, depth_multiplier=2, padding="same"), L.LayerNormalization(), L.GroupNormalization(4), L.Flatten()), normal(2, 9, 9, 4))
    a, b = L.Input((4,), name="alpha"), L.Input((3,), name="beta")
    x = L.Concatenate()([L.Dense(5, activation="gelu")(a), L.Dense(5, activation="selu")(b)])
    add("two_in_two_out", lambda: K.Model([a, b], [L.Dense(2, activation="softmax", name="first")(x), L.Dense(1, name="second")(L.Multiply()([x, x]))]), normal(3, 4), normal(3, 3))
    i = L.Input((7, 8))
    add("attention", lambda: K.Model(i, L.MultiHeadAttention(2, 4)(i, i)), normal(2, 7, 8))
    add("attention_causal", lambda: K.Model(i, L.MultiHeadAttention(2, 4)(i, i, use_causal_mask=True)), normal(2, 7, 8))
    j = L.Input((5, 8))
    add("attention_dot", lambda: K.Model([i, j], L.Attention(use_scale=True)([i, j])), normal(2, 7, 8), normal(2, 5, 8))
    res = L.Input((8, 8, 4))
    y = L.Conv2D(4, 3, padding="same")(L.Activation("swish")(L.BatchNormalization()(res)))
    add("residual", lambda: K.Model(res, L.Flatten()(L.Add()([res, y]))), normal(2, 8, 8, 4))
    add("mlp_many", lambda: sequential(L.Input((6,)), L.Dense(8, activation="tanh"), L.Dropout(0.5), L.Dense(8, activation="softsign"), L.LeakyReLU(), L.Dense(8, activation="softplus"), L.PReLU(), L.Dense(8, activation="hard_sigmoid"), L.UnitNormalization(), L.Dense(4, activation="exponential"), L.Softmax()), normal(4, 6))
    add("reshape_permute", lambda: sequential(L.Input((6, 4)), L.Permute((2, 1)), L.Reshape((3, 8)), L.TimeDistributed(L.Dense(5)), L.RepeatVector(2) if False else L.Flatten(), L.RepeatVector(2)), normal(3, 6, 4))
    norm = L.Normalization()
    norm.adapt(normal(50, 4) * 3 + 1)
    add("normalization", lambda: sequential(L.Input((4,)), norm, L.Rescaling(0.5, offset=1.0), L.Dense(2)), normal(3, 4))
    add("convlstm", lambda: sequential(L.Input((4, 8, 8, 2)), L.ConvLSTM2D(3, 3, return_sequences=True), L.ConvLSTM2D(2, 3)), normal(2, 4, 8, 8, 2))
    add("resizing", lambda: sequential(L.Input((9, 7, 3)), L.Resizing(12, 10), L.CenterCrop(6, 6)), normal(2, 9, 7, 3))
    add("category", lambda: sequential(L.Input((1,), dtype="int64"), L.CategoryEncoding(num_tokens=5, output_mode="one_hot")), R.randint(0, 5, (4, 1)).astype(np.int64))
    add("integer_lookup", lambda: sequential(L.Input((3,), dtype="int64"), L.IntegerLookup(vocabulary=[5, 9, 2])), np.array([[5, 2, 7], [9, 9, 0]], np.int64))
    add("string_lookup", lambda: sequential(L.Input((3,), dtype="string"), L.StringLookup(vocabulary=["red", "grün", "blue"])), np.array([["red", "blue", "x"], ["grün", "", "red"]], dtype=object))
    add("discretization", lambda: sequential(L.Input((4,)), L.Discretization(bin_boundaries=[-1.0, 0.0, 1.0])), normal(3, 4))
    return made


def modules(out, case_of, write):
    """Plain modules: what Keras does not make."""
    def save(name, module, concrete, values, **more):
        result = concrete(*[tf.constant(v) for v in values.values()])
        tf.saved_model.save(module, os.path.join(out, name), signatures=concrete)
        write(out, name, [case_of(values, {k: v.numpy() for k, v in result.items()})], **more)

    def function(module, fn, *specs):
        module.call = tf.function(lambda *a: {"y": fn(*a)}, input_signature=[tf.TensorSpec(s, d, name=f"x{i}") for i, (s, d) in enumerate(specs)])
        return module.call.get_concrete_function()

    m = tf.Module()
    m.table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "b", "é"], tf.constant([3, 1, 2], tf.int64)), -7)
    save("table_constants", m, function(m, m.table.lookup, ([None], tf.string)), {"x0": np.array(["b", "z", "é", ""], dtype=object)})
    words = os.path.join(out, "_words.txt")
    with open(words, "w") as file:
        file.write("zero\none\ntwö\n")
    m = tf.Module()
    m.table = tf.lookup.StaticVocabularyTable(tf.lookup.TextFileInitializer(words, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER), 1)
    m.table2 = tf.lookup.StaticHashTable(tf.lookup.TextFileInitializer(words, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER), -1)
    save("table_file", m, function(m, m.table2.lookup, ([None], tf.string)), {"x0": np.array(["two", "twö", "zero"], dtype=object)})
    m = tf.Module()
    m.table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(tf.constant([0, 1], tf.int64), ["no", "yes"]), "?")
    save("table_to_text", m, function(m, m.table.lookup, ([None, None], tf.int64)), {"x0": np.array([[0, 1], [5, 1]], np.int64)})
    m = tf.Module()
    m.w = [tf.Variable(normal(40, 30), name="same"), tf.Variable(normal(30, 7), name="same"), tf.Variable(3, dtype=tf.int64, name="same")]
    save("same_names", m, function(m, lambda x: x @ m.w[0] @ m.w[1] + tf.cast(m.w[2], tf.float32), ([None, 40], tf.float32)), {"x0": normal(3, 40)})
    m = tf.Module()
    m.w = tf.Variable(normal(9, 3))
    save("resource_gather", m, function(m, lambda i: tf.nn.embedding_lookup(m.w, i), ([None, None], tf.int32)), {"x0": R.randint(0, 9, (2, 4)).astype(np.int32)})
    m = tf.Module()
    m.w = tf.Variable(normal(4, 3).astype(np.float16))
    save("half_weights", m, function(m, lambda x: x @ tf.cast(m.w, tf.float32), ([None, 4], tf.float32)), {"x0": normal(3, 4)})
    m = tf.Module()
    save("half_arithmetic", m, function(m, lambda x: tf.cast(tf.cast(x, tf.float16) @ tf.constant(normal(4, 3).astype(np.float16)), tf.float32), ([None, 4], tf.float32)), {"x0": normal(3, 4)}, expect="refuse")
    m = tf.Module()
    m.count = tf.Variable(0.0)
    save("stateful", m, function(m, lambda x: x + m.count.assign_add(1.0), ([None, 4], tf.float32)), {"x0": normal(3, 4)}, expect="refuse")
    m = tf.Module()
    save("random", m, function(m, lambda x: x + tf.random.normal([4]), ([None, 4], tf.float32)), {"x0": normal(3, 4)}, expect="refuse")
    m = tf.Module()
    save("reads_file", m, function(m, lambda x: tf.strings.join([x, tf.io.read_file("/etc/hostname")]), ([None], tf.string)), {"x0": np.array(["a"], dtype=object)}, expect="refuse")
    m = tf.Module()
    save("writes_file_on_the_side", m, function(m, writes_aside, ([None, 4], tf.float32)), {"x0": normal(3, 4)}, expect="refuse")
    m = tf.Module()
    save("py_function", m, function(m, lambda x: tf.py_function(lambda v: v * 2, [x], tf.float32), ([None, 4], tf.float32)), {"x0": normal(3, 4)}, expect="refuse")
    m = tf.Module()
    big = [tf.Variable(normal(600, 700)) for _ in range(2)]
    m.big = big
    save("large", m, function(m, lambda x: tf.tanh(x @ big[0] * 0.02) @ tf.transpose(big[1]) * 0.05, ([None, 600], tf.float32)), {"x0": normal(2, 600)})


def writes_aside(x):
    tf.io.write_file("/tmp/base_ml_reference_side_effect", "x")
    return x + 1
