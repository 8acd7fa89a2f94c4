"""A deployment of Ray Serve that speaks the Open Inference Protocol: `ray_server.py FOLDER PORT`. Two replicas of a
scikit-learn model behind a FastAPI ingress; writes what Python answers to FOLDER/references.json first."""

import json
import signal
import sys
from pathlib import Path

import numpy as np
import ray
from fastapi import FastAPI, HTTPException, Request
from ray import serve
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier

folder, port = Path(sys.argv[1]), int(sys.argv[2])
iris = load_iris()
model = RandomForestClassifier(20, random_state=0).fit(iris.data, iris.target)
rows = iris.data[::7]
answers = {"predict": model.predict(rows).tolist(), "predict_proba": model.predict_proba(rows).tolist()}
reference = {"name": "iris", "rows": rows.tolist(), "one": model.predict(rows[1:2]).tolist()[0], **answers}
(folder / "references.json").write_text(json.dumps([reference]))

app = FastAPI()
DESCRIPTION = {
    "name": "iris",
    "versions": ["1"],
    "platform": "ray_sklearn",
    "inputs": [{"name": "x", "datatype": "FP64", "shape": [-1, 4]}],
    "outputs": [
        {"name": "predict", "datatype": "INT64", "shape": [-1]},
        {"name": "predict_proba", "datatype": "FP64", "shape": [-1, 3]},
    ],
}


@serve.deployment(num_replicas=2, ray_actor_options={"num_cpus": 0.1})
@serve.ingress(app)
class Inference:
    def __init__(self, estimator):
        self.estimator = estimator

    @app.get("/v2/health/ready")
    def ready(self):
        return {"ready": True}

    @app.get("/v2")
    def server(self):
        return {"name": "ray-serve", "version": ray.__version__, "extensions": []}

    @app.get("/v2/models/{name}")
    def describe(self, name: str):
        self.known(name)
        return DESCRIPTION

    @app.get("/v2/models/{name}/ready")
    def model_ready(self, name: str):
        self.known(name)
        return {"name": name, "ready": True}

    @app.post("/v2/models/{name}/infer")
    async def infer(self, name: str, request: Request):
        self.known(name)
        body = await request.json()
        (tensor,) = body["inputs"]
        matrix = np.array(tensor["data"], dtype=np.float64).reshape(tensor["shape"])
        names = [output["name"] for output in body.get("outputs", [{"name": "predict"}])]
        outputs = []
        for output in names:
            answer = getattr(self.estimator, output)(matrix)
            datatype = "INT64" if answer.dtype.kind == "i" else "FP64"
            outputs.append(
                {"name": output, "datatype": datatype, "shape": list(answer.shape), "data": answer.ravel().tolist()}
            )
        return {"model_name": name, "model_version": "1", "outputs": outputs}

    def known(self, name):
        if name != "iris":
            raise HTTPException(404, f"there is no model {name}")


ray.init(num_cpus=2, include_dashboard=False, object_store_memory=100 * 2**20, logging_level="ERROR")
serve.start(http_options={"host": "127.0.0.1", "port": port})
serve.run(Inference.bind(model))
signal.sigwait({signal.SIGTERM, signal.SIGINT})
serve.shutdown()
ray.shutdown()
