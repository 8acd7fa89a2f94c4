"""Graphs as TensorFlow 1 makes them: sessions, Saver checkpoints, frozen by freezing, conditions and loops in single nodes."""
import os
import shutil

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
R = np.random.RandomState(3)


def normal(*shape):
    return R.normal(size=shape).astype(np.float32)


def version1(out, case_of, write):
    v1.disable_eager_execution()
    v1.disable_v2_behavior()
    for name, build in BUILDERS.items():
        try:
            one(out, name, build, case_of, write)
        except Exception as error:
            print(f"{name}: {type(error).__name__} {str(error)[:300]}")


def one(out, name, build, case_of, write):
    with tf.Graph().as_default() as graph, v1.Session() as session:
        v1.set_random_seed(4)
        inputs, outputs, values, init = build()
        session.run([v1.global_variables_initializer(), v1.tables_initializer()])
        feeds = {t: values[k] for k, t in inputs.items()}
        results = session.run(outputs, feeds)
        path = os.path.join(out, name)
        shutil.rmtree(path, ignore_errors=True)
        builder = v1.saved_model.Builder(path)
        signature = v1.saved_model.predict_signature_def(inputs, outputs)
        builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature}, main_op=v1.tables_initializer(), strip_default_attrs=True)
        builder.save()
        write(out, name, [case_of(values, results)])
        if init == "no freezing":
            return
        frozen = v1.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), [t.op.name for t in outputs.values()])
        with open(os.path.join(out, f"{name}_frozen.pb"), "wb") as file:
            file.write(frozen.SerializeToString())
        # Some outputs are read by others: the caller names them.
        renamed = case_of({inputs[k].op.name: v for k, v in values.items()}, {outputs[k].name.removesuffix(":0"): v for k, v in results.items()})
        write(out, f"{name}_frozen", [renamed])


def mlp():
    x = v1.placeholder(tf.float32, [None, 4], name="x")
    w = v1.get_variable("w", [4, 5])
    b = v1.get_variable("b", [5], initializer=v1.random_normal_initializer())
    y = tf.nn.softmax(tf.nn.relu(x @ w + b) @ v1.get_variable("w2", [5, 3]), name="probabilities")
    return {"x": x}, {"probabilities": y}, {"x": normal(3, 4)}, None


def resource_variables():
    v1.enable_resource_variables()
    try:
        return mlp()
    finally:
        v1.disable_resource_variables()


def partitioned():
    x = v1.placeholder(tf.float32, [None, 10], name="x")
    w = v1.get_variable("w", [10, 300], partitioner=v1.fixed_size_partitioner(3), initializer=v1.random_normal_initializer())
    y = tf.identity(x @ tf.convert_to_tensor(w), name="y")
    return {"x": x}, {"y": y}, {"x": normal(3, 10)}, None


def learning_phase():
    x = v1.placeholder(tf.float32, [None, 4], name="x")
    training = v1.placeholder_with_default(False, [], name="keras_learning_phase")
    dropped = v1.cond(training, lambda: tf.nn.dropout(x, rate=0.5), lambda: tf.identity(x))
    y = tf.identity(dropped @ v1.get_variable("w", [4, 2]), name="y")
    return {"x": x}, {"y": y}, {"x": normal(3, 4)}, None


def batch_norm_v1():
    x = v1.placeholder(tf.float32, [None, 6, 6, 3], name="x")
    training = v1.placeholder_with_default(False, [], name="training")
    h = v1.layers.conv2d(x, 4, 3, padding="same")
    h = v1.layers.batch_normalization(h, training=training, moving_mean_initializer=v1.random_normal_initializer(), fused=True)
    h = v1.layers.max_pooling2d(tf.nn.relu6(h), 2, 2)
    h = v1.layers.dropout(v1.layers.flatten(h), training=training)
    y = tf.sigmoid(v1.layers.dense(h, 2), name="y")
    return {"x": x}, {"y": y}, {"x": normal(2, 6, 6, 3)}, None


