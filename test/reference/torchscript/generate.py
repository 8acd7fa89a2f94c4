"""Saves the networks of modules.py with a real PyTorch, traced and scripted, and what they answer.

    python generate.py --out FOLDER [--seed N] [--only TEXT]

The files in test/fixtures/torchscript are those of PyTorch 2.15.0, --seed 1.
"""

import argparse
import json
import pathlib
import warnings

import torch

from modules import CASES

warnings.filterwarnings("ignore")
parser = argparse.ArgumentParser()
parser.add_argument("--out", required=True)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--only", default="")
options = parser.parse_args()


def describe(name, tensor):
    tensor = tensor.detach()
    values = tensor.to(torch.float64).flatten().tolist() if tensor.is_floating_point() else tensor.flatten().tolist()
    data = [v if isinstance(v, (bool, int)) or v == v and abs(v) != float("inf") else str(v) for v in values]
    return {"name": name, "dtype": str(tensor.dtype).removeprefix("torch."), "shape": list(tensor.shape), "data": data}


def outputs(result):
    if isinstance(result, dict):
        return [describe(key, value) for key, value in result.items()]
    flat = []

    def walk(value):
        if isinstance(value, torch.Tensor):
            flat.append(value)
        else:
            for item in value:
                walk(item)

    walk(result)
    return [describe(f"output_{i}", value) for i, value in enumerate(flat)]


folder = pathlib.Path(options.out)
folder.mkdir(parents=True, exist_ok=True)
skipped = {}
for name, (make, ways) in CASES.items():
    if options.only not in name:
        continue
    torch.manual_seed(options.seed)
    module, inputs = make()
    module.eval()
    for way in ways:
        try:
            with torch.no_grad():
                dictionary = isinstance(module(*[x.clone() for x in inputs[0]]), dict)
                program = torch.jit.trace(module, inputs[0], strict=not dictionary) if way == "trace" else torch.jit.script(module)
                names = [argument.name for argument in program.forward.schema.arguments[1:]]
                torch.jit.save(program, str(folder / f"{name}_{way}.pt"))
                loaded = torch.jit.load(str(folder / f"{name}_{way}.pt"))
                cases = []
                for given in inputs:
                    fed = [describe(key, value) for key, value in zip(names, given)]
                    cases.append({"inputs": fed, "expected": outputs(loaded(*[x.clone() for x in given]))})
        except Exception as error:
            skipped[f"{name}_{way}"] = f"{type(error).__name__}: {str(error).strip().splitlines()[0][:120]}"
            (folder / f"{name}_{way}.pt").unlink(missing_ok=True)
            continue
        (folder / f"{name}_{way}.json").write_text(json.dumps({"torch": torch.__version__, "rtol": 1e-5, "expected": "in cases", "cases": cases}))
print(json.dumps({"torch": torch.__version__, "skipped": skipped}))
