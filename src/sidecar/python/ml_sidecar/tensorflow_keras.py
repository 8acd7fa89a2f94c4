"""The task that writes a network of Keras as ONNX.

It comes as its architecture, of which every name was compared with a list, and its weights as an HDF5 file. Keras 3 makes
what Keras 3 wrote; tf_keras, which is Keras 2, what Keras 2 wrote. Neither is given objects of others, or files.
"""

from . import tensorflow_common as common  # isort: skip, before TensorFlow

import io
import json
import zipfile

import h5py
import keras
import tensorflow as tf
import tf_keras
from keras.src.legacy.saving import json_utils, legacy_h5_format, saving_options, saving_utils
from keras.src.saving import saving_lib, serialization_lib
from tensorflow.python.framework import convert_to_constants
from tf_keras.src.saving import saving_lib as saving_lib_2, serialization_lib as serialization_lib_2
from tf_keras.src.saving.legacy import hdf5_format as hdf5_format_2, model_config as model_config_2
from tf_keras.src.saving.legacy.saved_model import json_utils as json_utils_2

from .errors import SidecarError
from .parts import unpack

_WEIGHTS = "model.weights.h5"


#: Imported when they are first needed.
_LATE = ("encodings.ascii", "encodings.cp437", "scipy.fft", "scipy.signal", "scipy.special", "tf_keras.src.engine.base_layer_v1")


def prepare(request):
    return common.prepare(_LATE)


def run(data, request, progress):
    progress("reading")
    frozen, inputs, outputs, ask = _opened(data, request)
    about = f"a network of Keras {request['generation']}"
    return common.write(frozen, inputs, outputs, ask, request, progress, about)


def open_original(data, request):
    """What it takes and how it is asked, for a worker that stays."""
    _, inputs, _, ask = _opened(data, request)
    return common.shown(inputs), ask


def _opened(data, request):
    header, parts = unpack(data)
    model = common.opened(lambda: _model(header["architecture"], bytes(parts[0]), request))
    frozen = common.opened(lambda: _frozen(model, request))
    inputs = [{**one, "node": tensor.name.split(":")[0]} for one, tensor in zip(request["inputs"], frozen.inputs)]
    names = request["outputs"]
    if len(frozen.inputs) != len(inputs) or len(frozen.outputs) != len(names):
        raise SidecarError("refused", f"Keras makes a network of {len(frozen.inputs)} inputs and {len(frozen.outputs)} outputs of it")
    outputs = [{"name": name, "ref": tensor.name} for name, tensor in zip(names, frozen.outputs)]
    definition = frozen.graph.as_graph_def()
    running = common.session(frozen.graph)
    fed, wanted = ([tensor.name for tensor in tensors] for tensors in (frozen.inputs, frozen.outputs))

    def ask(feeds):
        answers = running.run(wanted, dict(zip(fed, feeds)), options=common.IN_THIS_THREAD)
        return [(name, common.array_of(name, value)) for name, value in zip(names, answers)]

    return definition, inputs, outputs, ask


def _frozen(model, request):
    """What the network computes when it is asked, its weights with it."""
    nest = keras.tree if request["generation"] == 3 else tf.nest

    def call(*tensors):
        return nest.flatten(model(_packed(model, tensors, nest), training=False))

    shapes = [
        tf.TensorSpec([extent if isinstance(extent, int) else None for extent in one["shape"]], one["dtype"], name=f"input_{i}")
        for i, one in enumerate(request["inputs"])
    ]
    concrete = tf.function(call, input_signature=shapes, autograph=False).get_concrete_function()
    return convert_to_constants.convert_variables_to_constants_v2(concrete, lower_control_flow=False, aggressive_inlining=True)


def _packed(model, tensors, nest):
    """Tensors in the structure that the network takes."""
    names = [name for name in ("_inputs_struct", "_nested_inputs") if getattr(model, name, None) is not None]
    structure = getattr(model, names[0]) if names else model.inputs
    if len(tensors) == 1 and not isinstance(structure, dict):
        return tensors[0]
    return nest.pack_sequence_as(structure, list(tensors))


def _model(text, weights, request):
    if request["generation"] == 3:
        return _keras_3(text, weights, request["layout"])
    return _keras_2(text, weights, request["layout"])


def _keras_3(text, weights, layout):
    if '"module"' in text:
        model = saving_lib._model_from_config(text, None, compile=False, safe_mode=True)
    else:
        with saving_options.keras_option_scope(use_legacy_config=True), serialization_lib.SafeModeScope(True):
            model = saving_utils.model_from_config(json_utils.decode(text), custom_objects={})
    if layout == "store":
        store = saving_lib.H5IOStore(io.BytesIO(weights), mode="r")
        saving_lib._load_state(model, weights_store=store, assets_store=None, inner_path="")
    else:
        with h5py.File(io.BytesIO(weights), "r") as file:
            legacy_h5_format.load_weights_from_hdf5_group(_groups(file), model)
    return model


def _keras_2(text, weights, layout):
    if layout == "store":
        saving_lib_2._SAVING_V3_ENABLED.value = True
        described = json.loads(text)
        described["compile_config"] = None
        with saving_lib_2.ObjectSharingScope():
            model = serialization_lib_2.deserialize_keras_object(described, {}, safe_mode=True)
        saving_lib_2._load_state(model, weights_store=_store_2(weights), assets_store=None, inner_path="")
        return model
    with serialization_lib_2.SafeModeScope(True):
        model = model_config_2.model_from_config(json_utils_2.decode(text), custom_objects={})
    with h5py.File(io.BytesIO(weights), "r") as file:
        hdf5_format_2.load_weights_from_hdf5_group(_groups(file), model)
    return model


def _store_2(weights):
    """It reads from an archive, or from a path."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as made:
        made.writestr(_WEIGHTS, weights)
    return saving_lib_2.H5IOStore(_WEIGHTS, archive=zipfile.ZipFile(archive), mode="r")


def _groups(file):
    return file["model_weights"] if "model_weights" in file else file
