import itertools

from build import L, MAJOR, case, keras, one

SHAPES = {2: (6,), 3: (5, 6), 4: (5, 4, 6), 5: (3, 4, 2, 6)}
for rank, shape in SHAPES.items():
    one(f"batch_{rank}", shape, lambda: L.BatchNormalization())
    one(f"batch_{rank}_plain", shape, lambda: L.BatchNormalization(scale=False, center=False, epsilon=1e-5))
    one(f"layer_{rank}", shape, lambda: L.LayerNormalization())
    one(f"group_{rank}", shape, lambda: L.GroupNormalization(groups=3))
    if rank > 2:
        one(f"group_{rank}_instance", shape, lambda: L.GroupNormalization(groups=-1, scale=False))
    one(f"unit_{rank}", shape, lambda: L.UnitNormalization())
    for axis in range(1, rank):
        one(f"batch_{rank}_axis{axis}", shape, lambda a=axis: L.BatchNormalization(axis=a))
        one(f"layer_{rank}_axis{axis}", shape, lambda a=axis: L.LayerNormalization(axis=a, epsilon=1e-5))
        one(f"unit_{rank}_axis{axis}", shape, lambda a=axis: L.UnitNormalization(axis=a))
one("layer_multi", (5, 4, 6), lambda: L.LayerNormalization(axis=[2, 3]))
one("layer_multi_13", (5, 4, 6), lambda: L.LayerNormalization(axis=[1, 3]))
one("layer_no_scale", (5, 6), lambda: L.LayerNormalization(scale=False))
one("layer_no_center", (5, 6), lambda: L.LayerNormalization(center=False))
one("layer_eps", (5, 6), lambda: L.LayerNormalization(epsilon=1e-6))
one("layer_dyn", (None, 6), lambda: L.LayerNormalization())
one("group_dyn", (None, None, 6), lambda: L.GroupNormalization(groups=2))
one("group_axis1", (6, 4, 5), lambda: L.GroupNormalization(groups=2, axis=1))
one("unit_multi", (5, 4, 6), lambda: L.UnitNormalization(axis=[1, 2]))
if hasattr(L, "RMSNormalization"):
    one("rms", (5, 6), lambda: L.RMSNormalization())
    one("rms_axis1", (5, 6), lambda: L.RMSNormalization(axis=1))


@case("conv_bn_relu")
def build():
    x = keras.Input((9, 9, 3), name="x")
    y = x
    for i, norm in enumerate([L.BatchNormalization(), L.GroupNormalization(2), L.LayerNormalization(), L.UnitNormalization()]):
        y = L.Activation("relu")(norm(L.Conv2D(4, 3, padding="same")(y)))
    return keras.Model(x, y)
