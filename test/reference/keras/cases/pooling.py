import itertools

from build import L, MAJOR, case, keras, one

SIZES = {1: (11,), 2: (9, 10), 3: (6, 7, 5)}
for n, kind in itertools.product((1, 2, 3), ("Max", "Average")):
    pool, whole = getattr(L, f"{kind}Pooling{n}D"), getattr(L, f"Global{kind}Pooling{n}D")
    for padding, size, stride in itertools.product(["valid", "same"], [2, 3], [None, 1, 2]):
        one(f"{kind}{n}_{padding}_p{size}_s{stride}", (*SIZES[n], 3), lambda c=pool, a=(size, stride, padding): c(*a))
    for padding in ["valid", "same"]:
        one(f"{kind}{n}_{padding}_dyn", (*[None] * n, 3), lambda c=pool, p=padding: c(3, 2, p))
    one(f"global_{kind}{n}", (*SIZES[n], 3), lambda c=whole: c())
    one(f"global_{kind}{n}_keep", (*SIZES[n], 3), lambda c=whole: c(keepdims=True))
    one(f"global_{kind}{n}_dyn", (*[None] * n, 3), lambda c=whole: c())
    adaptive = getattr(L, f"Adaptive{kind}Pooling{n}D", None)
    if adaptive is not None:
        for size in (1, 2, 4):
            one(f"adaptive_{kind}{n}_{size}", (*SIZES[n], 3), lambda c=adaptive, s=size: c(s))
    for fmt in ["channels_first"]:
        one(f"global_{kind}{n}_first", (3, *SIZES[n]), lambda c=whole, f=fmt: c(data_format=f))
one("Max2_gap", (9, 10, 3), lambda: L.MaxPooling2D(2, 3, "same"))
one("Average2_gap", (9, 10, 3), lambda: L.AveragePooling2D(2, 3, "same"))
one("Max2_gap_dyn", (None, None, 3), lambda: L.MaxPooling2D(2, 3, "same"))


@case("masked_average")
def build():
    x = keras.Input((5,), name="x", dtype="int32")
    return keras.Model(x, L.GlobalAveragePooling1D()(L.Dropout(0.2)(L.Embedding(5, 3, mask_zero=True)(x))))


@case("masked_merge")
def build():
    x, y = keras.Input((5,), name="x", dtype="int32"), keras.Input((5,), name="y", dtype="int32")
    a, b = L.Embedding(5, 3, mask_zero=True)(x), L.Embedding(5, 3, mask_zero=True)(y)
    return keras.Model([x, y], [L.GlobalAveragePooling1D()(m) for m in (
        L.Add()([a, b]), L.Concatenate(axis=1)([a, b]), L.Concatenate()([a, L.Dense(2)(b)]), L.Maximum()([a, b]))])
