"""Writes files with a real PyTorch and what each tensor in them is: dtype, shape, sha256 of its contiguous bytes and
its first values. Used by run.mjs, which reads the same files with the library.

    python generate.py --out FOLDER --seed N [--random N] [--names NAME ...]

The files in test/fixtures/torch are those of PyTorch 2.15.0, --seed 1 --random 0 and the names that are there.
"""

import argparse
import collections
import hashlib
import io
import json
import pathlib
import random
import inspect
import warnings
import zipfile

import numpy as np
import torch

warnings.filterwarnings("ignore")
VALUES = 40


def has(name):
    return getattr(torch, name, None)


FLOATS = [t for t in map(has, ["float64", "float32", "float16", "bfloat16"]) if t is not None]
NARROW = [t for t in map(has, ["float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu"]) if t is not None]
INTS = [t for t in map(has, ["int64", "int32", "int16", "int8", "uint8", "uint16", "uint32", "uint64"]) if t is not None]
COMPLEX = [t for t in map(has, ["complex32", "complex64", "complex128"]) if t is not None]
PACKED = [t for t in [has("float4_e2m1fn_x2")] if t is not None]


def savable(dtype):
    try:
        torch.save(torch.empty(1, dtype=dtype), io.BytesIO())
        return True
    except Exception:  # Each version knows types that it cannot save.
        return False


ALL = [t for t in FLOATS + NARROW + INTS + COMPLEX + PACKED + [torch.bool] if savable(t)]
# Old versions know no other way of loading.
LOADING = {"weights_only": False} if "weights_only" in inspect.signature(torch.load).parameters else {}


def make(dtype, shape, rng):
    """Any bits of the type: NaN, infinities and subnormal numbers among them."""
    count = int(np.prod(shape, dtype=np.int64))
    if dtype == torch.bool:
        return torch.tensor(rng.integers(0, 2, count).astype(bool)).reshape(shape)
    raw = rng.integers(0, 256, count * torch.empty(0, dtype=dtype).element_size(), dtype=np.uint8)
    return torch.from_numpy(raw).view(dtype).reshape(shape) if count else torch.empty(shape, dtype=dtype)


def raw_bytes(tensor):
    tensor = tensor.detach()
    if tensor.dtype.is_complex:
        tensor = tensor.resolve_conj()
    tensor = tensor.resolve_neg().contiguous()
    flat = tensor.reshape(-1) if tensor.dim() else tensor.reshape(1)
    # One element may have any stride and count as contiguous; a new tensor has the stride that `view` wants.
    flat = torch.empty(flat.shape, dtype=flat.dtype).copy_(flat)
    return flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b""


def values(tensor):
    """The first numbers as text; complex ones as pairs."""
    if tensor.dtype in PACKED:
        return None
    tensor = tensor.detach()
    if tensor.dtype.is_complex:
        tensor = torch.view_as_real(tensor.resolve_conj().resolve_neg().to(torch.complex128))
    flat = tensor.resolve_neg().reshape(-1)[:VALUES] if tensor.dim() else tensor.resolve_neg().reshape(1)
    if tensor.dtype == torch.bool:
        return [int(v) for v in flat.tolist()]
    if tensor.dtype.is_floating_point:
        return [repr(v) for v in flat.to(torch.float64).tolist()]
    return [str(v) for v in flat.tolist()]


def describe(tensor):
    data = raw_bytes(tensor)
    return {
        "shape": list(tensor.shape),
        "dtype": str(tensor.dtype).removeprefix("torch."),
        "sha256": hashlib.sha256(data).hexdigest(),
        "values": values(tensor),
    }


def walk(value, name, found):
    if isinstance(value, torch.Tensor):
        found[name or "tensor"] = value
    elif isinstance(value, dict):
        for key, item in value.items():
            walk(item, f"{name}.{key}" if name else str(key), found)
    elif isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            walk(item, f"{name}.{i}" if name else str(i), found)
    elif isinstance(value, argparse.Namespace):
        walk(vars(value), name, found)


def views(rng):
    """Tensors that are not simply all of their storage."""
    base = make(torch.float32, (6, 5, 4), rng)
    yield "transposed", base.permute(2, 0, 1)
    yield "sliced", base[1:5:2, ::3, 1:]
    yield "select", base[2, :, 3]
    yield "expanded", base[:1].expand(3, 5, 4)
    yield "expanded_scalar", torch.tensor(2.5).expand(2, 3)
    yield "scalar_of", base[1, 2, 3]
    yield "empty_slice", base[6:]
    yield "empty_middle", base[:, 5:, :]
    yield "overlapping", torch.as_strided(base, (4, 3), (1, 2), 7)
    yield "unsqueezed", base[:, None, :, 1:2]
    yield "channels_last", make(torch.float32, (2, 3, 4, 5), rng).contiguous(memory_format=torch.channels_last)
    yield "half_transposed", make(torch.float16, (7, 9), rng).t()
    yield "bool_strided", make(torch.bool, (9, 9), rng)[::2, 1::3]
    yield "byte_strided", make(torch.uint8, (9, 9), rng).t()[1:]
    yield "double_strided", make(torch.float64, (5, 7), rng).t()
    yield "complex_strided", make(torch.complex128, (3, 4), rng).t()
    yield "conj", make(torch.complex64, (3, 4), rng).conj()
    yield "conj_transposed", make(torch.complex64, (3, 4), rng).mH
    yield "neg", make(torch.complex64, (3, 4), rng).conj().imag
    yield "real_part", make(torch.complex64, (3, 4), rng).real
    yield "wide", make(torch.float32, (60, 40), rng).t()
    yield "rows", make(torch.float32, (60, 40), rng)[10:50, 5:30]


