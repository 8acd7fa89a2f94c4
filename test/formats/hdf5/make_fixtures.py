"""Writes the small HDF5 files of the tests, and what h5py reads from them.

    uv venv -p 3.11 .cache/h5py-314 && uv pip install -p .cache/h5py-314 h5py==3.14.0 numpy==2.2.6
    uv venv -p 3.11 .cache/h5py-316 && uv pip install -p .cache/h5py-316 h5py==3.16.0 numpy==2.2.6
    .cache/h5py-314/bin/python test/formats/hdf5/make_fixtures.py
    .cache/h5py-316/bin/python test/formats/hdf5/make_fixtures.py 2.0

h5py 3.14.0 has HDF5 1.14.6, h5py 3.16.0 has HDF5 2.0.0 (whose newest format differs). Without an argument all files but
those of HDF5 2.0 are written, with it only those. Beside each file, `<name>.json` holds its tree as h5py sees it.
"""

import base64
import ctypes
import glob
import gzip
import hashlib
import json
import os
import sys

import h5py
import numpy as np

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "files")
LIBRARY = ctypes.CDLL(
    glob.glob(os.path.join(os.path.dirname(h5py.__file__), "..", "h5py.libs", "libhdf5-*.so*"))[0]
)
LIBRARY.H5Pset_chunk_opts.argtypes = [ctypes.c_int64, ctypes.c_uint]
LIBRARY.H5Pset_shared_mesg_nindexes.argtypes = [ctypes.c_int64, ctypes.c_uint]
LIBRARY.H5Pset_shared_mesg_index.argtypes = [ctypes.c_int64, ctypes.c_uint, ctypes.c_uint, ctypes.c_uint]
LIBRARY.H5Pset_attr_phase_change.argtypes = [ctypes.c_int64, ctypes.c_uint, ctypes.c_uint]
LIBRARY.H5Pset_external.argtypes = [ctypes.c_int64, ctypes.c_char_p, ctypes.c_int64, ctypes.c_uint64]

#: Arrays with more bytes than this are kept as a digest.
MAX_INLINE = 1024

FLOATS = [0.0, -0.0, 1.5, -2.25, np.inf, -np.inf, np.nan, 6e-5]


def numbers(dtype):
    info = np.iinfo(dtype)
    return np.array([info.min, 0, 1, 7, info.max], dtype)


