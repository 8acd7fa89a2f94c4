from build import L, MAJOR, case, keras, one

NAMES_2 = ["elu", "exponential", "gelu", "hard_sigmoid", "linear", "mish", "relu", "selu", "sigmoid", "softmax",
           "softplus", "softsign", "swish", "tanh", "relu6", "leaky_relu", "silu", "log_softmax"]
NAMES_3 = ["celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh",
           "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu",
           "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax",
           "squareplus", "tanh", "tanh_shrink"]


def known(name):
    try:
        return keras.activations.get(name) is not None
    except Exception:
        return False


for name in NAMES_2 if MAJOR == 2 else NAMES_3:
    if known(name):
        one(f"act_{name}", (6,), lambda name=name: L.Activation(name))
        one(f"act_{name}_dense", (5,), lambda name=name: L.Dense(8, activation=name))
        one(f"act_{name}_conv", (6, 5, 3), lambda name=name: L.Conv2D(4, 3, activation=name))

one("relu_layer", (6,), lambda: L.ReLU())
one("relu_max", (6,), lambda: L.ReLU(max_value=1.5))
one("relu_max6", (6,), lambda: L.ReLU(max_value=6))
one("relu_slope", (6,), lambda: L.ReLU(negative_slope=0.3))
one("relu_threshold", (6,), lambda: L.ReLU(threshold=0.7))
one("relu_all", (6,), lambda: L.ReLU(max_value=2.0, negative_slope=0.2, threshold=0.5))
one("relu_max_slope", (4, 6), lambda: L.ReLU(max_value=2.0, negative_slope=0.2))
one("leaky_layer", (6,), lambda: L.LeakyReLU())
one("leaky_layer_03", (5, 6), lambda: L.LeakyReLU(0.05))
one("elu_layer", (6,), lambda: L.ELU())
one("elu_layer_03", (6,), lambda: L.ELU(0.3))
one("prelu", (6,), lambda: L.PReLU())
one("prelu_image", (5, 4, 3), lambda: L.PReLU(shared_axes=[1, 2]))
one("prelu_image_all", (5, 4, 3), lambda: L.PReLU())
one("prelu_seq", (5, 3), lambda: L.PReLU(shared_axes=[1]))
one("softmax_layer", (5, 4), lambda: L.Softmax())
one("softmax_layer_1", (5, 4), lambda: L.Softmax(axis=1))
one("softmax_layer_12", (5, 4, 3), lambda: L.Softmax(axis=[1, 2]))
if MAJOR == 2:
    one("thresholded", (6,), lambda: L.ThresholdedReLU(theta=0.4))
one("dense_layer_activation", (5,), lambda: L.Dense(4, activation=L.LeakyReLU(0.15)), only=2)
one("dense_function", (5,), lambda: L.Dense(4, activation=keras.activations.gelu))


@case("act_after_conv")
def build():
    x = keras.Input((8, 8, 3), name="x")
    y = L.Conv2D(4, 3, padding="same")(x)
    y = L.Softmax(axis=-1)(y)
    y = L.Conv2D(4, 3)(y)
    y = L.Softmax(axis=1)(y)
    return keras.Model(x, [y, L.PReLU(shared_axes=[1, 2])(y)])
