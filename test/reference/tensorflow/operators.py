"""Functions of TensorFlow, one per operator and combination of its parameters, with the inputs that they get."""
import os
import re

import numpy as np
import tensorflow as tf

F, D, I, L, B = tf.float32, tf.float64, tf.int32, tf.int64, tf.bool
R = np.random.RandomState(7)


def spec(shape, dtype=F):
    return tf.TensorSpec(shape, dtype)


def normal(*shape):
    return R.normal(size=shape).astype(np.float32)


def ints(low, high, shape, dtype=np.int32):
    return R.randint(low, high, size=shape).astype(dtype)


X34 = normal(3, 4)
HARD = np.array([[0.0, -0.0, 1.5, 2.5], [-1.5, -2.5, 0.5, -0.5], [7.0, -7.0, 1e-3, 100.0]], np.float32)
POS = np.abs(normal(3, 4)) + 0.1
UNIT = np.tanh(normal(3, 4)) * 0.9
IMG = normal(2, 9, 7, 4)
VOL = normal(2, 5, 6, 4, 2)
CASES = []


def case(name, fn, *inputs):
    """inputs: (spec, value) pairs; every one becomes an argument of the exported function."""
    if re.search(os.environ.get("ONLY", ""), name):
        CASES.append((name, fn, inputs))


def batch(value, dtype=None):
    value = np.asarray(value)
    return (spec([None, *value.shape[1:]], tf.as_dtype(value.dtype)), value)


def fixed(value):
    value = np.asarray(value)
    return (spec(value.shape, tf.as_dtype(value.dtype)), value)


def open_(value):
    value = np.asarray(value)
    return (spec([None] * value.ndim, tf.as_dtype(value.dtype)), value)


# Functions of each element
for name in ["Abs", "Ceil", "Cos", "Erf", "Exp", "Floor", "Neg", "Relu", "Rint", "Round", "Selu", "Sigmoid", "Sign", "Sin",
             "Softplus", "Softsign", "Tan", "Tanh", "Atan", "Sinh", "Cosh", "Asinh", "Elu", "Erfc", "Expm1", "Relu6", "Square",
             "IsNan", "IsInf", "IsFinite"]:
    value = HARD if name in ("Ceil", "Floor", "Rint", "Round", "Sign", "Relu6", "Relu") else X34
    if name.startswith("Is"):
        value = np.array([[1, np.nan, np.inf, -np.inf]], np.float32)
    case(f"unary_{name}", (lambda op: lambda x: getattr(tf.raw_ops, op)(**{arg(op): x}))(name), batch(value))
for name in ["Log", "Sqrt", "Rsqrt", "Reciprocal", "Log1p", "Acosh"]:
    value = POS + 1 if name == "Acosh" else POS
    case(f"unary_{name}", (lambda op: lambda x: getattr(tf.raw_ops, op)(x=x))(name), batch(value))
for name in ["Acos", "Asin", "Atanh"]:
    case(f"unary_{name}", (lambda op: lambda x: getattr(tf.raw_ops, op)(x=x))(name), batch(UNIT))
case("leaky_default", tf.nn.leaky_relu, batch(X34))
case("leaky_alpha", lambda x: tf.nn.leaky_relu(x, 0.05), batch(X34))
case("gelu_exact", lambda x: tf.nn.gelu(x, approximate=False), batch(X34))
case("gelu_tanh", lambda x: tf.nn.gelu(x, approximate=True), batch(X34))
case("swish", tf.nn.silu, batch(X34))
case("hard_sigmoid", lambda x: tf.clip_by_value(x * 0.2 + 0.5, 0.0, 1.0), batch(X34))
case("unary_int", lambda x: tf.abs(x) + tf.sign(x) + tf.negative(x) + tf.square(x), batch(ints(-5, 5, (3, 4))))
case("unary_float64", lambda x: tf.exp(x) + tf.sqrt(tf.abs(x)) + tf.sigmoid(x) + tf.tanh(x), batch(X34.astype(np.float64)))
case("logical_not", tf.logical_not, batch(X34 > 0))


def arg(op):
    return "features" if op in ("Relu", "Selu", "Softplus", "Softsign", "Elu", "Relu6") else "x"


# Arithmetic
Y4, Y34 = normal(4), normal(3, 4)
for name, fn in {
    "add": tf.add, "sub": tf.subtract, "mul": tf.multiply, "div": tf.divide, "maximum": tf.maximum, "minimum": tf.minimum,
    "squared_difference": tf.math.squared_difference, "floordiv": tf.math.floordiv, "floormod": tf.math.floormod,
    "div_no_nan": tf.math.divide_no_nan, "mul_no_nan": tf.math.multiply_no_nan, "xdivy": tf.math.xdivy,
    "truncatemod": tf.truncatemod,
}.items():
    case(f"{name}_same", fn, batch(X34), batch(Y34))
    case(f"{name}_broadcast", (lambda f: lambda x: f(x, tf.constant(Y4)))(fn), batch(X34))
    case(f"{name}_column", fn, batch(X34), batch(normal(3, 1)))
