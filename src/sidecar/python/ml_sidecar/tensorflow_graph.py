"""The task that writes a graph of TensorFlow as ONNX: a part of a SavedModel, or of a frozen graph.

It comes as a GraphDef and the values of its variables and tables, from what was judged: nothing is restored from files, and
nothing is run but the part that is asked.
"""

from . import tensorflow_common as common  # isort: skip, before TensorFlow

import numpy
import tensorflow as tf
from tensorflow.python.framework import convert_to_constants

from .parts import unpack


def prepare(request):
    return common.prepare()


def run(data, request, progress):
    progress("reading")
    inputs, ask, running = _opened(data, request)
    outputs = [{**one, "ref": _tensor_name(one["ref"])} for one in request["outputs"]]
    frozen = common.opened(lambda: _frozen(running, inputs, outputs))
    return common.write(frozen, inputs, outputs, ask, request, progress, "a graph of TensorFlow")


def _frozen(running, inputs, outputs):
    """The graph with its variables as constants."""
    refs = [one["ref"] for one in outputs]
    plain = common.inlined(running.graph.as_graph_def(), [f"{one['node']}:0" for one in inputs], refs)
    names = [ref.split(":")[0] for ref in refs]
    return convert_to_constants.convert_variables_to_constants_from_session_graph(running, plain, names)


def open_original(data, request):
    """What it takes and how it is asked, for a worker that stays."""
    inputs, ask, _ = _opened(data, request)
    return common.shown(inputs), ask


def _opened(data, request):
    header, parts = unpack(data)
    inputs, outputs = request["inputs"], request["outputs"]
    running = common.opened(lambda: _session(parts[0], header["values"], parts, inputs))
    fed = [running.graph.get_tensor_by_name(f"{one['node']}:0") for one in inputs]
    wanted = common.opened(lambda: [running.graph.get_tensor_by_name(_tensor_name(one["ref"])) for one in outputs])

    def ask(feeds):
        answers = running.run(wanted, dict(zip(fed, feeds)), options=common.IN_THIS_THREAD)
        return [(one["name"], common.array_of(one["name"], value)) for one, value in zip(outputs, answers)]

    return inputs, ask, running


def _tensor_name(ref):
    return ref if ":" in ref else f"{ref}:0"


def _session(encoded, values, parts, inputs):
    definition = tf.compat.v1.GraphDef.FromString(bytes(encoded))
    for function in definition.library.function:
        _drop_hints(function.attr)
        for node in function.node_def:
            _clean(node)
    for node in definition.node:
        _clean(node)
        if node.op in ("VarHandleOp", "HashTableV2", "MutableHashTableV2"):
            # Handles of one name share what they hold, and under one name TensorFlow makes a new one each time.
            node.attr["shared_name"].s = node.name.encode()
    for one in inputs:
        placeholder = definition.node.add(name=one["node"], op="Placeholder")
        placeholder.attr["dtype"].type = tf.dtypes.as_dtype(one["dtype"]).as_datatype_enum
        placeholder.attr["shape"].shape.CopyFrom(_shape(one["shape"]).as_proto())
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(definition, name="")
        return _filled(graph, values, parts)


def _clean(node):
    """Nothing of where and how a node was to run: other devices, compilers, executors."""
    node.device = ""
    _drop_hints(node.attr)
    if node.op in ("PartitionedCall", "StatefulPartitionedCall"):
        for name in ("config", "config_proto", "executor_type"):
            node.attr[name].s = b""


def _drop_hints(attributes):
    for name in [name for name in attributes if name.startswith("_") or name == "api_implements"]:
        del attributes[name]


def _shape(shape):
    return tf.TensorShape(None if shape is None else [extent if isinstance(extent, int) else None for extent in shape])


def _filled(graph, values, parts):
    """A session in which variables and tables hold what they are to hold."""
    fills, feeds = [], {}
    for one in values:
        handle = graph.get_tensor_by_name(f"{one['node']}:0")
        given = [_array(tensor, parts) for tensor in one["tensors"]]
        held = [tf.compat.v1.placeholder(value.dtype if value.dtype != object else tf.string, value.shape) for value in given]
        feeds.update(zip(held, given))
        fills.append(_FILL[handle.op.type](handle, *held))
        if handle.op.type == "VarHandleOp":
            # Where the value is read from when the graph is frozen.
            tf.raw_ops.ReadVariableOp(resource=handle, dtype=held[0].dtype, name=f"{one['node']}/Read/ReadVariableOp")
    running = common.session(graph)
    for fill in fills:
        running.run(fill, feeds, options=common.IN_THIS_THREAD)
    return running


_FILL = {
    "VarHandleOp": lambda handle, value: tf.raw_ops.AssignVariableOp(resource=handle, value=value),
    "Variable": lambda handle, value: tf.raw_ops.Assign(ref=handle, value=value),
    "VariableV2": lambda handle, value: tf.raw_ops.Assign(ref=handle, value=value),
    "HashTableV2": lambda handle, keys, values: tf.raw_ops.InitializeTableV2(table_handle=handle, keys=keys, values=values),
    "MutableHashTableV2": lambda handle, keys, values: tf.raw_ops.LookupTableImportV2(table_handle=handle, keys=keys, values=values),
}  # fmt: skip


def _array(tensor, parts):
    if "texts" in tensor:
        value = numpy.empty(len(tensor["texts"]), dtype=object)
        value[:] = tensor["texts"]
        return value.reshape(tensor["shape"])
    stored = numpy.frombuffer(parts[tensor["part"]], dtype=numpy.dtype(_wire(tensor)).newbyteorder("<"))
    return stored.reshape(tensor["shape"]).astype(tf.dtypes.as_dtype(tensor["dtype"]).as_numpy_dtype)


def _wire(tensor):
    return tensor.get("wire", tensor["dtype"])