def types(f):
    """One dataset and one attribute of each type."""
    g = f.create_group("types")
    for order in "<>":
        for kind in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]:
            name = ("be_" if order == ">" else "le_") + kind
            g[name] = numbers(order + kind)
            g.attrs[name] = numbers(order + kind)
            g.attrs[name + "_scalar"] = numbers(order + kind)[-1]
        for kind in ["f2", "f4", "f8"]:
            name = ("be_" if order == ">" else "le_") + kind
            g[name] = np.array(FLOATS, order + kind)
            g.attrs[name] = np.array(FLOATS, order + kind)
            g.attrs[name + "_scalar"] = np.array(-2.25, order + kind)
        for kind in ["c8", "c16"]:
            name = ("be_" if order == ">" else "le_") + kind
            g[name] = np.array([1 + 2j, -0.5j, np.nan], order + kind)
            g.attrs[name + "_scalar"] = np.array(3 - 4j, order + kind)
    bfloat16 = h5py.h5t.IEEE_F32LE.copy()
    bfloat16.set_fields(15, 7, 8, 0, 7)
    bfloat16.set_size(2)
    bfloat16.set_precision(16)
    bfloat16.set_ebias(127)
    # 1, -2.5, infinity and the smallest normal number, as their bits.
    space = h5py.h5s.create_simple((4,))
    raw = h5py.h5d.create(g.id, b"bfloat16", bfloat16, space)
    raw.write(space, space, np.array([0x3F80, 0xC020, 0x7F80, 0x0080], "<u2"), mtype=bfloat16)
    packed = h5py.h5t.STD_I32LE.copy()
    packed.set_precision(12)
    packed.set_offset(4)
    raw = h5py.h5d.create(g.id, b"packed", packed, h5py.h5s.create_simple((5,)))
    raw.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([-2048, -1, 0, 1, 2047], "<i4"))
    wide = h5py.h5t.STD_I64BE.copy()
    wide.set_precision(24)
    wide.set_size(3)
    raw = h5py.h5d.create(g.id, b"three_bytes", wide, h5py.h5s.create_simple((4,)))
    raw.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([-8388608, -1, 1, 8388607], "<i8"))
    g["bool"] = np.array([True, False, True])
    g.attrs["bool"] = np.array([[True], [False]])
    g.attrs["bool_scalar"] = True
    g["enum"] = np.array([0, 2, 1], "u1")
    enum = h5py.enum_dtype({"RED": -1, "GREEN": 300}, basetype="i2")
    g.create_dataset("colour", data=np.array([-1, 300, -1], "i2"), dtype=enum)
    g.create_dataset("fixed", data=np.array([b"ab", b"", b"\xc3\xa9abc"], "S5"))
    for padding, name in [(h5py.h5t.STR_NULLTERM, b"nullterm"), (h5py.h5t.STR_SPACEPAD, b"spacepad")]:
        text = h5py.h5t.C_S1.copy()
        text.set_size(6)
        text.set_strpad(padding)
        raw = h5py.h5d.create(g.id, name, text, h5py.h5s.create_simple((2,)))
        source = h5py.h5t.C_S1.copy()
        source.set_size(6)
        source.set_strpad(padding)
        fill = b" " if name == b"spacepad" else b"\0"
        raw.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([b"one".ljust(6, fill), b"two 2".ljust(6, fill)], "V6").view("S6"), mtype=source)
    g.create_dataset("vlen_utf8", data=["", "grüße", "漢字", "a" * 300], dtype=h5py.string_dtype())
    g.create_dataset("vlen_ascii", data=["x", "yz"], dtype=h5py.string_dtype("ascii"))
    g.create_dataset("fixed_utf8", data=np.array(["é".encode(), b"abcdef"], h5py.string_dtype("utf-8", 8)))
    g.attrs["text"] = "grüße"
    g.attrs["bytes"] = np.bytes_(b"abc")
    g.attrs["texts"] = np.array([b"kernel:0", b"bias:0"])
    g.attrs.create("vlen_texts", ["a", "", "ü"], dtype=h5py.string_dtype())
    g.attrs["no_texts"] = np.array([], "S1")
    ragged = g.create_dataset("ragged", (3,), dtype=h5py.vlen_dtype("<i4"))
    ragged[0] = [1, 2, 3]
    ragged[2] = [-7]
    g.attrs.create("ragged", np.array([np.array([1.5]), np.array([2.5, 3.5])], dtype=object), dtype=h5py.vlen_dtype("<f8"))
    g.create_dataset("array", (2, 2), np.dtype(("<i2", (3,))))[...] = np.arange(12, dtype="<i2").reshape(2, 2, 3)
    g["compound"] = np.array([(1, 2.5, b"x")], [("a", "<i4"), ("b", "<f8"), ("c", "S3")])
    g.attrs["compound"] = np.array((1, 2.5), [("a", "<i4"), ("b", "<f8")])
    g["nested"] = np.zeros(2, [("p", [("x", "f4"), ("y", "f4", (2, 2))])])
    g["opaque"] = np.array([b"ab", b"cd"], "V2")
    g["reference"] = np.array([g["le_i4"].ref], h5py.ref_dtype)
    g.attrs["reference"] = g.ref
    g.attrs["region"] = g["le_i4"].regionref[1:3]
    bits = h5py.h5t.STD_B16LE.copy()
    raw = h5py.h5d.create(g.id, b"bitfield", bits, h5py.h5s.create_simple((3,)))
    raw.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([1, 0x8000, 0xFFFF], "<u2"), mtype=bits)
    f["named_type"] = np.dtype("<f4")
    g.create_dataset("of_named_type", data=np.arange(3, dtype="<f4"), dtype=f["named_type"])
    g.attrs.create("of_named_type", np.arange(2, dtype="<f4"), dtype=f["named_type"])


