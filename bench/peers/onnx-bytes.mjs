// The few messages of an ONNX file that the measurements write.
const varint = (value) => {
  const bytes = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left]);
    bytes.push((left % 128) | 128);
  }
};
/** The head of a field whose content of `length` bytes follows. */
export const head = (number, length) => Buffer.concat([varint(number * 8 + 2), varint(length)]);
export const field = (number, content) => Buffer.concat([head(number, content.length), content]);
export const int = (number, value) => Buffer.concat([varint(number * 8), varint(value)]);
export const text = (number, value) => field(number, Buffer.from(value));
export const node = (op, inputs, output) =>
  field(1, Buffer.concat([...inputs.map((name) => text(1, name)), text(2, output), text(4, op)]));
const dim = (extent) => field(1, typeof extent === 'string' ? text(2, extent) : int(1, extent));
/** An input (11) or output (12) of float32. */
export const value = (number, name, shape) =>
  field(
    number,
    Buffer.concat([
      text(1, name),
      field(2, field(1, Buffer.concat([int(1, 1), field(2, Buffer.concat(shape.map(dim)))]))),
    ]),
  );
/** What comes before the values of a weight of float32, within the graph. */
export function weightHead(name, dims, length) {
  const own = Buffer.concat([...dims.map((extent) => int(1, extent)), int(2, 1), text(8, name), head(9, length)]);
  return Buffer.concat([head(5, own.length + length), own]);
}
/** What comes before a graph of `length` bytes. */
export const modelHead = (length) =>
  Buffer.concat([int(1, 8), field(8, Buffer.concat([text(1, ''), int(2, 17)])), head(7, length)]);
