"""What the tasks for TensorFlow and Keras share: importing all that is imported late, sessions, the graph in ONNX."""

import ctypes
import importlib
import importlib.metadata
import logging
import os
import sys
import warnings

# Read while TensorFlow and Keras are imported: no notices, the same numbers on every machine, no folder of settings.
os.environ.update(
    TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0", CUDA_VISIBLE_DEVICES="-1", KERAS_BACKEND="tensorflow",
    KERAS_HOME=os.path.join(os.devnull, "keras"), AUTOGRAPH_VERBOSITY="0",
)  # fmt: skip

import numpy  # noqa: E402
import onnx  # noqa: E402
import tensorflow as tf  # noqa: E402
from tensorflow.core.protobuf import rewriter_config_pb2  # noqa: E402
from tensorflow.python.framework import kernels  # noqa: E402
from tensorflow.python.grappler import tf_optimizer  # noqa: E402
from tf2onnx import convert as tf2onnx_convert, tf_loader  # noqa: E402

from . import tensorflow_known_wrong  # noqa: E402
from .errors import SidecarError  # noqa: E402
from .extents import axes_of  # noqa: E402
from .onnx_result import finish  # noqa: E402

OPSET = 18
_PACKAGES = ("tensorflow", "keras", "tf-keras", "tf2onnx", "onnx", "numpy")
_LATE = ("numpy.random",)
#: Sizes of extents that vary, by call: of the first axis, and of the others, which may be those of an image.
_CALLS = ((2, 5), (1, 5), (3, 7), (7, 2), (2, 1), (1, 32), (2, 64))
#: How many calls are made.
_MOST_CALLS = 5


def prepare(late=()):
    """Imports everything. Nothing is computed: TensorFlow starts its threads then, and the walls are for those to come."""
    warnings.simplefilter("ignore")
    logging.disable(logging.ERROR)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    for name in (*_LATE, *late):
        importlib.import_module(name)
    _open_random_device()
    # Looked for beside the program when a kernel is first asked for, which ends the process where nothing can be looked for.
    kernels.get_registered_kernels_for_op("NoOp")
    return {name: importlib.metadata.version(name) for name in _PACKAGES}


def _open_random_device():
    """What names sessions and steps opens the machine's random device at its first use in a thread, and ends the process
    where it cannot. TensorFlow has no call in Python that uses it and starts no thread.
    """
    if sys.platform == "linux":
        library = ctypes.CDLL(os.path.join(os.path.dirname(tf.__file__), "libtensorflow_framework.so.2"))
        for name in ("_ZN3tsl6random5New64Ev", "_ZN3tsl6random16ThreadLocalNew64Ev"):
            library[name]()


#: Everything is computed in the thread that asks, which has what it takes.
IN_THIS_THREAD = tf.compat.v1.RunOptions(inter_op_thread_pool=-1)


def session(graph):
    """One that computes with threads of its own, as few as there can be."""
    config = tf.compat.v1.ConfigProto(
        intra_op_parallelism_threads=1, inter_op_parallelism_threads=1, use_per_session_threads=True,
        allow_soft_placement=True, device_count={"GPU": 0},
    )  # fmt: skip
    return tf.compat.v1.Session(graph=graph, config=config)


def opened(open_it):
    try:
        return open_it()
    except SidecarError:
        raise
    except Exception as error:
        raise SidecarError("refused", f"TensorFlow does not load it: {_short(error)}") from error


def _short(error):
    return f"{type(error).__name__}: {' '.join(str(error).split())[:500]}"


def shown(inputs):
    """Inputs as the caller may know them."""
    return [{"name": one["name"], "dtype": one["dtype"], "shape": one["shape"] or []} for one in inputs]


def array_of(name, value):
    """An answer as the caller gets it: texts as such."""
    value = numpy.asarray(value)
    if value.dtype.kind in "OS":
        texts = numpy.empty(value.shape, dtype=object)
        # Bytes that are no text have no form here, and raise.
        texts.flat = [one.decode("utf-8") if isinstance(one, bytes) else one for one in value.ravel()]
        return texts
    if value.dtype.kind == "c" or value.dtype.itemsize == 2 and value.dtype.kind not in "iu":
        raise SidecarError("refused", f"{name} is a tensor of {value.dtype}, which is not compared here")
    return value


def answered_calls(inputs, ask):
    """Shapes of several calls that the original answers."""
    for one in inputs:
        if one["shape"] is None:
            raise SidecarError("refused", f"the number of dimensions of the input {one['name']} is not known; save the model with a signature that says it")
    calls, failure = [], None
    for first, other in _CALLS:
        call = [[_size(extent, axis, first, other) for axis, extent in enumerate(one["shape"])] for one in inputs]
        if call in calls or len(calls) == _MOST_CALLS:
            continue
        try:
            ask([_example(one["dtype"], shape) for one, shape in zip(inputs, call)])
            calls.append(call)
        except SidecarError:
            raise
        except Exception as error:  # Not every size suits every network.
            failure = failure or error
    if not calls:
        raise SidecarError("refused", f"the original answers none of the inputs that were made ({_short(failure)})")
    return calls