def spaces(f):
    """Shapes, layouts and fill values."""
    g = f.create_group("spaces")
    g["scalar"] = np.float32(2.5)
    g["text"] = "one text"
    g["null"] = h5py.Empty("<f4")
    g.attrs["null"] = h5py.Empty("S3")
    g["empty"] = np.zeros((0, 3), "<f4")
    g["five"] = np.arange(32, dtype="<u1").reshape(2, 2, 2, 2, 2)
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_layout(h5py.h5d.COMPACT)
    raw = h5py.h5d.create(g.id, b"compact", h5py.h5t.IEEE_F64LE, h5py.h5s.create_simple((2, 2)), plist)
    raw.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([[1.0, 2.0], [3.0, 4.0]]))
    g.create_dataset("unwritten", (3, 2), "<i4", fillvalue=-5)
    g.create_dataset("unwritten_zero", (3,), "<f8")
    g.create_dataset("unwritten_text", (2,), h5py.string_dtype())
    early = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    early.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    early.set_fill_value(np.array(9, "<i2"))
    h5py.h5d.create(g.id, b"early", h5py.h5t.STD_I16LE, h5py.h5s.create_simple((4,)), early)
    g.create_dataset("some_chunks", (7, 5), "<i4", chunks=(2, 3), fillvalue=-1)[3:5, 2:4] = [[1, 2], [3, 4]]
    g.create_dataset("no_chunks", (4, 4), "<i4", chunks=(2, 2), fillvalue=3)


def chunks(f):
    """Every way of finding chunks, and every filter that is read."""
    g = f.create_group("chunks")
    data = np.arange(7 * 11, dtype="<f4").reshape(7, 11)
    g.create_dataset("single", data=data, chunks=(7, 11))
    g.create_dataset("single_gzip", data=data, chunks=(7, 11), compression="gzip")
    g.create_dataset("larger_than_shape", data=np.arange(3, dtype="<i4"), chunks=(5,), maxshape=(9,), compression="gzip")
    g.create_dataset("fixed", data=data, chunks=(3, 4))
    g.create_dataset("fixed_gzip", data=data, chunks=(3, 4), compression="gzip", shuffle=True)
    g.create_dataset("fixed_may_grow", data=data, chunks=(3, 4), maxshape=(20, 30))
    g.create_dataset("extensible", data=data, chunks=(3, 4), maxshape=(None, 11))
    g.create_dataset("extensible_second", data=data, chunks=(3, 4), maxshape=(7, None), compression="gzip")
    g.create_dataset("extensible_many", data=np.arange(900, dtype="<i2"), chunks=(2,), maxshape=(None,))
    g.create_dataset("two_growing", data=data, chunks=(3, 4), maxshape=(None, None))
    g.create_dataset("two_growing_gzip", data=data, chunks=(2, 1), maxshape=(None, None), compression="gzip")
    early = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    early.set_chunk((3, 4))
    early.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    raw = h5py.h5d.create(g.id, b"implicit", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((7, 11), (9, 12)), early)
    raw.write(h5py.h5s.ALL, h5py.h5s.ALL, data)
    plain_edges = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plain_edges.set_chunk((3, 4))
    plain_edges.set_deflate(6)
    LIBRARY.H5Pset_chunk_opts(plain_edges.id, 2)
    try:
        raw = h5py.h5d.create(g.id, b"plain_edges", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((7, 11)), plain_edges)
        raw.write(h5py.h5s.ALL, h5py.h5s.ALL, data)
    except ValueError:
        pass  # Formats before 1.10 do not have it.
    g.create_dataset("fletcher", data=data, chunks=(3, 4), fletcher32=True)
    g.create_dataset("fletcher_odd", data=np.arange(15, dtype="<u1"), chunks=(5,), fletcher32=True)
    g.create_dataset("all_filters", data=data, chunks=(3, 4), fletcher32=True, shuffle=True, compression="gzip")
    g.create_dataset("lzf", data=np.tile(data, (3, 3)), chunks=(21, 33), compression="lzf")
    g.create_dataset("text_gzip", data=["a", "bc", "ü"] * 3, dtype=h5py.string_dtype(), chunks=(4,), compression="gzip")
    g.create_dataset("three", data=np.arange(4 * 5 * 6, dtype=">i4").reshape(4, 5, 6), chunks=(2, 5, 6), compression="gzip")
    shrunk = g.create_dataset("shrunk", data=np.arange(20, dtype="<i4"), chunks=(3,), maxshape=(None,))
    shrunk.resize((8,))