def network():
    torch.manual_seed(3)
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(4 * 36, 5)
    )


def trained(optimizer_of):
    model = network()
    optimizer = optimizer_of(model.parameters())
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2)
    for _ in range(2):
        optimizer.zero_grad()
        model(torch.randn(2, 3, 8, 8)).sum().backward()
        optimizer.step()
        scheduler.step()
    return model, optimizer, scheduler


def random_view(rng, pick):
    dtype = pick.choice(ALL)
    shape = tuple(pick.randint(0 if pick.random() < 0.05 else 1, 6) for _ in range(pick.randint(0, 5)))
    tensor = make(dtype, shape, rng)
    for _ in range(pick.randint(0, 4)):
        dims = tensor.dim()
        action = pick.choice(["permute", "slice", "unsqueeze", "expand", "select", "t"])
        if action == "permute" and dims:
            order = list(range(dims))
            pick.shuffle(order)
            tensor = tensor.permute(order)
        elif action == "slice" and dims:
            dim = pick.randrange(dims)
            size = tensor.shape[dim]
            start = pick.randint(0, size)
            index = [slice(None)] * dims
            index[dim] = slice(start, pick.randint(start, size), pick.randint(1, 3))
            tensor = tensor[tuple(index)]
        elif action == "unsqueeze":
            tensor = tensor.unsqueeze(pick.randint(0, dims))
        elif action == "expand":
            tensor = tensor.unsqueeze(0).expand(pick.randint(1, 3), *tensor.shape)
        elif action == "select" and dims and min(tensor.shape) > 0:
            dim = pick.randrange(dims)
            tensor = tensor.select(dim, pick.randrange(tensor.shape[dim]))
        elif action == "t" and dims == 2:
            tensor = tensor.t()
    return tensor


def objects(rng, pick, count):
    """Name, object, names of tensors that are listed and cannot be read."""
    yield "all_dtypes", {str(t).removeprefix("torch."): make(t, (3, 4), rng) for t in ALL}, []
    yield "all_codes", {str(t): torch.arange(256, dtype=torch.uint8).view(t) for t in NARROW}, []
    yield "scalars", {str(t): make(t, (), rng) for t in ALL}, []
    yield "empty", {f"{t}_{i}": make(t, s, rng) for t in ALL for i, s in enumerate([(0,), (2, 0, 3)])}, []
    yield "views", dict(views(rng)), []
    base = make(torch.float32, (10, 10), rng)
    yield "shared", {"a": base, "b": base, "c": base[2:4], "d": base.t(), "e": base.view(-1)[7:]}, []
    yield "root_tensor", make(torch.float32, (3, 2), rng), []
    yield "root_list", [make(torch.float32, (3, 2), rng), {"x": make(torch.int64, (2,), rng)}], []
    yield "no_tensors", {"epoch": 3, "name": "x"}, []
    yield "state_dict", network().state_dict(), []
    yield "parameters", {"p": torch.nn.Parameter(make(torch.float32, (2, 2), rng)), "q": torch.nn.Parameter(base.t(), requires_grad=False)}, []
    tied = network()
    tied.register_module("again", tied[0])
    yield "tied", tied.state_dict(), []
    for name, optimizer_of in {
        "adam": lambda p: torch.optim.Adam(p, amsgrad=True),
        "sgd": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
        "rmsprop": lambda p: torch.optim.RMSprop(p, centered=True),
    }.items():
        model, optimizer, scheduler = trained(optimizer_of)
        yield f"checkpoint_{name}", {
            "epoch": 7,
            "model_state_dict": model.state_dict(),
            "optimizer_state_dict": optimizer.state_dict(),
            "scheduler": scheduler.state_dict(),
            "best": np.float64(0.25),
            "history": np.arange(6, dtype=np.float32).reshape(2, 3),
            "args": argparse.Namespace(lr=0.1, out=pathlib.PurePosixPath("/a/b")),
            "device": torch.device("cpu"),
            "size": torch.Size([3, 4]),
            "dtype": torch.float16,
            "rng": torch.get_rng_state(),
            "classes": ["a", "ü", None, True],
            "counter": collections.Counter("abba"),
            "default": collections.defaultdict(list, {"k": [1]}),
        }, []
    yield "deep", {"a": {"b": [{"c": (make(torch.int8, (2,), rng), {"d": make(torch.bool, (3,), rng)})}]}}, []
    yield "int_keys", {0: make(torch.float32, (2,), rng), "x": {1: make(torch.float32, (1,), rng)}}, []
    yield "names", {"ключ.é": make(torch.float32, (2,), rng), "__proto__": make(torch.float32, (1,), rng), "": make(torch.float32, (1,), rng)}, []
    attributed = make(torch.float32, (2, 3), rng)
    attributed.note = "hello"
    yield "attributes", {"t": attributed}, []
    quantized = torch.quantize_per_tensor(torch.randn(3, 4), 0.1, 2, torch.qint8)
    channels = torch.quantize_per_channel(torch.randn(3, 4), torch.tensor([0.1, 0.2, 0.3]), torch.tensor([0, 1, 2]), 0, torch.quint8)
    plain = make(torch.float32, (2,), rng)
    yield "quantized", {"q": quantized, "c": channels, "plain": plain}, ["q", "c"]
    coo = torch.sparse_coo_tensor(torch.tensor([[0, 1], [1, 2]]), torch.tensor([1.0, 2.0]), (3, 4))
    csr = torch.randn(3, 4).to_sparse_csr()
    yield "sparse", {"coo": coo, "csr": csr, "plain": plain}, ["coo", "csr"]
    yield "meta", {"m": torch.empty(3, 4, dtype=torch.float16, device="meta"), "plain": plain}, ["m"]
    for i in range(count):
        yield f"random_{i}", {f"t{j}": random_view(rng, pick) for j in range(pick.randint(1, 8))}, []


