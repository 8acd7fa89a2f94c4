"""What tf2onnx 1.17 is known to convert into a graph that answers wrongly, without an error.

Verification finds these too, where an input shows it; a list does not depend on the inputs.
"""

from tensorflow.python.framework import dtypes

_EMPTY = "segments without elements come out otherwise"
_TWICE = "places that are named twice come out otherwise"
_SIZES = "pixels are weighted otherwise"
_SIGNS = "whole numbers with a sign are divided otherwise"

#: Operator to what goes wrong.
_WRONG = {
    "AdjustSaturation": "some colours come out otherwise",
    "AsString": "numbers are written otherwise",
    "Atan2": "the sign of zero is lost",
    "DynamicStitch": _TWICE,
    "OneHot": "indices below zero are counted from the end",
    "ParallelDynamicStitch": _TWICE,
    "ResizeArea": _SIZES,
    "ResizeBicubic": _SIZES,
    "ScatterNd": _TWICE,
    "SegmentMax": _EMPTY,
    "SegmentMean": _EMPTY,
    "SegmentMin": _EMPTY,
    "SparseSegmentMean": _EMPTY,
    "SparseSegmentSqrtN": _EMPTY,
    "UnsortedSegmentMax": _EMPTY,
    "UnsortedSegmentMin": _EMPTY,
}
_SIGNED_DIVISIONS = ("FloorDiv", "FloorMod", "Mod")


def reason(graph_def):
    """Why a graph may not be converted, or None."""
    for node in [*graph_def.node, *(node for function in graph_def.library.function for node in function.node_def)]:
        found = _reason(node)
        if found is not None:
            return f"{node.op}: {found}"
    return None


def _reason(node):
    if node.op in _SIGNED_DIVISIONS and dtypes.as_dtype(node.attr["T"].type).is_integer:
        return _SIGNS
    return _WRONG.get(node.op)