for dtype in (np.int32, np.int64):
    a, b = ints(-9, 10, (4, 5), dtype), ints(1, 5, (4, 5), dtype) * np.sign(ints(-3, 2, (4, 5), dtype) * 2 + 1)
    for name, fn in {"add": tf.add, "sub": tf.subtract, "mul": tf.multiply, "floordiv": tf.math.floordiv,
                     "floormod": tf.math.floormod, "truncatediv": tf.truncatediv, "truncatemod": tf.truncatemod, "maximum": tf.maximum}.items():
        case(f"{name}_{np.dtype(dtype).name}", fn, batch(a), batch(b))
for dtype in (np.int8, np.uint8, np.int16):
    case(f"add_{np.dtype(dtype).name}", lambda a, b: a + b, batch(ints(0, 100, (3, 4), dtype)), batch(ints(0, 100, (3, 4), dtype)))
case("pow", tf.pow, batch(POS), batch(X34))
case("pow_const", lambda x: tf.pow(x, 2.0), batch(X34))
case("add_n", lambda a, b, c: tf.add_n([a, b, c]), batch(X34), batch(Y34), batch(POS))
case("clip", lambda x: tf.clip_by_value(x, -0.5, 0.7), batch(X34))
case("clip_by_norm", lambda x: tf.clip_by_norm(x, 1.0, axes=[1]), batch(X34))
case("xlogy", tf.math.xlogy, batch(np.array([[0, 1, 2.5]], np.float32)), batch(np.array([[0, 2, 3]], np.float32)))
case("xlog1py", tf.math.xlog1py, batch(np.array([[0, 1, 2.5]], np.float32)), batch(np.array([[-1, 2, 3]], np.float32)))
case("add_float64", lambda x: x * 1.1 + 0.3, batch(X34.astype(np.float64)))

# Comparisons
for name, fn in {"less": tf.less, "less_equal": tf.less_equal, "greater": tf.greater, "greater_equal": tf.greater_equal,
                 "equal": tf.equal, "not_equal": tf.not_equal}.items():
    case(f"{name}", fn, batch(np.round(X34)), batch(np.round(Y34)))
    case(f"{name}_int", fn, batch(ints(0, 3, (3, 4))), batch(ints(0, 3, (3, 4))))
case("logic", lambda a, b: tf.logical_or(tf.logical_and(a > 0, b > 0), tf.math.logical_xor(a > 0, b > 0)), batch(X34), batch(Y34))
case("where_3", lambda c, a, b: tf.where(c, a, b), batch(X34 > 0), batch(X34), batch(Y34))
case("where_broadcast", lambda a: tf.where(a > 0, a, 0.0), batch(X34))
case("where_int", lambda a: tf.where(a > 0, a, tf.zeros_like(a)), batch(ints(-3, 3, (3, 4))))
case("where_bool", lambda a, b: tf.where(a > 0, b > 0, a > 0.5), batch(X34), batch(Y34))
case("select_v1_rows", lambda c, a, b: tf.compat.v1.where(c, a, b), batch(np.array([True, False, True])), batch(X34), batch(Y34))
case("where_1", lambda a: tf.where(a > 0), batch(X34))
case("boolean_mask", lambda a: tf.boolean_mask(a, a > 0), batch(X34))
case("equal_string", lambda a: tf.equal(a, "b"), (spec([None], tf.string), np.array(["a", "b", "é"], dtype=object)))

# Types
VALUES = np.array([[-2.7, -0.5, 0.0, 0.5], [2.7, 3.0, 100.9, 1.0]], np.float32)
for target in ("int32", "int64", "bool", "float64", "float16", "uint8", "int8"):
    value = np.abs(VALUES) if target == "uint8" else VALUES
    case(f"cast_{target}", (lambda t: lambda x: tf.cast(tf.cast(x, t), F))(target), batch(value))
case("cast_from_bool", lambda x: tf.cast(x, F), batch(VALUES > 0))
case("cast_from_int", lambda x: tf.cast(x, F) / 3, batch(ints(-9, 9, (3, 4), np.int64)))

# Matrix products
A, Bm = normal(3, 4), normal(4, 5)
for ta in (False, True):
    for tb in (False, True):
        case(f"matmul_{ta}_{tb}", (lambda ta, tb: lambda a, b: tf.raw_ops.MatMul(a=a, b=b, transpose_a=ta, transpose_b=tb))(ta, tb),
             fixed(A.T.copy() if ta else A), fixed(Bm.T.copy() if tb else Bm))
        a, b = normal(2, 3, 4), normal(2, 4, 5)
        case(f"batch_matmul_{ta}_{tb}", (lambda ta, tb: lambda a, b: tf.linalg.matmul(a, b, adjoint_a=ta, adjoint_b=tb))(ta, tb),
             batch(np.swapaxes(a, 1, 2).copy() if ta else a), batch(np.swapaxes(b, 1, 2).copy() if tb else b))
