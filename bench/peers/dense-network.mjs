import { modelHead, node, text, value, weightHead } from './onnx-bytes.mjs';

/** Dense layers with relu between them and softmax at the end, as the bytes of an ONNX file. */
export function denseNetwork(sizes, weights) {
  const parts = [];
  let from = 'x';
  for (const [i, values] of weights.entries()) {
    const last = i === weights.length - 1;
    parts.push(
      node('MatMul', [from, `w${i}`], `h${i}`),
      node(last ? 'Softmax' : 'Relu', [`h${i}`], last ? 'y' : `r${i}`),
    );
    from = `r${i}`;
    const bytes = Buffer.from(values.buffer);
    parts.push(weightHead(`w${i}`, [sizes[i], sizes[i + 1]], bytes.length), bytes);
  }
  parts.push(text(2, 'dense'), value(11, 'x', ['batch', sizes[0]]), value(12, 'y', ['batch', sizes.at(-1)]));
  const graph = Buffer.concat(parts);
  return new Uint8Array(Buffer.concat([modelHead(graph.length), graph]));
}
