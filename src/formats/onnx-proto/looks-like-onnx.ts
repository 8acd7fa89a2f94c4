/** Wire type of each field of a ModelProto: 0 for numbers, 2 for text and messages. */
const MODEL_FIELDS: ReadonlyMap<number, number> = new Map([
  [1, 0],
  [2, 2],
  [3, 2],
  [4, 2],
  [5, 0],
  [6, 2],
  [7, 2],
  [8, 2],
  [14, 2],
  [20, 2],
  [25, 2],
  [26, 2],
]);
const IR_VERSION = 1;
const GRAPH = 7;
const OPSET = 8;
/** Versions of the format count up from 1 and stand at 13; a file from the future is still ONNX. */
const MAX_IR_VERSION = 1000;
/** Repeated fields may come before the graph, but not this many. */
const MAX_FIELDS = 10_000;

/**
 * Whether the bytes are an ONNX model's, judged by the fields of the outermost message only: each
 * is a ModelProto's, there is a plausible version of the format, then a graph or an operator set.
 * Of a file that was cut off only its beginning is judged, so that it is called truncated, not unknown.
 */
export function looksLikeOnnx(bytes: Uint8Array): boolean {
  let at = 0;
  let versioned = false;
  let substance = false;
  const varint = (): number | undefined => {
    let value = 0;
    for (let scale = 1; scale < 2 ** 63; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) return undefined;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  for (let fields = 0; at < bytes.length; fields++) {
    const key = varint();
    if (key === undefined) return versioned && substance && at > bytes.length;
    const field = Math.floor(key / 8);
    if (fields > MAX_FIELDS || MODEL_FIELDS.get(field) !== key % 8) return false;
    const value = varint();
    if (value === undefined) return versioned && at > bytes.length;
    if (field === IR_VERSION) {
      if (value < 1 || value > MAX_IR_VERSION) return false;
      versioned = true;
    }
    if (field === GRAPH || field === OPSET) substance = true;
    if (key % 8 === 2) at += value;
    // Past the end: cut off within this field.
    if (at > bytes.length) return versioned;
  }
  return versioned && substance;
}