case("matmul_weights", lambda x: tf.matmul(x, tf.constant(Bm)), batch(A))
case("matmul_broadcast", lambda x: tf.matmul(x, tf.constant(normal(5, 2))), batch(normal(2, 3, 4, 5)))
case("matmul_int", lambda x: tf.matmul(x, tf.constant(ints(-3, 3, (4, 2)))), batch(ints(-3, 3, (3, 4))))
case("matmul_float64", lambda x: tf.matmul(x, tf.constant(normal(4, 2).astype(np.float64))), batch(A.astype(np.float64)))
for eq, shapes in {"abc,cde->abde": [(2, 3, 4), (4, 2, 5)], "bij,bjk->bik": [(2, 3, 4), (2, 4, 5)], "aecd,abcd->acbe": [(2, 3, 4, 5), (2, 6, 4, 5)],
                   "...ij,jk->...ik": [(2, 3, 4), (4, 5)], "bi->b": [(3, 4)], "ij->ji": [(3, 4)]}.items():
    case(f"einsum_{eq.replace('->', '_to_').replace(',', '_').replace('...', 'dots')}", (lambda e: lambda *a: tf.einsum(e, *a))(eq), *[batch(normal(*s)) if i == 0 else fixed(normal(*s)) for i, s in enumerate(shapes)])
case("tensordot", lambda x: tf.tensordot(x, tf.constant(normal(4, 6)), axes=[[2], [0]]), batch(normal(2, 3, 4)))

# Convolution
for padding in ("SAME", "VALID"):
    for stride in (1, 2, 3):
        for k in (1, 2, 3, 5):
            w = normal(k, k, 4, 3)
            case(f"conv2d_{padding}_s{stride}_k{k}", (lambda w, s, p: lambda x: tf.nn.conv2d(x, tf.constant(w), s, p))(w, stride, padding), batch(IMG))
    case(f"conv2d_{padding}_dil", (lambda p: lambda x: tf.nn.conv2d(x, tf.constant(normal(3, 3, 4, 3)), 1, p, dilations=2))(padding), batch(IMG))
    case(f"conv2d_{padding}_open", (lambda p: lambda x: tf.nn.conv2d(x, tf.constant(normal(3, 2, 4, 3)), 2, p))(padding), (spec([None, None, None, 4]), IMG))
    case(f"conv2d_{padding}_groups", (lambda p: lambda x: tf.nn.conv2d(x, tf.constant(normal(3, 3, 2, 6)), 1, p))(padding), batch(IMG))
    case(f"conv2d_{padding}_anis", (lambda p: lambda x: tf.nn.conv2d(x, tf.constant(normal(2, 5, 4, 3)), [1, 3, 2, 1], p))(padding), batch(IMG))
    case(f"depthwise_{padding}", (lambda p: lambda x: tf.nn.depthwise_conv2d(x, tf.constant(normal(3, 3, 4, 2)), [1, 2, 2, 1], p))(padding), batch(IMG))
    case(f"depthwise_{padding}_dil", (lambda p: lambda x: tf.nn.depthwise_conv2d(x, tf.constant(normal(3, 2, 4, 1)), [1, 1, 1, 1], p, dilations=[2, 2]))(padding), batch(IMG))
    case(f"separable_{padding}", (lambda p: lambda x: tf.nn.separable_conv2d(x, tf.constant(normal(3, 3, 4, 2)), tf.constant(normal(1, 1, 8, 5)), [1, 1, 1, 1], p))(padding), batch(IMG))
    case(f"conv1d_{padding}", (lambda p: lambda x: tf.nn.conv1d(x, tf.constant(normal(3, 4, 5)), 2, p))(padding), batch(normal(2, 11, 4)))
    case(f"conv1d_{padding}_dil", (lambda p: lambda x: tf.nn.conv1d(x, tf.constant(normal(3, 4, 5)), 1, p, dilations=2))(padding), batch(normal(2, 11, 4)))
    case(f"conv1d_{padding}_open", (lambda p: lambda x: tf.nn.conv1d(x, tf.constant(normal(3, 4, 5)), 1, p))(padding), (spec([None, None, 4]), normal(2, 11, 4)))
    case(f"conv3d_{padding}", (lambda p: lambda x: tf.nn.conv3d(x, tf.constant(normal(2, 3, 2, 2, 3)), [1, 1, 2, 1, 1], p))(padding), batch(VOL))
    for stride in (1, 2, 3):
        for k in (1, 2, 3, 4):
            out = [9 * stride, 7 * stride] if padding == "SAME" else [8 * stride + max(k, stride), 6 * stride + max(k, stride)]
            case(f"deconv_{padding}_s{stride}_k{k}", (lambda s, p, k, o: lambda x: tf.nn.conv2d_transpose(x, tf.constant(normal(k, k, 3, 4)), tf.stack([tf.shape(x)[0], o[0], o[1], 3]), s, p))(stride, padding, k, out), batch(IMG))
    case(f"deconv_{padding}_odd", (lambda p: lambda x: tf.nn.conv2d_transpose(x, tf.constant(normal(3, 3, 3, 4)), [2, 17 if p == "SAME" else 19, 13 if p == "SAME" else 15, 3], 2, p))(padding), fixed(IMG))
    case(f"deconv3d_{padding}", (lambda p: lambda x: tf.nn.conv3d_transpose(x, tf.constant(normal(2, 2, 2, 3, 2)), tf.stack([tf.shape(x)[0], 10, 12, 8, 3]), 2, p))(padding), batch(VOL))