def many(f, count, track):
    """Groups and objects with so much in them that it is kept apart, and attributes above 64 KB."""
    g = f.create_group("links", track_order=track)
    target = f.create_dataset("target", data=np.arange(3))
    for i in range(count):
        g[f"name_{(i * 7919) % count:05}"] = target
    for name in ["é_漢字", "with\\backslash", "with space", "kernel:0", "__proto__"]:
        g[name] = target
    a = f.create_group("attributes", track_order=track)
    for i in range(60):
        a.attrs[f"attribute_{(i * 37) % 60:03}"] = i
    return a


def sparse(f):
    """Indexes so long that they are in pages, most of which were never written."""
    fixed = f.create_dataset("fixed", (5000,), "<i2", chunks=(1,), fillvalue=4)
    fixed[2500] = 1
    fixed[4999] = 2
    growing = f.create_dataset("growing", (200_000,), "<i1", chunks=(1,), maxshape=(None,))
    growing[0] = 1
    growing[199_000] = 3
    tree = f.create_dataset("tree", (300, 300), "<i1", chunks=(1, 1), maxshape=(None, None))
    for i in range(300):
        tree[i, (i * 7) % 300] = i % 100


def shared(path, libver):
    """Messages that objects share, in the file's table of them."""
    fcpl = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    LIBRARY.H5Pset_shared_mesg_nindexes(fcpl.id, 2)
    # Dataspaces, datatypes, fill values and filters in one index, attributes in the other.
    LIBRARY.H5Pset_shared_mesg_index(fcpl.id, 0, 0x02 | 0x08 | 0x20 | 0x800, 1)
    LIBRARY.H5Pset_shared_mesg_index(fcpl.id, 1, 0x1000, 1)
    fapl = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    fapl.set_libver_bounds(*libver)
    with h5py.File(h5py.h5f.create(path.encode(), h5py.h5f.ACC_TRUNC, fcpl, fapl)) as f:
        for i in range(12):
            d = f.create_dataset(f"d{i}", data=np.arange(6, dtype=">f8").reshape(2, 3), chunks=(2, 2), compression="gzip", fillvalue=2.5)
            for j in range(3):
                d.attrs[f"a{j}"] = "the same text"
            d.attrs["numbers"] = np.arange(5, dtype="<i4")


def linked(path):
    """Links and values that lead out of the file, or that are not followed."""
    with h5py.File(path, "w", libver="latest") as f:
        f["here"] = np.arange(3)
        f["soft"] = h5py.SoftLink("/here")
        f["dangling"] = h5py.SoftLink("/nowhere")
        f["external"] = h5py.ExternalLink("/etc/passwd", "/x")
        layout = h5py.VirtualLayout((3,), "<i8")
        layout[:] = h5py.VirtualSource("other.h5", "here", (3,))
        f.create_virtual_dataset("virtual", layout)
        f.create_dataset("stored_outside", (3,), "<i8", external=[("/etc/hostname", 0, 24)])
        f["circle"] = f["/"]
        f.create_dataset("scaleoffset", data=np.arange(100), chunks=(10,), scaleoffset=0)


