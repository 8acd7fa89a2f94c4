// A large ONNX network, two dense layers: `bigModel(path)`. 285 MB.
import { closeSync, existsSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { modelHead, node, text, value, weightHead } from './onnx-bytes.mjs';

export const BIG_WIDTH = 4_096;
const HIDDEN = 8_704;

export function bigModel(path) {
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  const values = new Float32Array(BIG_WIDTH * HIDDEN);
  for (let i = 0; i < values.length; i++) values[i] = ((i * 2_654_435_761) % 1_000) / 1e6;
  const bytes = Buffer.from(values.buffer);
  const heads = [
    weightHead('w1', [BIG_WIDTH, HIDDEN], bytes.length),
    weightHead('w2', [HIDDEN, BIG_WIDTH], bytes.length),
  ];
  const nodes = Buffer.concat([
    node('MatMul', ['x', 'w1'], 'h'),
    node('Relu', ['h'], 'r'),
    node('MatMul', ['r', 'w2'], 'y'),
  ]);
  const ends = Buffer.concat([
    text(2, 'big'),
    value(11, 'x', ['batch', BIG_WIDTH]),
    value(12, 'y', ['batch', BIG_WIDTH]),
  ]);
  const size = nodes.length + ends.length + heads.reduce((sum, head) => sum + head.length + bytes.length, 0);
  const file = openSync(path, 'w');
  const write = (buffer) => {
    for (let at = 0; at < buffer.length; at += 1 << 26)
      writeSync(file, buffer, at, Math.min(1 << 26, buffer.length - at));
  };
  write(Buffer.concat([modelHead(size), nodes]));
  for (const head of heads) {
    write(head);
    write(bytes);
  }
  write(ends);
  closeSync(file);
  return path;
}