case("conv2d_explicit", lambda x: tf.nn.conv2d(x, tf.constant(normal(3, 3, 4, 3)), 2, [[0, 0], [1, 2], [2, 0], [0, 0]]), batch(IMG))
case("conv2d_bias", lambda x: tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, tf.constant(normal(3, 3, 4, 3)), 1, "SAME"), tf.constant(normal(3)))), batch(IMG))
case("bias_add_nchw", lambda x: tf.nn.bias_add(x, tf.constant(normal(4)), data_format="NC..."), batch(normal(2, 4, 3, 5)))
case("atrous", lambda x: tf.nn.atrous_conv2d(x, tf.constant(normal(3, 3, 4, 3)), 2, "SAME"), batch(IMG))

# Pooling
for padding in ("SAME", "VALID"):
    for k, s in ((2, 2), (3, 2), (3, 1), (2, 3)):
        case(f"max_pool_{padding}_{k}_{s}", (lambda k, s, p: lambda x: tf.nn.max_pool2d(x, k, s, p))(k, s, padding), batch(IMG))
        case(f"avg_pool_{padding}_{k}_{s}", (lambda k, s, p: lambda x: tf.nn.avg_pool2d(x, k, s, p))(k, s, padding), batch(IMG))
    case(f"max_pool_{padding}_open", (lambda p: lambda x: tf.nn.max_pool2d(x, 3, 2, p))(padding), (spec([None, None, None, 4]), IMG))
    case(f"avg_pool_{padding}_open", (lambda p: lambda x: tf.nn.avg_pool2d(x, 3, 2, p))(padding), (spec([None, None, None, 4]), IMG))
    case(f"max_pool3d_{padding}", (lambda p: lambda x: tf.nn.max_pool3d(x, 2, 2, p))(padding), batch(VOL))
    case(f"avg_pool3d_{padding}", (lambda p: lambda x: tf.nn.avg_pool3d(x, 3, 2, p))(padding), batch(VOL))
    case(f"max_pool1d_{padding}", (lambda p: lambda x: tf.nn.max_pool1d(x, 3, 2, p))(padding), batch(normal(2, 11, 4)))
case("max_pool_explicit", lambda x: tf.nn.max_pool2d(x, 3, 2, [[0, 0], [1, 0], [0, 1], [0, 0]]), batch(IMG))

# Normalization
case("fused_batch_norm", lambda x: tf.compat.v1.nn.fused_batch_norm(x, tf.constant(POS[0]), tf.constant(X34[0]), tf.constant(X34[1]), tf.constant(POS[1]), epsilon=0.002, is_training=False)[0], batch(IMG))
case("batch_norm", lambda x: tf.nn.batch_normalization(x, tf.constant(X34[0]), tf.constant(POS[0]), tf.constant(X34[1]), tf.constant(POS[1]), 1e-3), batch(IMG))
case("softmax", tf.nn.softmax, batch(X34))
case("softmax_3d", lambda x: tf.nn.softmax(x, axis=1), batch(normal(2, 3, 4)))
case("log_softmax", tf.nn.log_softmax, batch(X34 * 10))
case("lrn", lambda x: tf.nn.lrn(x, depth_radius=2, bias=1.5, alpha=0.3, beta=0.6), batch(IMG))
case("lrn_default", tf.nn.lrn, batch(IMG))
case("l2_normalize", lambda x: tf.math.l2_normalize(x, axis=1), batch(X34))
case("moments", lambda x: tf.concat(tf.nn.moments(x, [1, 2]), axis=1), batch(IMG))
case("layer_norm", lambda x: (x - tf.reduce_mean(x, -1, keepdims=True)) * tf.math.rsqrt(tf.math.reduce_variance(x, -1, keepdims=True) + 1e-3), batch(X34))

