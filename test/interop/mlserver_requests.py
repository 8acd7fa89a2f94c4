"""Sends to a server of ours what MLServer's own codecs make of arrays, tables and texts, and reads the answers by them:
`mlserver_requests.py MODELS_ADDRESS ECHO_ADDRESS MODELS_DIR`. The references are scikit-learn's answers in `models/samples`."""

import json
import sys
import urllib.request
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
from mlserver.codecs import (
    Base64Codec,
    DatetimeCodec,
    NumpyCodec,
    NumpyRequestCodec,
    PandasCodec,
    StringCodec,
    StringRequestCodec,
)
from mlserver.types import InferenceRequest, InferenceResponse, MetadataModelResponse, RequestOutput

MODELS_ADDRESS, ECHO_ADDRESS, MODELS = sys.argv[1], sys.argv[2], Path(sys.argv[3])


def send(path, body=None):
    data = None if body is None else body.encode()
    address = ECHO_ADDRESS if "/echo/" in path else MODELS_ADDRESS
    request = urllib.request.Request(f"http://{address}{path}", data, {"content-type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return response.read()


def infer(model, request, outputs=("predict",)):
    request.outputs = [RequestOutput(name=name) for name in outputs]
    answer = send(f"/v2/models/{model}/infer", request.model_dump_json(exclude_none=True))
    return InferenceResponse.model_validate_json(answer)


def sample(name):
    document = json.loads((MODELS / "samples" / f"{name}.json").read_text())
    return document["input"], document["expected"]


# A table of mixed columns, as the pandas codec makes it.
given, python = sample("fraud_detector_v1_20240101")
table = pd.DataFrame(given["data"], columns=given["columns"])
response = infer("fraud_detector/versions/v1", PandasCodec.encode_request(table), ("predict", "predict_proba"))
labels = NumpyCodec.decode_output(response.outputs[0])
assert labels.dtype == np.int64 and labels.ravel().tolist() == python["predict"], labels
np.testing.assert_allclose(NumpyCodec.decode_output(response.outputs[1]), python["predict_proba"], atol=1e-5)

# A matrix, by the codec of the request and by that of the input.
given, python = sample("tumor_classifier_v1_20240220")
matrix = np.array(given)
for request in (
    NumpyRequestCodec.encode_request(matrix),
    InferenceRequest(inputs=[NumpyCodec.encode_input("anything", matrix)]),
):
    response = infer("tumor_classifier", request)
    assert StringCodec.decode_output(response.outputs[0]) == python["predict"]

# Texts, bytes and moments come back as they went.
texts = ["größe", "", "b"]
for request in (
    StringRequestCodec.encode_request(texts, use_bytes=False),
    InferenceRequest(inputs=[StringCodec.encode_input("texts", texts, use_bytes=False)]),
    InferenceRequest(inputs=[Base64Codec.encode_input("texts", [text.encode() for text in texts], use_bytes=False)]),
):
    response = infer("echo", request)
    assert StringCodec.decode_output(response.outputs[0]) == texts, response
moment = datetime(2022, 1, 11, 11, 0, 0)
request = InferenceRequest(inputs=[DatetimeCodec.encode_input("moments", [moment], use_bytes=False)])
assert StringCodec.decode_output(infer("echo", request).outputs[0]) == [moment.isoformat()]

# A number that is none.
request = NumpyRequestCodec.encode_request(np.array([[1.5, np.nan]]))
answer = NumpyCodec.decode_output(infer("echo", request).outputs[0])
np.testing.assert_array_equal(answer, [[1.5, np.nan]])

metadata = MetadataModelResponse.model_validate_json(send("/v2/models/fraud_detector"))
assert metadata.name == "fraud_detector" and metadata.versions == ["v1", "v2"], metadata
print("MLServer's codecs are understood")