def bombs():
    """Small files that declare much: never written, all zeros, and far beyond what can be counted."""
    path = os.path.join(HERE, "declared.h5")
    with h5py.File(path, "w", libver="latest") as f:
        f.create_dataset("unwritten", (10**10,), "<f4")
        f.create_dataset("unwritten_chunks", (10**6, 10**6), "<f8", chunks=(1000, 1000), compression="gzip")
        f.create_dataset("unwritten_texts", (10**9,), h5py.string_dtype())
        f.create_dataset("enormous", (2**40, 2**20), "<f8", chunks=(2, 2))
    path = os.path.join(HERE, "zeros.h5")
    with h5py.File(path, "w") as f:
        f.create_dataset("zeros", data=np.zeros((150, 2**20), "<i2"), chunks=(10, 2**20), compression="gzip")
    # Zeros that were compressed compress once more: the file would be too large to keep as it is.
    with open(path, "rb") as plain, gzip.open(path + ".gz", "wb", 9) as out:
        out.write(plain.read())
    os.remove(path)


def tensor(array, dtype):
    """An array as the tests compare it."""
    if dtype.metadata and "vlen" in dtype.metadata:
        base = dtype.metadata["vlen"]
        if base in (str, bytes):
            return {"dtype": "string", "data": [text(v) for v in array.ravel()]}
        return {"dtype": "object", "data": [tensor(np.asarray(v), np.dtype(base)) for v in array.ravel()]}
    if dtype.kind == "S":
        return {"dtype": "string", "data": [text(v) for v in array.ravel()]}
    if dtype.fields is not None or dtype.kind in "VO":
        return {"dtype": None}
    name = dtype.newbyteorder("=").name
    values = np.ascontiguousarray(array.astype(dtype.newbyteorder("<")))
    if name == "float16":
        values = values.astype("<f4")
    raw = values.tobytes()
    if len(raw) > MAX_INLINE:
        return {"dtype": name, "sha256": hashlib.sha256(raw).hexdigest()}
    return {"dtype": name, "base64": base64.b64encode(raw).decode()}


def text(value):
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def attribute(attrs, name):
    try:
        value = attrs[name]
    except (TypeError, OSError) as error:
        return {"dtype": None, "why": str(error)[:80]}
    if isinstance(value, h5py.Empty):
        return {"null": True}
    if isinstance(value, (str, bytes)):
        value = text(value)
        return {"dtype": "string", "shape": [], "data": [value]} if len(value) < MAX_INLINE else {
            "dtype": "string", "shape": [], "sha256": hashlib.sha256(value.encode()).hexdigest()}
    if isinstance(value, (h5py.Reference, h5py.RegionReference)):
        return {"dtype": None}
    aid = attrs.get_id(name)
    array = np.asarray(value)
    dtype = aid.dtype
    return {"shape": list(array.shape), **tensor(array, array.dtype if dtype.subdtype else dtype)}


def describe(item, seen):
    """The tree below an object. `seen` keeps a circle from going on."""
    out = {"attributes": {name: attribute(item.attrs, name) for name in item.attrs}}
    if isinstance(item, h5py.Dataset):
        if item.shape is None:
            return {**out, "kind": "dataset", "shape": [0], "null": True}
        name = item.name.rsplit("/", 1)[-1]
        if name == "bfloat16":
            values = {"dtype": "bfloat16", "base64": base64.b64encode(np.array([1, -2.5, np.inf, 2.0**-126], "<f4").tobytes()).decode()}
            return {**out, "kind": "dataset", "shape": [4], **values}
        if name == "bitfield":
            return {**out, "kind": "dataset", "shape": [3], **tensor(np.array([1, 0x8000, 0xFFFF], "<u2"), np.dtype("<u2"))}
        if name == "three_bytes":
            return {**out, "kind": "dataset", "shape": [4], **tensor(np.array([-8388608, -1, 1, 8388607], "<i4"), np.dtype("<i4"))}
        array = np.asarray(item[()])
        dtype = array.dtype if item.dtype.subdtype else item.dtype
        return {**out, "kind": "dataset", "shape": list(array.shape), **tensor(array, dtype)}
    if isinstance(item, h5py.Datatype):
        return {"kind": "datatype"}
    address = h5py.h5o.get_info(item.id).addr
    if address in seen:
        return {"kind": "again"}
    children = {name: describe(item[name], seen | {address}) for name in item}
    return {**out, "kind": "group", "children": children}