# Reductions
for name, fn in {"mean": tf.reduce_mean, "sum": tf.reduce_sum, "max": tf.reduce_max, "min": tf.reduce_min, "prod": tf.reduce_prod,
                 "logsumexp": tf.reduce_logsumexp, "std": tf.math.reduce_std, "norm": tf.math.reduce_euclidean_norm}.items():
    for axis in (None, 0, 1, -1, [1, 2], []):
        for keep in (False, True):
            case(f"{name}_{'all' if axis is None else str(axis).strip('[]').replace(', ', '_') or 'none'}_{keep}", (lambda f, a, k: lambda x: f(x, axis=a, keepdims=k))(fn, axis, keep), batch(normal(2, 3, 4)))
case("sum_int", lambda x: tf.reduce_sum(x, 1), batch(ints(0, 9, (3, 4))))
case("sum_int64", lambda x: tf.reduce_sum(x, 1), batch(ints(0, 9, (3, 4), np.int64)))
case("all_any", lambda x: (tf.reduce_all(x > 0, 1), tf.reduce_any(x > 0, [0], keepdims=True)), batch(X34))
for name, fn in {"argmax": tf.argmax, "argmin": tf.argmin}.items():
    case(f"{name}_ties", (lambda f: lambda x: f(x, axis=1))(fn), batch(np.array([[1, 3, 3], [2, 2, 1], [0, 0, 0]], np.float32)))
    case(f"{name}_axis0", (lambda f: lambda x: f(x, axis=0, output_type=I))(fn), batch(X34))
    case(f"{name}_3d", (lambda f: lambda x: f(x, axis=-1))(fn), batch(normal(2, 3, 4)))
case("cumsum", lambda x: tf.cumsum(x, 1), batch(X34))
case("cumsum_options", lambda x: tf.cumsum(x, -1, exclusive=True, reverse=True), batch(X34))
case("l2_loss", tf.nn.l2_loss, batch(X34))

