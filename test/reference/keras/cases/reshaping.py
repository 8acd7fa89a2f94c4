from build import L, MAJOR, case, keras, one

one("flatten_1", (4,), lambda: L.Flatten())
one("flatten_2", (3, 4), lambda: L.Flatten())
one("flatten_3", (3, 4, 2), lambda: L.Flatten())
one("flatten_first", (3, 4, 2), lambda: L.Flatten(data_format="channels_first"))
one("reshape", (12,), lambda: L.Reshape((3, 4)))
one("reshape_open", (3, 4), lambda: L.Reshape((-1, 2)))
one("reshape_dyn", (None, 4), lambda: L.Reshape((-1, 2)))
one("reshape_flat", (3, 4), lambda: L.Reshape((12,)))
one("permute", (3, 4, 2), lambda: L.Permute((3, 1, 2)))
one("permute_2", (3, 4), lambda: L.Permute((2, 1)))
one("repeat", (4,), lambda: L.RepeatVector(3))
SIZES = {1: (6,), 2: (5, 6), 3: (4, 5, 6)}
for n in (1, 2, 3):
    pad, crop, up = (getattr(L, f"{k}{n}D") for k in ("ZeroPadding", "Cropping", "UpSampling"))
    pairs = (1, 2) if n == 1 else ((1, 2), (0, 1), (2, 0))[:n]
    for name, by in [("int", 1), ("pairs", pairs), ("each", 2 if n == 1 else (1, 2, 1)[:n])]:
        one(f"pad{n}_{name}", (*SIZES[n], 3), lambda c=pad, b=by: c(b))
        one(f"crop{n}_{name}", (*SIZES[n], 3), lambda c=crop, b=by: c(b))
    one(f"pad{n}_dyn", (*[None] * n, 3), lambda c=pad, b=pairs: c(b))
    one(f"crop{n}_dyn", (*[None] * n, 3), lambda c=crop, b=pairs: c(b))
    one(f"up{n}", (*SIZES[n], 3), lambda c=up: c(2))
    one(f"up{n}_3", (*SIZES[n], 3), lambda c=up, s=3 if n == 1 else (3, 2, 1)[:n]: c(s))
    one(f"up{n}_dyn", (*[None] * n, 3), lambda c=up: c(2))
one("up3_small", (2, 3, 2, 1), lambda: L.UpSampling3D((2, 1, 3)))
one("pad3_small", (2, 3, 2, 1), lambda: L.ZeroPadding3D(((1, 0), (0, 1), (1, 1))))
one("up2_bilinear", (5, 6, 3), lambda: L.UpSampling2D(2, interpolation="bilinear"))
one("up2_bilinear_32", (5, 6, 3), lambda: L.UpSampling2D((3, 2), interpolation="bilinear"))
one("up2_bilinear_dyn", (None, None, 3), lambda: L.UpSampling2D(2, interpolation="bilinear"))
one("rescale", (5, 6, 3), lambda: L.Rescaling(1 / 255.0, offset=-0.5))
one("rescale_u8", (5, 6, 3), lambda: L.Rescaling(1 / 255.0), dtype="uint8")
one("rescale_list", (5, 6, 3), lambda: L.Rescaling([0.5, 0.2, 2.0], offset=[0.1, 0.2, 0.3]))
for method in ("bilinear", "nearest"):
    for i, size in enumerate([(4, 4), (10, 12), (7, 5), (5, 13)]):
        one(f"resizing_{method}_{i}", (7, 9, 3), lambda m=method, s=size: L.Resizing(*s, interpolation=m))
    one(f"resizing_{method}_dyn", (None, None, 3), lambda m=method: L.Resizing(6, 5, interpolation=m))
one("center_crop", (7, 9, 3), lambda: L.CenterCrop(4, 6))


@case("conv_reshapes")
def build():
    x = keras.Input((8, 6, 3), name="x")
    y = L.Conv2D(4, 3)(x)
    y = L.ZeroPadding2D(1)(L.UpSampling2D()(L.Cropping2D(((1, 0), (0, 1)))(y)))
    a = L.Permute((2, 3, 1))(y)
    b = L.Reshape((-1, 4))(y)
    c = L.Flatten()(L.MaxPooling2D((12, 8))(y))
    return keras.Model(x, [a, b, c, L.Dense(2)(y)])
