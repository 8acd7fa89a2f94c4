import type { OnnxDimension, OnnxShape, OnnxType, OnnxTypeValue, OnnxValueInfo } from './onnx-model.ts';
import { repeat, spell, writeEntry } from './write-message.ts';
import type { WireWriter } from './wire-writer.ts';

/** ValueInfoProto. */
export function writeValueInfo(info: OnnxValueInfo): WireWriter {
  return spell(info, (w) => {
    w.text(1, info.name);
    if (info.type !== undefined) w.message(2, writeType(info.type));
    w.text(3, info.docString);
    repeat(w, 4, info.metadataProps, writeEntry);
  });
}

const FIELDS = { tensor: 1, sequence: 4, map: 5, opaque: 7, 'sparse-tensor': 8, optional: 9 } as const;

/** TypeProto. */
export function writeType(type: OnnxType): WireWriter {
  return spell(type, (w) => {
    if (type.value !== undefined) w.message(FIELDS[type.value.kind], writeTypeValue(type.value));
    w.text(6, type.denotation);
  });
}

function writeTypeValue(value: OnnxTypeValue): WireWriter {
  return spell(value, (w) => {
    switch (value.kind) {
      case 'tensor':
      case 'sparse-tensor':
        w.int(1, value.elemType);
        if (value.shape !== undefined) w.message(2, writeShape(value.shape));
        break;
      case 'sequence':
      case 'optional':
        if (value.elem !== undefined) w.message(1, writeType(value.elem));
        break;
      case 'map':
        w.int(1, value.keyType);
        if (value.valueType !== undefined) w.message(2, writeType(value.valueType));
        break;
      case 'opaque':
        break;
    }
  });
}

function writeShape(shape: OnnxShape): WireWriter {
  return spell(shape, (w) => repeat(w, 1, shape.dims, writeDimension));
}

function writeDimension(dimension: OnnxDimension): WireWriter {
  return spell(dimension, (w) => w.int(1, dimension.value).text(2, dimension.param).text(3, dimension.denotation));
}