def big_endian(source, target):
    """The same archive as a big-endian machine writes it; every storage in it is of one type."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", compression=zipfile.ZIP_STORED) as out:
        for info in archive.infolist():
            data = archive.read(info)
            if info.filename.endswith("byteorder"):
                data = b"big"
            elif "/data/" in info.filename:
                data = np.frombuffer(data, dtype="<f4").astype(">f4").tobytes()
            out.writestr(info.filename, data)


def save_safetensors(out, rng):
    try:
        from safetensors.torch import save_file
    except ImportError:  # An environment that is there already may lack it.
        return
    groups = {
        "all": {str(t): make(t, (3, 4), rng) for t in ALL if t not in (torch.complex128, has("complex32"), *PACKED)},
        "network": {key: value.clone() for key, value in network().state_dict().items()},
        "empty": {"a": make(torch.float32, (0, 3), rng), "b": make(torch.int64, (), rng)},
    }
    for name, tensors in groups.items():
        saved = {}
        for key, tensor in tensors.items():
            try:
                save_file({key: tensor}, out / "probe")
                saved[key] = tensor
            except Exception:  # A type that this version does not know.
                pass
        (out / "probe").unlink(missing_ok=True)
        save_file(saved, out / f"safetensors_{name}.safetensors", metadata={"format": "pt"})
        listed = {key: describe(tensor) for key, tensor in saved.items()}
        about = {"file": f"safetensors_{name}.safetensors", "sorted": True, "tensors": listed, "unreadable": []}
        (out / f"safetensors_{name}.json").write_text(json.dumps(about))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--random", type=int, default=150)
    parser.add_argument("--names", nargs="*")
    options = parser.parse_args()
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    pick = random.Random(options.seed)
    skipped = {}

    def save(name, obj, unreadable, **how):
        path = out / f"{name}.pth"
        if options.names is not None and name not in options.names:
            return None
        try:
            torch.save(obj, path, **how)
        except Exception as error:  # A type that this version cannot save.
            skipped[name] = str(error)[:100]
            path.unlink(missing_ok=True)
            return None
        found = {}
        try:
            # What PyTorch itself finds in the file: a version may lose something when it saves.
            obj = torch.load(path, **LOADING)
        except AttributeError:
            pass  # 2.15 cannot load untyped storages from its own stream format; then what was saved is right.
        walk(obj, "", found)
        listed = {
            key: {"shape": list(t.shape), "dtype": str(t.dtype).removeprefix("torch.")} if key in unreadable else describe(t)
            for key, t in found.items()
        }
        (out / f"{name}.json").write_text(json.dumps({"tensors": listed, "unreadable": unreadable}) + "\n")
        return path

    for name, obj, unreadable in objects(rng, pick, options.random):
        save(name, obj, unreadable)
        save(f"{name}.stream", obj, unreadable, _use_new_zipfile_serialization=False)
        if name in ("views", "checkpoint_adam", "all_dtypes"):
            for protocol in (3, 4, 5):
                save(f"{name}.protocol{protocol}", obj, unreadable, pickle_protocol=protocol)
    floats = {"a": make(torch.float32, (4, 5), rng), "b": make(torch.float32, (6, 7), rng).t()[1:]}
    path = save("little", floats, [])
    save_safetensors(out, rng)
    if path is None:
        return print(json.dumps({"torch": torch.__version__, "skipped": skipped}))
    with zipfile.ZipFile(path) as archive:
        states_order = any(name.endswith("byteorder") for name in archive.namelist())
    if states_order:
        big_endian(path, out / "big.pth")
        (out / "big.json").write_text((out / "little.json").read_text())
    print(json.dumps({"torch": torch.__version__, "skipped": skipped}))


if __name__ == "__main__":
    main()
