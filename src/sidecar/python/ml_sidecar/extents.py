"""Shapes of several calls of a network, and which extents of its outputs follow which of its inputs."""

#: Sizes of an extent that may vary: the first is that of the example, for one is special to tracers.
SIZES = (2, 1, 3, 7)


def calls_of(inputs, sizes):
    """The shapes of several calls, by input: every name in a shape is an extent that varies, the same all over.

    The first call has the sizes given.
    """
    names = {extent for one in inputs for extent in one["shape"] if isinstance(extent, str)}
    calls = []
    for known in [sizes, *({name: size for name in names} for size in SIZES)]:
        call = [[known.get(extent, SIZES[0]) if isinstance(extent, str) else extent for extent in one["shape"]] for one in inputs]
        if call not in calls:
            calls.append(call)
    return calls


def axes_of(found, calls, inputs):
    """Axes of an output that follow an extent of the inputs, under its name. `found` are its shapes by call."""
    extents = {}
    for place, one in enumerate(inputs):
        for axis, extent in enumerate(one["shape"]):
            if isinstance(extent, str):
                extents.setdefault(extent, [call[place][axis] for call in calls])
    if len({len(shape) for shape in found}) != 1:
        return {}
    axes = {}
    for axis in range(len(found[0])):
        sizes = [shape[axis] for shape in found]
        if len(set(sizes)) > 1:
            axes[axis] = next((name for name, known in extents.items() if known == sizes), f"output_axis_{axis}")
    return axes
