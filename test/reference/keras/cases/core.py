from build import L, MAJOR, case, keras, one

for rank, shape in enumerate([(5,), (4, 5), (3, 4, 5), (2, 3, 4, 5)]):
    one(f"dense_rank{rank + 2}", shape, lambda: L.Dense(3, activation="tanh"))
    one(f"dense_nobias_rank{rank + 2}", shape, lambda: L.Dense(3, use_bias=False))
one("dense_dynamic", (None, 5), lambda: L.Dense(3))
one("dense_int", (5,), lambda: L.Dense(3), dtype="int32")
one("dense_f64", (5,), lambda: L.Dense(3, activation="softmax", dtype="float64"), dtype="float64", rtol=1e-12)
one("dense_f64_of_f32", (5,), lambda: L.Dense(3, activation="relu", dtype="float64"), rtol=1e-6)
for i, (equation, shape, out, bias) in enumerate([
    ("ab,bc->ac", (5,), 3, "c"),
    ("abc,cd->abd", (4, 5), (None, 3), "d"),
    ("...x,xy->...y", (4, 5), 3, "y"),
    ("abc,cde->abde", (4, 6), (None, 2, 3), "de"),
    ("abcd,cde->abe", (4, 2, 3), (None, 5), "e"),
    ("aecd,abcde->acbe" if False else "abc,bd->adc", (4, 5), (3, 5), None),
    ("abc,cd->abd", (4, 5), (4, 3), "bd"),
]):
    one(f"einsum_{i}", shape, lambda e=equation, o=out, b=bias: L.EinsumDense(e, output_shape=o, bias_axes=b))
one("embedding", (4,), lambda: L.Embedding(5, 3), dtype="int32")
one("embedding_int64", (4,), lambda: L.Embedding(5, 3), dtype="int64")
one("embedding_2d", (4, 2), lambda: L.Embedding(5, 3), dtype="int32")
for name in ["Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise"]:
    if hasattr(L, name):
        one(f"noise_{name}", (5,), lambda name=name: getattr(L, name)(0.3))
for n, shape in [(1, (5, 3)), (2, (5, 4, 3)), (3, (3, 5, 4, 2))]:
    one(f"spatial_dropout{n}", shape, lambda n=n: getattr(L, f"SpatialDropout{n}D")(0.3))
one("activity", (5,), lambda: L.ActivityRegularization(0.1))
if hasattr(L, "Identity"):
    one("identity", (5,), lambda: L.Identity())
for name, args in [("RandomFlip", ["horizontal"]), ("RandomRotation", [0.2]), ("RandomZoom", [0.2]),
                   ("RandomTranslation", [0.1, 0.1]), ("RandomContrast", [0.2]), ("RandomBrightness", [0.2]),
                   ("RandomHeight", [0.2]), ("RandomWidth", [0.2]), ("RandomHue", [0.2]), ("RandomSaturation", [0.2]),
                   ("RandomSharpness", [0.2]), ("RandomShear", [0.1]), ("RandomColorJitter", []),
                   ("RandomGrayscale", []), ("RandomGaussianBlur", []), ("RandomPosterization", [4]),
                   ("RandomInvert", []), ("RandomErasing", []), ("RandomPerspective", []),
                   ("RandomElasticTransform", []), ("RandomColorDegeneration", [0.2])]:
    if hasattr(L, name):
        one(f"augment_{name}", (6, 6, 3), lambda name=name, args=args: getattr(L, name)(*args))
if hasattr(L, "SpectralNormalization"):
    one("spectral_dense", (5,), lambda: L.SpectralNormalization(L.Dense(3)))
    one("spectral_conv", (6, 6, 3), lambda: L.SpectralNormalization(L.Conv2D(4, 3)))


@case("sequential_input")
def build():
    return keras.Sequential([keras.Input((6,)), L.Dense(5, activation="relu"), L.Dropout(0.2), L.Dense(2)])


@case("sequential_input_shape")
def build():
    return keras.Sequential([L.Dense(5, activation="relu", input_shape=(6,)), L.Dense(2, activation="softmax")])


@case("sequential_deferred")
def build():
    model = keras.Sequential([L.Dense(5, activation="relu"), L.BatchNormalization(), L.Dense(2)])
    model.build((None, 6))
    return model


@case("frozen")
def build():
    x = keras.Input((6, 6, 3), name="x")
    base = keras.Sequential([keras.Input((6, 6, 3)), L.Conv2D(4, 3), L.BatchNormalization(), L.Conv2D(4, 3),
                             L.BatchNormalization(), L.GlobalAveragePooling2D()], name="base")
    base.trainable = False
    return keras.Model(x, L.Dense(3)(base(x)))


@case("half_frozen")
def build():
    x = keras.Input((6, 6, 3), name="x")
    base = keras.Sequential([keras.Input((6, 6, 3)), L.Conv2D(4, 3), L.BatchNormalization(), L.Conv2D(4, 3),
                             L.BatchNormalization(), L.GlobalAveragePooling2D()], name="base")
    base.layers[0].trainable = False
    base.layers[1].trainable = False
    return keras.Model(x, L.Dense(3)(base(x)))


@case("nested_twice")
def build():
    inner_in = keras.Input((4,), name="inner_in")
    deep = keras.Sequential([keras.Input((5,)), L.Dense(5, activation="tanh"), L.BatchNormalization()], name="deep")
    inner = keras.Model(inner_in, deep(L.Dense(5)(inner_in)), name="inner")
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    both = L.Concatenate()([inner(a), inner(b)])
    return keras.Model([a, b], [L.Dense(2, name="first")(both), inner(L.Dense(4)(both))])


@case("shared_layer")
def build():
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    shared = L.Dense(4, activation="tanh", name="shared")
    return keras.Model([a, b], L.Subtract()([shared(shared(a)), shared(b)]))


@case("unused_branch_order")
def build():
    a, b, c = (keras.Input((3,), name=n) for n in "cab")
    y = L.Concatenate()([c, a, b])
    return keras.Model([b, a, c], {"z": L.Dense(2, name="one")(y), "a": L.Dense(3, name="two")(y)})


@case("dict_inputs")
def build():
    inputs = {"left": keras.Input((3,), name="left"), "right": keras.Input((2,), name="right")}
    return keras.Model(inputs, L.Dense(2)(L.Concatenate()([inputs["left"], inputs["right"]])))


@case("same_names_inside")
def build():
    def part(name):
        return keras.Sequential([keras.Input((4,)), L.Dense(4, name="d1", activation="relu"), L.Dense(4, name="d2")], name=name)
    x = keras.Input((4,), name="x")
    outer = keras.Sequential([keras.Input((4,)), part("p"), part("q")], name="outer")
    return keras.Model(x, outer(x))