# Shapes
case("shape_of", tf.shape, open_(normal(2, 3, 4)))
case("shape_int64", lambda x: tf.shape(x, out_type=L), batch(X34))
case("size_rank", lambda x: (tf.size(x), tf.rank(x)), open_(X34))
case("reshape_flat", lambda x: tf.reshape(x, [-1, 12]), batch(normal(2, 3, 4)))
case("reshape_dynamic", lambda x: tf.reshape(x, [tf.shape(x)[0], -1]), batch(normal(2, 3, 4)))
case("reshape_open", lambda x: tf.reshape(x, [tf.shape(x)[0], tf.shape(x)[1] * tf.shape(x)[2]]), open_(normal(2, 3, 4)))
case("reshape_split", lambda x: tf.reshape(x, [tf.shape(x)[0], tf.shape(x)[1], 2, 2]), (spec([None, None, 4]), normal(2, 3, 4)))
case("reshape_scalar", lambda x: tf.reshape(tf.reduce_sum(x), []), batch(X34))
case("squeeze", lambda x: tf.squeeze(x, [1, -1]), batch(normal(2, 1, 3, 1)))
case("squeeze_all", tf.squeeze, fixed(normal(2, 1, 3, 1)))
case("expand_dims", lambda x: tf.expand_dims(tf.expand_dims(x, 1), -1), batch(X34))
case("transpose", lambda x: tf.transpose(x, [0, 2, 1]), batch(normal(2, 3, 4)))
case("transpose_default", tf.transpose, open_(normal(2, 3, 4)))
case("shape_arithmetic", lambda x: tf.reshape(x, [tf.shape(x)[0], tf.maximum(tf.shape(x)[1] // 2, 1) * 2]), batch(X34))

# Joining
case("concat", lambda a, b: tf.concat([a, b], 1), batch(X34), batch(normal(3, 2)))
case("concat_last", lambda a, b: tf.concat([a, b], -1), batch(normal(2, 3, 4)), batch(normal(2, 3, 1)))
case("concat_rows", lambda a, b: tf.concat([a, b], 0), batch(X34), batch(normal(2, 4)))
case("concat_int", lambda a: tf.concat([a, a + 1], 1), batch(ints(0, 9, (3, 2))))
for axis in (0, 1, 2, -1):
    case(f"stack_{axis}", (lambda k: lambda a, b: tf.stack([a, b], k))(axis), batch(X34), batch(Y34))
case("unstack", lambda x: tf.unstack(x, 3, 1), batch(normal(2, 3, 4)))
case("unstack_last", lambda x: tf.unstack(x, 4, -1)[2], batch(normal(2, 3, 4)))
case("split", lambda x: tf.split(x, 2, 1), batch(X34))
case("split_v", lambda x: tf.split(x, [1, 2, 1], 1), batch(X34))
case("split_rest", lambda x: tf.split(x, [1, -1], 1), batch(X34))
case("split_open", lambda x: tf.split(x, 2, 1), (spec([None, None]), X34))
case("tile", lambda x: tf.tile(x, [2, 3]), batch(X34))
case("tile_dynamic", lambda x: tf.tile(tf.constant(X34[:1]), [tf.shape(x)[0], 1]), batch(X34))
case("repeat", lambda x: tf.repeat(x, 3, axis=1), batch(X34))

# Filling
case("fill", lambda x: tf.fill([tf.shape(x)[0], 3], 2.5), batch(X34))
case("zeros_dynamic", lambda x: tf.zeros([tf.shape(x)[0], 4]) + x, batch(X34))
case("like", lambda x: tf.zeros_like(x) + tf.ones_like(x) * 3, batch(X34))
case("range_dynamic", lambda x: tf.range(tf.shape(x)[0]), batch(X34))
case("range_float", lambda x: x + tf.range(0.5, 4.0, 1.0), batch(X34))
case("linspace", lambda x: x * tf.linspace(0.1, 0.9, 4), batch(X34))
for axis in (-1, 0, 1):
    case(f"one_hot_{axis}", (lambda k: lambda x: tf.one_hot(x, 5, on_value=2.0, off_value=-1.0, axis=k))(axis), batch(ints(-1, 7, (3, 2))))
case("one_hot_int", lambda x: tf.one_hot(x, 4, dtype=I), batch(ints(0, 4, (3,), np.int64)))
case("one_hot_bool", lambda x: tf.one_hot(x, 4, on_value=True, off_value=False), batch(ints(0, 4, (3,), np.int64)))
case("broadcast_to", lambda x: tf.broadcast_to(x, [3, 4]), fixed(normal(1, 4)))
case("broadcast_dynamic", lambda x: tf.broadcast_to(tf.constant(Y4), tf.shape(x)), batch(X34))
case("broadcast_args", lambda a, b: tf.broadcast_to(a, tf.broadcast_dynamic_shape(tf.shape(a), tf.shape(b))), batch(normal(3, 1)), batch(X34))

# Slices
S = normal(4, 5, 6)
for name, fn in {
    "first": lambda x: x[0], "last": lambda x: x[-1], "range": lambda x: x[:, 1:3], "step": lambda x: x[:, ::2], "reverse": lambda x: x[:, ::-1],
    "neg": lambda x: x[:, -3:-1], "ellipsis": lambda x: x[..., 0], "ellipsis2": lambda x: x[1, ..., 2:4], "newaxis": lambda x: x[:, tf.newaxis, :, 1],
    "newaxis_end": lambda x: x[..., tf.newaxis], "mixed": lambda x: x[1:, 0, tf.newaxis, ::-2], "past": lambda x: x[:, 2:100], "empty": lambda x: x[:, 3:3],
    "from_dynamic": lambda x: x[:, tf.shape(x)[1] - 2:], "to_dynamic": lambda x: x[:, : tf.shape(x)[1] // 2], "point_dynamic": lambda x: x[:, tf.shape(x)[1] - 1],
    "negstep_range": lambda x: x[:, 4:1:-1],
}.items():
    case(f"slice_{name}", fn, batch(S))
    case(f"slice_{name}_open", fn, open_(S))
case("slice_op", lambda x: tf.slice(x, [0, 1, 2], [-1, 2, -1]), batch(S))
case("slice_op_dynamic", lambda x: tf.slice(x, [0, 1, 0], [tf.shape(x)[0], -1, 2]), batch(S))
case("slice_int", lambda x: x[:, 1], batch(ints(0, 9, (3, 4))))

# Look-up
E = normal(7, 3)
IDX = ints(0, 7, (3, 4))
case("gather", lambda i: tf.gather(tf.constant(E), i), batch(IDX))
case("gather_int64", lambda i: tf.gather(tf.constant(E), i), batch(IDX.astype(np.int64)))
case("gather_axis", lambda x: tf.gather(x, [2, 0, 2], axis=1), batch(X34))
case("gather_axis_neg", lambda x, i: tf.gather(x, i, axis=-1), batch(normal(2, 3, 7)), batch(ints(0, 7, (2, 2))))
case("gather_batch", lambda x, i: tf.gather(x, i, batch_dims=1), batch(normal(3, 7)), batch(IDX))
case("gather_batch2", lambda x, i: tf.gather(x, i, batch_dims=1), batch(normal(3, 7, 2)), batch(IDX))
case("gather_nd", lambda x, i: tf.gather_nd(x, i), batch(X34), batch(np.array([[0, 1], [2, 3]], np.int32)))
case("gather_nd_rows", lambda x, i: tf.gather_nd(x, i), batch(X34), batch(np.array([[0], [2]], np.int32)))
case("gather_nd_batch", lambda x, i: tf.gather_nd(x, i, batch_dims=1), batch(normal(3, 4, 2)), batch(np.array([[0], [2], [3]], np.int32)))
case("embedding_mean", lambda i: tf.reduce_mean(tf.nn.embedding_lookup(tf.constant(E), i), 1), batch(IDX))
case("scatter_nd", lambda u: tf.scatter_nd([[1], [3], [1]], u, [5, 4]), batch(X34))
case("tensor_scatter", lambda x: tf.tensor_scatter_nd_update(x, [[0], [2]], tf.constant(Y34[:2])), batch(X34))
case("tensor_scatter_add", lambda x: tf.tensor_scatter_nd_add(x, [[0], [0]], tf.constant(Y34[:2])), batch(X34))

# Padding
case("pad", lambda x: tf.pad(x, [[0, 0], [1, 2]]), batch(X34))
case("pad_value", lambda x: tf.pad(x, [[1, 0], [1, 2]], constant_values=3.5), batch(X34))
case("pad_reflect", lambda x: tf.pad(x, [[0, 0], [2, 1]], "REFLECT"), batch(X34))
case("pad_symmetric", lambda x: tf.pad(x, [[1, 1], [2, 3]], "SYMMETRIC"), batch(X34))
case("pad_dynamic", lambda x: tf.pad(x, [[0, 0], [0, 6 - tf.shape(x)[1]]]), open_(X34))
case("pad_int", lambda x: tf.pad(x, [[0, 0], [1, 0]]), batch(ints(0, 9, (3, 4))))

# Space
case("space_to_depth", lambda x: tf.nn.space_to_depth(x, 2), batch(normal(2, 4, 6, 3)))
case("depth_to_space", lambda x: tf.nn.depth_to_space(x, 2), batch(normal(2, 3, 2, 12)))
case("space_to_batch", lambda x: tf.space_to_batch(x, [2, 3], [[1, 0], [0, 2]]), batch(normal(2, 5, 7, 3)))
case("batch_to_space", lambda x: tf.batch_to_space(x, [2, 2], [[1, 0], [0, 1]]), fixed(normal(8, 3, 2, 3)))
case("batch_to_space_open", lambda x: tf.batch_to_space(x, [2, 2], [[0, 1], [1, 0]]), batch(normal(8, 3, 2, 3)))

# Image sizes
for half in (False, True):
    for align in (False, True):
        if half and align:
            continue
        for size in ([18, 14], [5, 3], [9, 7], [1, 1], [13, 10]):
            for op, name in ((tf.raw_ops.ResizeBilinear, "bilinear"), (tf.raw_ops.ResizeNearestNeighbor, "nearest")):
                case(f"resize_{name}_{half}_{align}_{size[0]}", (lambda o, s, a, h: lambda x: o(images=x, size=s, align_corners=a, half_pixel_centers=h))(op, size, align, half), batch(IMG))
case("resize_dynamic", lambda x: tf.image.resize(x, tf.shape(x)[1:3] * 2, "nearest"), (spec([None, None, None, 4]), IMG))
case("resize_uint8", lambda x: tf.image.resize(x, [4, 4]), batch(ints(0, 255, (2, 8, 8, 3), np.uint8)))

# Order
for binary in (False, True):
    case(f"bincount_{binary}", (lambda b: lambda x: tf.math.bincount(x, minlength=6, maxlength=6, axis=-1, binary_output=b, dtype=F))(binary), batch(ints(0, 8, (3, 5))))
    case(f"bincount_{binary}_one", (lambda b: lambda x: tf.raw_ops.DenseBincount(input=x, size=6, weights=tf.constant([], F), binary_output=b))(binary), open_(ints(0, 8, (5,))))

case("batch_norm_training", lambda x: tf.compat.v1.nn.fused_batch_norm(x, tf.constant(POS[0]), tf.constant(X34[0]), epsilon=0.002, is_training=True)[0], batch(IMG))
for lower, upper in ((-1, 0), (0, -1), (1, 1), (0, 0), (-1, -1)):
    case(f"band_{lower}_{upper}", (lambda a, b: lambda x: tf.linalg.band_part(x, a, b))(lower, upper), batch(normal(2, 4, 5)))
case("band_bool", lambda x: tf.linalg.band_part(x > 0, -1, 0), batch(normal(2, 4, 5)))
for stride in (1, 2, 3):
    for k in (1, 2, 3, 4):
        for padding in ("SAME", "VALID"):
            case(f"deconv_open_{padding}_s{stride}_k{k}", (lambda s, p, k: lambda x: tf.nn.conv2d_transpose(x, tf.constant(normal(k, k, 3, 4)), tf.stack([tf.shape(x)[0], *[n * s if p == "SAME" else n * s + max(k - s, 0) for n in (tf.shape(x)[1], tf.shape(x)[2])], 3]), s, p))(stride, padding, k), (spec([None, None, None, 4]), IMG))
case("top_k", lambda x: tf.math.top_k(x, 2), batch(X34))
case("top_k_ties", lambda x: tf.math.top_k(x, 3), batch(np.array([[1, 3, 3, 1], [2, 2, 2, 2]], np.float32)))
case("reverse", lambda x: tf.reverse(x, [0, -1]), batch(X34))
case("sort", lambda x: tf.sort(x, direction="DESCENDING"), batch(X34))
case("argsort", lambda x: tf.argsort(x), batch(X34))
case("bucketize", lambda x: tf.raw_ops.Bucketize(input=x, boundaries=[-1.0, 0.0, 0.5]), batch(np.array([[-2, -1, 0, 0.25, 0.5, 9]], np.float32)))


# Control flow
def loop_sum(x):
    i = tf.constant(0)
    return tf.while_loop(lambda i, a: i < 4, lambda i, a: (i + 1, a * 0.5 + x), [i, tf.zeros_like(x)])[1]


def loop_dynamic(x):
    n = tf.shape(x)[1]
    return tf.while_loop(lambda i, a: i < n, lambda i, a: (i + 1, a + x[:, i]), [tf.constant(0), tf.zeros([tf.shape(x)[0]])])[1]


def loop_growing(x):
    return tf.while_loop(lambda a: tf.shape(a)[1] < 9, lambda a: tf.concat([a, x], 1), [x], shape_invariants=[tf.TensorShape([None, None])])


def loop_array(x):
    n = tf.shape(x)[1]
    ta = tf.TensorArray(F, n, element_shape=[None, 3])
    _, ta, last = tf.while_loop(lambda i, *_: i < n, lambda i, ta, s: (i + 1, ta.write(i, tf.tanh(s + x[:, i])), tf.tanh(s + x[:, i])),
                                [tf.constant(0), ta, tf.zeros([tf.shape(x)[0], 3])])
    return tf.transpose(ta.stack(), [1, 0, 2]), last


def loop_backwards(x):
    n = tf.shape(x)[1]
    ta = tf.TensorArray(F, n, element_shape=[3])
    _, ta = tf.while_loop(lambda i, _: i >= 0, lambda i, ta: (i - 1, ta.write(i, x[0, i])), [n - 1, ta])
    return ta.stack()


def loop_early(x):
    ta = tf.TensorArray(F, 6, element_shape=[3])
    _, ta = tf.while_loop(lambda i, _: i < 4, lambda i, ta: (i + 1, ta.write(i, x[0] * tf.cast(i, F))), [tf.constant(0), ta])
    return ta.stack()


def unrolled_array(x):
    ta = tf.TensorArray(F, 3)
    for i in range(3):
        ta = ta.write(i, x[:, i])
    return ta.stack()


def nested(x):
    def outer(i, a):
        return i + 1, tf.while_loop(lambda j, b: j < i + 1, lambda j, b: (j + 1, b + x), [0, a])[1]
    return tf.while_loop(lambda i, a: i < 3, outer, [tf.constant(0), tf.zeros_like(x)])[1]


def branch(x):
    return tf.cond(tf.reduce_sum(x) > 0, lambda: x * 2, lambda: x - 1)


def branch_shapes(x):
    return tf.cond(tf.shape(x)[0] > 2, lambda: tf.concat([x, x], 1), lambda: tf.zeros([1, 2]))


def collatz(x):
    return tf.while_loop(lambda a: tf.reduce_any(a > 1.0), lambda a: tf.where(a > 1.0, a / 2, a), [x])


def mapped(x):
    return tf.map_fn(lambda row: tf.reduce_sum(row * row), x)


def scanned(x):
    return tf.scan(lambda a, row: a * 0.5 + row, x)


for fn in (loop_sum, nested, branch, branch_shapes, collatz, mapped, scanned):
    case(fn.__name__, fn, batch(X34))
    case(f"{fn.__name__}_neg", fn, batch(-np.abs(X34[:2])))
for fn in (loop_dynamic,):
    case(fn.__name__, fn, (spec([None, None]), X34))
case("loop_growing", loop_growing, batch(X34))
for fn in (loop_array, loop_backwards):
    case(fn.__name__, fn, (spec([None, None, 3]), normal(2, 5, 3)))
case("loop_early", loop_early, fixed(normal(2, 3)))
case("unrolled_array", unrolled_array, batch(X34))
case("assert_dropped", lambda x: with_assert(x), batch(POS))


def with_assert(x):
    tf.debugging.assert_positive(x)
    tf.print("seen")
    return x + 1


# Tables
def table(keys, values, default):
    return tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, values), default)
