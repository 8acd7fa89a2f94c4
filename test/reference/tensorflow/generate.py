"""Makes SavedModels and frozen graphs with TensorFlow, and what it answers: generate.py OUT [operators|networks|v1]...

For every model a folder (or .pb) and a .json with `cases`, as test/reference/tensorflow/compare.mjs reads them.
"""
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import numpy as np
import tensorflow as tf


def plain(value):
    if value.dtype == object or value.dtype.kind in "SU":
        return [v.decode() if isinstance(v, bytes) else str(v) for v in value.reshape(-1)]
    return [special(v) for v in value.reshape(-1).tolist()]


def special(v):
    if isinstance(v, float) and v != v:
        return "NaN"
    if v == float("inf"):
        return "Infinity"
    return "-Infinity" if v == float("-inf") else v


def tensor(name, value):
    value = np.asarray(value)
    dtype = "string" if value.dtype == object or value.dtype.kind in "SU" else value.dtype.name
    return {"name": name, "shape": list(value.shape), "dtype": dtype, "data": plain(value)}


def case_of(inputs, outputs):
    return {"inputs": [tensor(k, v) for k, v in inputs.items()], "expected": [tensor(k, np.asarray(v)) for k, v in outputs.items()]}


def write(out, name, cases, **more):
    with open(os.path.join(out, f"{name}.json"), "w") as file:
        json.dump({"name": name, "tensorflow": tf.__version__, "cases": cases, "rtol": 1e-5, "inputs": [], "expected": [], **more}, file)


def module_of(fn, specs):
    module = tf.Module()
    names = [f"x{i}" for i in range(len(specs))]
    named = [tf.TensorSpec(s.shape, s.dtype, name=n) for s, n in zip(specs, names)]

    def call(*args):
        result = fn(*args)
        flat = tf.nest.flatten(result)
        return {f"y{i}": value for i, value in enumerate(flat)}

    module.call = tf.function(call, input_signature=named, autograph=False)
    return module, names


def operators(out):
    from operators import CASES
    for name, fn, inputs in CASES:
        try:
            module, names = module_of(fn, [spec for spec, _ in inputs])
            values = {n: value for n, (_, value) in zip(names, inputs)}
            concrete = module.call.get_concrete_function()
            result = concrete(*[tf.constant(value) for value in values.values()])
            cases = [case_of(values, {k: v.numpy() for k, v in result.items()})]
            if all(s.shape.rank and s.shape[0] is None for s, _ in inputs) and len({v.shape[0] for v in values.values()}) == 1:
                one = {n: value[:1] for n, value in values.items()}
                try:
                    cases.append(case_of(one, {k: v.numpy() for k, v in concrete(*[tf.constant(v) for v in one.values()]).items()}))
                except tf.errors.InvalidArgumentError:
                    pass
            tf.saved_model.save(module, os.path.join(out, name), signatures=concrete)
            write(out, name, cases)
            if os.environ.get("FROZEN"):
                from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
                frozen = convert_variables_to_constants_v2(concrete)
                graph = frozen.graph.as_graph_def()
                write_frozen(out, f"{name}_frozen", graph, [t.name.split(":")[0] for t in frozen.inputs], [t.name for t in frozen.outputs], cases, list(result))
        except Exception as error:  # a case that this version of TensorFlow does not have
            print(f"{name}: {type(error).__name__} {str(error)[:200]}", file=sys.stderr)


def write_frozen(out, name, graph, inputs, outputs, cases, order):
    with open(os.path.join(out, f"{name}.pb"), "wb") as file:
        file.write(graph.SerializeToString())
    renamed = []
    for one in cases:
        ins = [{**t, "name": n} for t, n in zip(one["inputs"], inputs)]
        by_name = {t["name"]: t for t in one["expected"]}
        outs = [{**by_name[k], "name": n.removesuffix(":0")} for k, n in zip(order, outputs)]
        renamed.append({"inputs": ins, "expected": outs})
    options = {"inputs": inputs, "outputs": outputs}
    write(out, name, renamed, options=options)


if __name__ == "__main__":
    target, kinds = sys.argv[1], sys.argv[2:]
    os.makedirs(target, exist_ok=True)
    if not kinds or "operators" in kinds:
        operators(target)
    if not kinds or "networks" in kinds:
        from networks import networks
        networks(target, case_of, write)
    if not kinds or "v1" in kinds:
        from version1 import version1
        version1(target, case_of, write)
