from build import L, MAJOR, case, keras


def merge(name, shapes, make):
    @case(name)
    def build():
        inputs = [keras.Input(s, name=f"in{i}") for i, s in enumerate(shapes)]
        return keras.Model(inputs, make()(inputs))


for kind in ["Add", "Multiply", "Average", "Maximum", "Minimum"]:
    merge(f"{kind}_two", [(4,), (4,)], getattr(L, kind))
    merge(f"{kind}_three", [(3, 4)] * 3, getattr(L, kind))
    merge(f"{kind}_broadcast", [(3, 4), (1, 4)], getattr(L, kind))
    merge(f"{kind}_rank", [(3, 4), (4,)], getattr(L, kind))
    merge(f"{kind}_image", [(5, 4, 3), (1, 1, 3)], getattr(L, kind))
    merge(f"{kind}_dyn", [(None, 4), (1, 4)], getattr(L, kind))
merge("Subtract_two", [(3, 4), (3, 4)], L.Subtract)
merge("Subtract_broadcast", [(3, 4), (3, 1)], L.Subtract)
for axis in (-1, 1, 2, -2):
    merge(f"concat_{axis}", [(3, 4), (3, 4)], lambda a=axis: L.Concatenate(axis=a))
merge("concat_uneven", [(3, 4), (3, 2), (3, 1)], lambda: L.Concatenate())
merge("concat_image", [(4, 5, 3), (4, 5, 2)], lambda: L.Concatenate(axis=3))
merge("concat_image_1", [(4, 5, 3), (2, 5, 3)], lambda: L.Concatenate(axis=1))
for i, (shapes, axes, norm) in enumerate([
    ([(4,), (4,)], 1, False), ([(4,), (4,)], 1, True), ([(3, 4), (5, 4)], 2, False), ([(3, 4), (5, 4)], 2, True),
    ([(4, 3), (4, 5)], 1, False), ([(3, 4), (4, 5)], (2, 1), False), ([(4,), (4, 5)], (1, 1), False),
    ([(3, 4), (4,)], (2, 1), False), ([(3, 4), (5, 4)], -1, False), ([(2, 3, 4), (4, 5)], (3, 1), False),
    ([(3, 4), (2, 5, 4)], (2, 3), True), ([(2, 3, 4), (2, 3, 4)], 3, False),
]):
    merge(f"dot_{i}", shapes, lambda a=axes, n=norm: L.Dot(axes=a, normalize=n))


@case("merge_of_convs")
def build():
    x = keras.Input((7, 6, 3), name="x")
    a, b = L.Conv2D(4, 3, padding="same")(x), L.Conv2D(4, 1)(x)
    y = L.Concatenate()([L.Add()([a, b]), L.Maximum()([a, b]), x])
    return keras.Model(x, L.Concatenate(axis=1)([y, L.Average()([y, y])]))
