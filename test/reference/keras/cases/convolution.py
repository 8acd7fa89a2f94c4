import itertools

from build import L, MAJOR, case, keras, one

SIZES = {1: (13,), 2: (9, 10), 3: (6, 7, 5)}
for n in (1, 2, 3):
    conv, trans = getattr(L, f"Conv{n}D"), getattr(L, f"Conv{n}DTranspose")
    for padding, stride in itertools.product(["valid", "same"], [1, 2, 3]):
        one(f"conv{n}_{padding}_s{stride}", (*SIZES[n], 3), lambda c=conv, p=padding, s=stride: c(4, 3, strides=s, padding=p))
        one(f"conv{n}_{padding}_s{stride}_k2", (*SIZES[n], 3), lambda c=conv, p=padding, s=stride: c(4, 2, strides=s, padding=p))
        one(f"conv{n}_{padding}_s{stride}_dyn", (*[None] * n, 3), lambda c=conv, p=padding, s=stride: c(4, 3, strides=s, padding=p))
        one(f"conv{n}_{padding}_s{stride}_dyn_k2", (*[None] * n, 3), lambda c=conv, p=padding, s=stride: c(4, 2, strides=s, padding=p))
        one(f"trans{n}_{padding}_s{stride}", (*SIZES[n], 3), lambda c=trans, p=padding, s=stride: c(4, 3, strides=s, padding=p))
        one(f"trans{n}_{padding}_s{stride}_k2", (*SIZES[n], 3), lambda c=trans, p=padding, s=stride: c(4, 2, strides=s, padding=p))
        one(f"trans{n}_{padding}_s{stride}_k4", (*SIZES[n], 2), lambda c=trans, p=padding, s=stride: c(3, 4, strides=s, padding=p, use_bias=False))
    one(f"conv{n}_k1", (*SIZES[n], 3), lambda c=conv: c(4, 1, strides=2, padding="same", activation="relu"))
    one(f"conv{n}_k1_dyn", (*[None] * n, 3), lambda c=conv: c(4, 1, strides=2, padding="same"))
    one(f"conv{n}_dilated", (*SIZES[n], 3), lambda c=conv: c(4, 2, dilation_rate=2, padding="valid"))
    one(f"conv{n}_dilated_same", (*SIZES[n], 3), lambda c=conv: c(4, 3, dilation_rate=2, padding="same"))
    one(f"conv{n}_dilated_same_dyn", (*[None] * n, 3), lambda c=conv: c(4, 3, dilation_rate=2, padding="same"))
    one(f"conv{n}_nobias", (*SIZES[n], 3), lambda c=conv: c(4, 3, use_bias=False, activation="softmax"))
    one(f"trans{n}_dyn", (*[None] * n, 3), lambda c=trans: c(4, 3, strides=2, padding="same"))
for op in (0, 1):
    one(f"trans2_valid_op{op}", (5, 6, 3), lambda op=op: L.Conv2DTranspose(4, 3, strides=2, padding="valid", output_padding=op))
    one(f"trans2_same_op{op}", (5, 6, 3), lambda op=op: L.Conv2DTranspose(4, 3, strides=2, padding="same", output_padding=op))
    one(f"trans2_same_op{op}_k4", (5, 6, 3), lambda op=op: L.Conv2DTranspose(4, 4, strides=2, padding="same", output_padding=op))
    one(f"trans1_same_op{op}", (6, 3), lambda op=op: L.Conv1DTranspose(4, 3, strides=2, padding="same", output_padding=op))
one("conv2_groups", (7, 8, 6), lambda: L.Conv2D(4, 3, groups=2))
one("conv1_groups", (9, 6), lambda: L.Conv1D(6, 3, groups=3, padding="same"))
one("conv2_uneven", (9, 10, 3), lambda: L.Conv2D(4, (2, 5), strides=(2, 1), padding="same"))
for s, d in [(1, 1), (2, 1), (1, 2)]:
    one(f"conv1_causal_s{s}_d{d}", (11, 3), lambda s=s, d=d: L.Conv1D(4, 3, strides=s, dilation_rate=d, padding="causal"))
    one(f"conv1_causal_s{s}_d{d}_dyn", (None, 3), lambda s=s, d=d: L.Conv1D(4, 3, strides=s, dilation_rate=d, padding="causal"))
for padding, stride in itertools.product(["valid", "same"], [1, 2]):
    one(f"depth2_{padding}_s{stride}", (9, 8, 3), lambda p=padding, s=stride: L.DepthwiseConv2D(3, strides=s, padding=p))
    one(f"depth2_{padding}_s{stride}_m2", (9, 8, 3), lambda p=padding, s=stride: L.DepthwiseConv2D(3, strides=s, padding=p, depth_multiplier=2, activation="relu"))
    one(f"depth1_{padding}_s{stride}", (9, 3), lambda p=padding, s=stride: L.DepthwiseConv1D(3, strides=s, padding=p, depth_multiplier=2))
    one(f"sep2_{padding}_s{stride}", (9, 8, 3), lambda p=padding, s=stride: L.SeparableConv2D(4, 3, strides=s, padding=p, depth_multiplier=2))
    one(f"sep1_{padding}_s{stride}", (9, 3), lambda p=padding, s=stride: L.SeparableConv1D(4, 3, strides=s, padding=p))
one("depth2_dilated", (9, 8, 3), lambda: L.DepthwiseConv2D(3, dilation_rate=2, padding="same"))
one("sep2_dilated", (9, 8, 3), lambda: L.SeparableConv2D(4, 3, dilation_rate=2, padding="same"))
one("sep1_causal", (9, 3), lambda: L.SeparableConv1D(4, 3, padding="causal"))
one("trans3_small", (2, 3, 2, 2), lambda: L.Conv3DTranspose(2, 2, strides=2))
one("trans2_dilated", (6, 7, 3), lambda: L.Conv2DTranspose(4, 3, dilation_rate=2))
one("trans2_dilated_same", (6, 7, 3), lambda: L.Conv2DTranspose(4, 3, dilation_rate=2, padding="same"))


@case("unet")
def build():
    x = keras.Input((16, 16, 2), name="x")
    a = L.Conv2D(4, 3, padding="same", activation="relu")(x)
    b = L.Conv2D(6, 3, padding="same", activation="relu")(L.MaxPooling2D()(a))
    up = L.Conv2DTranspose(4, 2, strides=2)(b)
    y = L.Conv2D(3, 1, activation="softmax")(L.Concatenate()([a, up, L.UpSampling2D(interpolation="bilinear")(b)]))
    return keras.Model(x, y)


@case("residual")
def build():
    x = keras.Input((9, 11, 3), name="x")
    y = L.Conv2D(4, 3, strides=2, padding="same", use_bias=False)(x)
    y = L.BatchNormalization()(y)
    z = L.ReLU()(y)
    z = L.DepthwiseConv2D(3, padding="same")(z)
    s = L.GlobalAveragePooling2D()(z)
    s = L.Reshape((1, 1, 4))(s)
    s = L.Conv2D(2, 1, activation="relu")(s)
    s = L.Conv2D(4, 1, activation="sigmoid")(s)
    z = L.Multiply()([z, s])
    y = L.Add()([y, z])
    y = L.Flatten()(L.AveragePooling2D(2, padding="same")(y))
    return keras.Model(x, L.Dense(3)(y))
