"""The same graphs made smaller with onnxruntime's own tools: python quantize_models.py FOLDER. For bench/quantize.mjs."""

import sys
from pathlib import Path

import onnx
from onnxconverter_common import float16
from onnxruntime.quantization import QuantType, quantize_dynamic

folder = Path(sys.argv[1])
for path in sorted(folder.glob("*.onnx")):
    if path.stem.count("-"):
        continue
    for kind in ("QInt8", "QUInt8"):
        quantize_dynamic(path, folder / f"{path.stem}-{kind}.onnx", weight_type=QuantType[kind], per_channel=True)
    model = float16.convert_float_to_float16(onnx.load(path), keep_io_types=True)
    onnx.save(model, folder / f"{path.stem}-float16.onnx")
