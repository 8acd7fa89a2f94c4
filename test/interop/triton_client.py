"""Asks a server of ours with NVIDIA's own client, over HTTP and gRPC: `triton_client.py HTTP_ADDRESS GRPC_ADDRESS`."""

import sys

import numpy as np
import tritonclient.grpc as grpc
import tritonclient.http as http
from tritonclient.utils import InferenceServerException

HTTP, GRPC = sys.argv[1:]
RNG = np.random.default_rng(0)
ARRAYS = {
    "BOOL": np.array([[True, False], [False, True]]),
    "UINT8": RNG.integers(0, 255, (2, 3), dtype=np.uint8),
    "UINT16": RNG.integers(0, 65535, (2, 3), dtype=np.uint16),
    "UINT32": RNG.integers(0, 2**32 - 1, (2, 3), dtype=np.uint32),
    "UINT64": np.array([0, 2**53 + 1, 2**64 - 1], dtype=np.uint64),
    "INT8": RNG.integers(-128, 127, (2, 3), dtype=np.int8),
    "INT16": RNG.integers(-(2**15), 2**15 - 1, (2, 3), dtype=np.int16),
    "INT32": RNG.integers(-(2**31), 2**31 - 1, (2, 3), dtype=np.int32),
    "INT64": np.array([[-(2**63), 2**53 + 1], [2**63 - 1, 7]], dtype=np.int64),
    "FP16": RNG.normal(size=(4, 3)).astype(np.float16),
    "FP32": RNG.normal(size=(4, 3)).astype(np.float32),
    "FP64": RNG.normal(size=(4, 3)),
    "BYTES": np.array([["a", "größe"], ["", "\U0001f600"]], dtype=np.object_),
}
done = 0


def equal(got, expected, what):
    global done
    if expected.dtype == np.object_:
        text = [v.decode() if isinstance(v, bytes) else v for v in got.ravel().tolist()]
        assert text == expected.ravel().tolist(), (what, text)
    else:
        assert got.dtype == expected.dtype, (what, got.dtype)
        np.testing.assert_array_equal(got, expected, err_msg=what)
    assert got.shape == expected.shape, (what, got.shape)
    done += 1


def http_round_trips(client):
    for datatype, array in ARRAYS.items():
        for binary in (True, False):
            if datatype == "FP16" and not binary:
                continue  # The client itself refuses half precision in JSON.
            given = http.InferInput("x", list(array.shape), datatype)
            given.set_data_from_numpy(array, binary_data=binary)
            wanted = [http.InferRequestedOutput("x", binary_data=binary)]
            for outputs in (wanted, None):
                result = client.infer("identity", [given], outputs=outputs, request_id="r1")
                equal(result.as_numpy("x"), array, f"http {datatype} binary={binary} outputs={outputs is not None}")
                assert result.get_response()["id"] == "r1"
    several = [http.InferInput(name, list(ARRAYS[name].shape), name) for name in ("FP32", "BYTES", "INT64")]
    for index, given in enumerate(several):
        given.set_data_from_numpy(ARRAYS[given.name()], binary_data=index != 1)
    result = client.infer("identity", several)
    for given in several:
        equal(result.as_numpy(given.name()), ARRAYS[given.name()], f"http mixed {given.name()}")
    given = http.InferInput("x", [1, 2000], "FP64")
    given.set_data_from_numpy(np.zeros((1, 2000)))
    for packing in ("gzip", "deflate"):
        result = client.infer("identity", [given], request_compression_algorithm=packing)
        equal(result.as_numpy("x"), np.zeros((1, 2000)), f"http {packing}")


def grpc_round_trips(client):
    for datatype, array in ARRAYS.items():
        given = grpc.InferInput("x", list(array.shape), datatype)
        given.set_data_from_numpy(array)
        result = client.infer("identity", [given], request_id="r2", client_timeout=20)
        equal(result.as_numpy("x"), array, f"grpc {datatype}")
        assert result.get_response().id == "r2"


def management(client, module):
    as_dict = {} if module is http else {"as_json": True}
    assert client.is_server_live() and client.is_server_ready()
    assert client.get_server_metadata(**as_dict)["name"] == "base-ml-service"
    metadata = client.get_model_metadata("labels", **as_dict)
    assert [output["name"] for output in metadata["outputs"]] == ["predict"], metadata
    assert client.is_model_ready("labels") and client.is_model_ready("labels", "v1")
    index = client.get_model_repository_index(**as_dict)
    names = {entry["name"] for entry in (index if module is http else index["models"])}
    assert names == {"identity", "labels", "echo"}, names
    client.unload_model("labels")
    assert not client.is_model_ready("labels")
    given = module.InferInput("x", [1, 2], "FP64")
    given.set_data_from_numpy(np.zeros((1, 2)))
    try:
        client.infer("labels", [given])
        raise AssertionError("an unloaded model answered")
    except InferenceServerException as error:
        assert "unloaded" in error.message(), error
    client.load_model("labels")
    assert client.is_model_ready("labels")
    result = client.infer("labels", [given], outputs=[module.InferRequestedOutput("predict")])
    equal(result.as_numpy("predict"), np.array(["setosa"], dtype=np.object_), "labels")
    for wrong in (("nothing", given), ("labels", module.InferInput("x", [1, 2], "FP64"))):
        try:
            client.infer(wrong[0], [wrong[1]])
            raise AssertionError("a wrong request was answered")
        except InferenceServerException:
            pass


with http.InferenceServerClient(HTTP) as client:
    http_round_trips(client)
    management(client, http)
with grpc.InferenceServerClient(GRPC) as client:
    grpc_round_trips(client)
    management(client, grpc)
print(f"{done} answers equal")