def condition():
    x = v1.placeholder(tf.float32, [None, 4], name="x")
    y = v1.cond(tf.reduce_sum(x) > 0, lambda: v1.cond(tf.reduce_max(x) > 1, lambda: x * 3, lambda: x), lambda: tf.zeros_like(x) - 1)
    return {"x": x}, {"y": tf.identity(y, name="y")}, {"x": np.abs(normal(3, 4))}, None


def condition_constant():
    x = v1.placeholder(tf.float32, [None, 4], name="x")
    y = v1.cond(tf.reduce_sum(x) > 0, lambda: tf.constant(2.0), lambda: tf.constant(-1.0))
    return {"x": x}, {"y": tf.multiply(x, y, name="y")}, {"x": -np.abs(normal(3, 4))}, None


def loop():
    x = v1.placeholder(tf.float32, [None, 4], name="x")
    w = tf.constant(normal(4, 4))
    _, y = v1.while_loop(lambda i, a: i < 5, lambda i, a: (i + 1, tf.tanh(a @ w)), [0, x])
    return {"x": x}, {"y": tf.identity(y, name="y")}, {"x": normal(3, 4)}, None


def dynamic_rnn():
    x = v1.placeholder(tf.float32, [None, None, 4], name="x")
    cell = v1.nn.rnn_cell.BasicLSTMCell(5) if hasattr(v1.nn.rnn_cell, "BasicLSTMCell") else None
    out, state = v1.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    return {"x": x}, {"y": tf.identity(out, name="y"), "last": tf.identity(state.h, name="last")}, {"x": normal(2, 6, 4)}, None


def dynamic_rnn_lengths():
    x = v1.placeholder(tf.float32, [None, 6, 4], name="x")
    n = v1.placeholder(tf.int32, [None], name="n")
    out, _ = v1.nn.dynamic_rnn(v1.nn.rnn_cell.GRUCell(5), x, sequence_length=n, dtype=tf.float32)
    return {"x": x, "n": n}, {"y": tf.identity(out, name="y")}, {"x": normal(3, 6, 4), "n": np.array([6, 2, 4], np.int32)}, None


def embedding_v1():
    i = v1.placeholder(tf.int64, [None, 3], name="i")
    w = v1.get_variable("emb", [9, 4], initializer=v1.random_normal_initializer())
    return {"i": i}, {"y": tf.reduce_sum(tf.nn.embedding_lookup(w, i), 1, name="y")}, {"i": R.randint(0, 9, (2, 3)).astype(np.int64)}, None


def unknown_rank():
    x = v1.placeholder(tf.float32, name="x")
    return {"x": x}, {"y": tf.identity(tf.nn.relu(x * 2 + 1), name="y")}, {"x": normal(3, 4)}, None


def table_v1():
    x = v1.placeholder(tf.string, [None], name="x")
    table = v1.lookup.StaticHashTable(v1.lookup.KeyValueTensorInitializer(["a", "b"], tf.constant([4, 5], tf.int64)), -1)
    return {"x": x}, {"y": tf.identity(table.lookup(x), name="y")}, {"x": np.array(["b", "q"], dtype=object)}, "no freezing"


def keras_v1():
    K = tf.keras
    model = K.Sequential([K.layers.LSTM(4, input_shape=(5, 3)), K.layers.Dropout(0.3), K.layers.Dense(2, activation="softmax")])
    return {"x": model.inputs[0]}, {"y": model.outputs[0]}, {"x": normal(2, 5, 3)}, None


BUILDERS = {f.__name__: f for f in (mlp, resource_variables, partitioned, learning_phase, batch_norm_v1, condition, condition_constant,
                                    loop, dynamic_rnn, dynamic_rnn_lengths, embedding_v1, unknown_rank, table_v1, keras_v1)}
BUILDERS = {f"v1_{k}": v for k, v in BUILDERS.items()}
