"""The result of a task that made a graph: the graph without what tells of the machine that made it, and the cases."""

import onnx

from . import network_cases
from .errors import SidecarError


def finish(model, inputs, calls, ask, request, about):
    forget_origin(model)
    got = [value.name for value in model.graph.input]
    wanted = [one["name"] for one in inputs]
    if sorted(got) != sorted(wanted):
        raise SidecarError("refused", f"the graph takes {', '.join(got) or 'nothing'} where the original takes {', '.join(wanted)}")
    cases, blobs = network_cases.make(inputs, calls, ask, request.get("sample", ()))
    return {"cases": cases, "class": about}, [model.SerializeToString(), *blobs]


def forget_origin(model):
    waiting = [model.graph, *model.functions]
    model.ClearField("metadata_props")
    while waiting:
        graph = waiting.pop()
        parts = [graph, *graph.node, *getattr(graph, "value_info", ())]
        parts += [*getattr(graph, "initializer", ()), *(graph.input if isinstance(graph, onnx.GraphProto) else ())]
        parts += graph.output if isinstance(graph, onnx.GraphProto) else ()
        for part in parts:
            part.ClearField("metadata_props")
            part.ClearField("doc_string")
        for node in graph.node:
            for attribute in node.attribute:
                waiting += [attribute.g] if attribute.HasField("g") else []
                waiting += attribute.graphs
