"""A worker that converts several graphs in one process, what is known to go wrong among them: the tests compare."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/sidecar/python"))

from ml_sidecar import tensorflow_graph, tensorflow_known_wrong  # noqa: E402
from ml_sidecar.errors import SidecarError  # noqa: E402
from ml_sidecar.main import main  # noqa: E402
from ml_sidecar.parts import unpack  # noqa: E402


class Task:
    prepare = staticmethod(tensorflow_graph.prepare)

    @staticmethod
    def run(model, request, progress):
        said = []
        reason = tensorflow_known_wrong.reason
        tensorflow_known_wrong.reason = lambda graph: said.append(reason(graph))
        header, parts = unpack(model)
        each, blobs = [], []
        for settings, part in zip(header["each"], parts):
            about = {"blobs": 0}
            try:
                about["result"], made = tensorflow_graph.run(bytes(part), {**request, **settings}, progress)
                about["blobs"] = len(made)
                blobs += made
            except SidecarError as error:
                about["refused"] = str(error)
            each.append({**about, "known": said.pop() if said else None})
        return {"each": each}, blobs


if __name__ == "__main__":
    sys.exit(main({"convert-each": lambda: Task}))