def _size(extent, axis, first, other):
    if isinstance(extent, int):
        return extent
    return first if axis == 0 else other


def _example(dtype, shape):
    return numpy.full(shape, "", dtype=object) if dtype == "string" else numpy.ones(shape, dtype=dtype)


def write(frozen, inputs, outputs, ask, request, progress, about):
    """The result of a task that has a frozen graph. `node` of an input, and `ref` of an output, say where it is."""
    reason = tensorflow_known_wrong.reason(frozen)
    if reason is not None:
        raise SidecarError("refused", f"tf2onnx is known to convert it wrongly: {reason}")
    calls = answered_calls(inputs, ask)
    progress("converting")
    model = _converted(frozen, [f"{one['node']}:0" for one in inputs], [one["ref"] for one in outputs])
    _name_ends(model, inputs, outputs)
    shapes = {}
    for call in calls:
        for name, value in ask([_example(one["dtype"], shape) for one, shape in zip(inputs, call)]):
            shapes.setdefault(name, []).append(value.shape)
    for value in model.graph.output:
        _state_shape(value, shapes[value.name], calls, inputs)
    progress("asking the original")
    return finish(model, inputs, calls, ask, request, about)


def inlined(definition, inputs, outputs):
    """A graph without calls of functions; loops and branches keep theirs."""
    config = tf.compat.v1.ConfigProto()
    options = config.graph_options.rewrite_options
    options.min_graph_nodes = -1
    options.optimizers.append("function")
    options.function_optimization = rewriter_config_pb2.RewriterConfig.AGGRESSIVE
    with tf.Graph().as_default():
        whole = tf.compat.v1.train.export_meta_graph(graph_def=definition)
    whole.collection_def["train_op"].node_list.value.extend([*inputs, *outputs])
    return tf_optimizer.OptimizeGraph(config, whole)


def _converted(frozen, inputs, outputs):
    try:
        with tf.device("/cpu:0"), tf.Graph().as_default():
            optimized = tf_loader.tf_optimize(inputs, outputs, frozen)
        model, _ = tf2onnx_convert._convert_common(
            optimized, name="model", continue_on_error=False, opset=OPSET, input_names=list(inputs), output_names=list(outputs)
        )
    except Exception as error:
        raise SidecarError("refused", f"tf2onnx does not convert it: {_short(error)}") from error
    foreign = sorted(_foreign(model.graph))
    if foreign:
        raise SidecarError("refused", f"tf2onnx does not convert the operators {', '.join(foreign)}")
    del model.opset_import[:]
    model.opset_import.extend([onnx.helper.make_opsetid("", OPSET), onnx.helper.make_opsetid("ai.onnx.ml", 3)])
    return model


def _foreign(graph):
    """Operators that are none of ONNX: what tf2onnx left as it was."""
    found = set()
    for node in graph.node:
        if node.domain not in ("", "ai.onnx.ml") or not onnx.defs.has(node.op_type, OPSET if node.domain == "" else 3, node.domain):
            found.add(node.op_type)
        for attribute in node.attribute:
            for inner in [*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs]:
                found |= _foreign(inner)
    return found


def _name_ends(model, inputs, outputs):
    """Inputs and outputs under the names that callers know, by nodes that hand them on."""
    graph = model.graph
    taken = {name for node in graph.node for name in node.output} | {value.name for value in graph.input}
    taken |= {value.name for value in graph.initializer}
    if taken & {one["name"] for one in [*inputs, *outputs]}:
        raise SidecarError("refused", "the graph uses the name of an input or output for something else")
    old = {value.name: value for value in graph.input}
    first = []
    for one in inputs:
        value = old[f"{one['node']}:0"]
        first.append(onnx.helper.make_node("Identity", [one["name"]], [value.name]))
        value.name = one["name"]
        dims = value.type.tensor_type.shape
        del dims.dim[:]
        for extent in one["shape"]:
            dims.dim.add(**{"dim_value" if isinstance(extent, int) else "dim_param": extent})
    last = [onnx.helper.make_node("Identity", [one["ref"]], [one["name"]]) for one in outputs]
    ends = {value.name: value for value in graph.output}
    named = []
    for one in outputs:
        value = onnx.ValueInfoProto()
        value.CopyFrom(ends[one["ref"]])
        value.name = one["name"]
        named.append(value)
    nodes = [*first, *graph.node, *last]
    del graph.node[:], graph.output[:]
    graph.node.extend(nodes)
    graph.output.extend(named)


def _state_shape(value, found, calls, inputs):
    shape = value.type.tensor_type.shape
    del shape.dim[:]
    if len({len(one) for one in found}) != 1:
        value.type.tensor_type.ClearField("shape")
        return
    axes = axes_of(found, calls, inputs)
    for axis, extent in enumerate(found[0]):
        # One call tells nothing of what varies.
        if axis in axes:
            shape.dim.add(dim_param=axes[axis])
        elif len(calls) > 1:
            shape.dim.add(dim_value=extent)
        else:
            shape.dim.add()
