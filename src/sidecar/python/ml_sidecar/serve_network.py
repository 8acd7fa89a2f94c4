"""The task that keeps a network of PyTorch, TensorFlow or Keras and answers for it."""

import importlib

from .serving import serve  # noqa: F401

_FORMS = {
    "torchscript": "torch_script",
    "program": "torch_program",
    "module": "torch_module",
    "graph": "tensorflow_graph",
    "keras": "tensorflow_keras",
}


def prepare(request):
    return _form(request).prepare(request)


def open_model(data, request, progress):
    """What the network takes, and the function that answers for it."""
    progress("reading")
    inputs, ask = _form(request).open_original(data, request)
    names = [one["name"] for one in inputs]

    def answer(_method, given):
        absent = [name for name in names if name not in given]
        if absent or len(given) != len(names):
            raise ValueError(f"the inputs are {', '.join(names)}, not {', '.join(given)}")
        return ask([given[name] for name in names])

    return {"methods": ["run"], "inputs": inputs}, answer


def _form(request):
    return importlib.import_module(f"ml_sidecar.{_FORMS[request['form']]}")