def finish(path):
    with h5py.File(path, "r") as f:
        tree = describe(f, set())
    with open(path + ".json", "w") as out:
        json.dump(tree, out, ensure_ascii=False, separators=(",", ":"))
    print(os.path.basename(path), os.path.getsize(path))


def main():
    newest_only = sys.argv[1:] == ["2.0"]
    versions = {"hdf5-2.0": ("v200", "v200")} if newest_only else {
        "earliest": ("earliest", "v108"),
        "v108": ("v108", "v108"),
        "v110": ("v110", "v110"),
        "latest": ("v114", "v114"),
    }
    for name, libver in versions.items():
        for make in [types, spaces, chunks]:
            path = os.path.join(HERE, f"{make.__name__}-{name}.h5")
            with h5py.File(path, "w", libver=libver) as f:
                make(f)
            finish(path)
    if newest_only:
        path = os.path.join(HERE, "complex-hdf5-2.0.h5")
        with h5py.File(path, "w", libver="latest") as f:
            # The type of complex numbers that HDF5 2.0 has; earlier ones are compounds.
            for name, dtype in [("F32LE", "<c8"), ("F64BE", ">c16")]:
                kind = getattr(h5py.h5t, f"COMPLEX_IEEE_{name}")
                raw = h5py.h5d.create(f.id, name.encode(), kind, h5py.h5s.create_simple((2,)))
                raw.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([1 + 2j, 3 - 4j], dtype), mtype=kind)
        finish(path)
        return
    for name, libver, track in [("earliest", "earliest", False), ("latest", "latest", False), ("tracked", "latest", True)]:
        path = os.path.join(HERE, f"many-{name}.h5")
        with h5py.File(path, "w", libver=libver, track_order=track) as f:
            a = many(f, 1500 if name == "latest" else 200, track)
            if name != "earliest":
                a.attrs["config"] = json.dumps([{"layer": i} for i in range(5000)])
                a.attrs["table"] = np.arange(10_000, dtype="<f8")
        finish(path)
    path = os.path.join(HERE, "user-block.h5")
    with h5py.File(path, "w", userblock_size=1024) as f:
        f["x"] = np.arange(5)
        f["g/y"] = "text"
    finish(path)
    path = os.path.join(HERE, "user-block-latest.h5")
    with h5py.File(path, "w", userblock_size=512, libver="latest") as f:
        f["x"] = np.arange(5)
        f["g/y"] = "text"
    finish(path)
    path = os.path.join(HERE, "sparse.h5")
    with h5py.File(path, "w", libver="latest") as f:
        sparse(f)
    finish(path)
    for name, libver in [("shared-v108", (h5py.h5f.LIBVER_EARLIEST, h5py.h5f.LIBVER_V18)), ("shared-latest", (h5py.h5f.LIBVER_LATEST, h5py.h5f.LIBVER_LATEST))]:
        path = os.path.join(HERE, f"{name}.h5")
        shared(path, libver)
        finish(path)
    for name, address, length, newest in [("sizes-4-4", 4, 4, False), ("sizes-4-8-latest", 4, 8, True), ("sizes-2-2", 2, 2, True)]:
        fcpl = h5py.h5p.create(h5py.h5p.FILE_CREATE)
        fcpl.set_sizes(address, length)
        fapl = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
        fapl.set_libver_bounds(h5py.h5f.LIBVER_LATEST if newest else h5py.h5f.LIBVER_EARLIEST, h5py.h5f.LIBVER_LATEST)
        path = os.path.join(HERE, f"{name}.h5")
        with h5py.File(h5py.h5f.create(path.encode(), h5py.h5f.ACC_TRUNC, fcpl, fapl)) as f:
            if address == 2:
                f["x"] = np.arange(3)
                f["text"] = ["abc", "d"]
                f.attrs["names"] = ["a", "b"]
            else:
                types(f)
                spaces(f)
                many(f, 60, False)
        finish(path)
    linked(os.path.join(HERE, "linked.h5"))
    bombs()


main()
