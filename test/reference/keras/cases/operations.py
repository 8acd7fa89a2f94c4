from build import L, MAJOR, case, keras, tf


def graph(name, shapes, write, only=None, rtol=1e-5):
    @case(name, only, rtol)
    def build():
        inputs = [keras.Input(s, name=f"in{i}") for i, s in enumerate(shapes)]
        return keras.Model(inputs, write(*inputs))


graph("ops_python", [(4, 3), (4, 3)], lambda x, y: [x + y, x - 2.0, 3.0 - x, x * y, x / 2.0, 1.0 / (x * x + 1.0), -x, abs(x), x ** 2.0])
graph("ops_compare", [(4, 3), (4, 3)], lambda x, y: [x > y, x <= 0.5])
graph("ops_index", [(4, 3, 5)], lambda x: [x[:, 0], x[:, 1:3], x[..., -1], x[:, :, ::2], x[:, -2:, 1], x[:, ::-1]])
graph("ops_conv", [(6, 6, 3)], lambda x: L.Conv2D(4, 3)(L.Conv2D(3, 3, padding="same")(x) * 0.5 + 1.0) * 2.0)
if MAJOR == 2:
    graph("tf_math", [(4, 3)], lambda x: [f(x) for f in (
        tf.exp, tf.sqrt if False else tf.square, tf.math.sigmoid, tf.nn.relu, tf.nn.relu6, tf.tanh, tf.sin, tf.cos, tf.floor, tf.math.ceil,
        tf.round, tf.sign, tf.nn.softplus, tf.nn.elu, tf.nn.selu, tf.nn.silu, tf.nn.gelu, tf.nn.leaky_relu, tf.nn.softmax, tf.math.erf, tf.math.expm1)])
    graph("tf_positive", [(4, 3)], lambda x: [f(tf.abs(x) + 0.1) for f in (tf.sqrt, tf.math.log, tf.math.rsqrt, tf.math.log1p, tf.math.reciprocal)])
    graph("tf_reduce", [(4, 3, 5)], lambda x: [tf.reduce_mean(x, axis=1), tf.reduce_sum(x, axis=[1, 2]), tf.reduce_max(x, axis=-1, keepdims=True),
                                              tf.reduce_min(x, 2), tf.math.reduce_std(x, axis=1), tf.math.reduce_variance(x, axis=-1), tf.reduce_prod(x, axis=1), tf.math.reduce_logsumexp(x, axis=1)])
    graph("tf_shape", [(4, 6)], lambda x: [tf.reshape(x, [-1, 24]), tf.reshape(x, [-1, 2, 12]), tf.reshape(x, [tf.shape(x)[0], 6, 4]), tf.transpose(x, [0, 2, 1]),
                                          tf.expand_dims(x, 1), tf.squeeze(tf.expand_dims(x, -1), axis=-1), tf.concat([x, x * 2.0], axis=1), tf.stack([x, x], axis=1), tf.tile(x, [1, 2, 1]),
                                          tf.pad(x, [[0, 0], [1, 2], [0, 1]]), tf.cast(x > 0.0, "float32"), tf.gather(x, [0, 2], axis=1)])
    graph("tf_split", [(4, 6)], lambda x: [*tf.split(x, 3, axis=2), *tf.split(x, [1, 3], axis=1), *tf.unstack(x, axis=1)])
    graph("tf_matmul", [(4, 3), (3, 5)], lambda x, y: [tf.matmul(x, y), tf.matmul(y, x, transpose_a=True, transpose_b=True)])
    graph("tf_where", [(4, 3), (4, 3)], lambda x, y: [tf.where(x > 0.0, x, y), tf.clip_by_value(x, -0.5, 0.7), tf.maximum(x, y), tf.minimum(x, 0.2), tf.math.squared_difference(x, y),
                                                     tf.math.l2_normalize(x, axis=-1), tf.argmax(x, axis=-1), tf.cumsum(x, axis=1), tf.math.divide_no_nan(x, y), tf.pow(x, 3.0)])
    graph("tf_image", [(6, 5, 3)], lambda x: [tf.image.resize(x, (8, 9)), tf.image.resize(x, (3, 4), method="nearest")])
    graph("tf_one_hot", [(4,)], lambda x: tf.one_hot(tf.cast(tf.abs(x), "int32"), 5))
else:
    O = keras.ops
    graph("ko_math", [(4, 3)], lambda x: [f(x) for f in (
        O.exp, O.square, O.sigmoid, O.relu, O.relu6, O.tanh, O.sin, O.cos, O.floor, O.ceil, O.round, O.sign, O.softplus, O.elu, O.selu, O.silu, O.gelu,
        O.leaky_relu, O.softmax, O.erf, O.expm1, O.hard_sigmoid, O.hard_silu, O.log_softmax, O.log_sigmoid, O.softsign, O.celu, O.negative, O.absolute)])
    graph("ko_positive", [(4, 3)], lambda x: [f(O.abs(x) + 0.1) for f in (O.sqrt, O.log, O.rsqrt, O.log1p, O.reciprocal)])
    graph("ko_reduce", [(4, 3, 5)], lambda x: [O.mean(x, axis=1), O.sum(x, axis=[1, 2]), O.max(x, axis=-1, keepdims=True), O.min(x, 2), O.std(x, axis=1), O.var(x, axis=-1),
                                              O.prod(x, axis=1), O.logsumexp(x, axis=1), O.argmax(x, axis=-1)])
    graph("ko_shape", [(4, 6)], lambda x: [O.reshape(x, (-1, 24)), O.reshape(x, (-1, 2, 12)), O.transpose(x, (0, 2, 1)), O.expand_dims(x, 1), O.squeeze(O.expand_dims(x, -1), axis=-1),
                                          O.concatenate([x, x * 2.0], axis=1), O.stack([x, x], axis=1), O.tile(x, [1, 2, 1]), O.pad(x, [[0, 0], [1, 2], [0, 1]]), O.cast(x > 0.0, "float32"),
                                          O.take(x, [0, 2], axis=1)])
    graph("ko_split", [(4, 6)], lambda x: [*O.split(x, 3, axis=2), *O.split(x, [1, 3], axis=1), *O.unstack(x, axis=1)])
    graph("ko_matmul", [(4, 3), (3, 5)], lambda x, y: O.matmul(x, y))
    graph("ko_where", [(4, 3), (4, 3)], lambda x, y: [O.where(x > 0.0, x, y), O.clip(x, -0.5, 0.7), O.maximum(x, y), O.minimum(x, 0.2), O.normalize(x, axis=-1), O.cumsum(x, axis=1),
                                                     O.power(x, 3.0), O.divide(x, O.abs(y) + 1.0), O.add(x, y), O.subtract(1.0, y)])
    graph("ko_one_hot", [(4,)], lambda x: O.one_hot(O.cast(O.abs(x), "int32"), 5))
    graph("ko_resize", [(6, 5, 3)], lambda x: O.image.resize(x, (8, 9)))
