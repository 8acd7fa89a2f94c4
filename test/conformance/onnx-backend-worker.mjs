// Runs backend cases one after the other and reports each to the parent, which kills this process
// when one hangs and starts another when one crashes it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readTensorProto } from './tensor-proto.mjs';

const { loadModel } = await import(pathToFileURL(process.argv[2]).href);

process.on('message', async (folder) => {
  process.send(await runCase(folder));
});
process.send('ready');

async function runCase(folder) {
  let model;
  try {
    model = await loadModel(join(folder, 'model.onnx'));
    const sets = readdirSync(folder).filter((name) => name.startsWith('test_data_set_'));
    if (sets.length === 0) return { verdict: 'untyped', detail: 'the case has no data' };
    for (const set of sets) {
      const problem = await runSet(model, join(folder, set));
      if (problem !== undefined) return { verdict: 'wrong', detail: problem };
    }
    return { verdict: 'right' };
  } catch (error) {
    const typed = typeof error?.code === 'string' && error.code.startsWith('ML_');
    return { verdict: typed ? 'typed' : 'untyped', code: error?.code, detail: String(error?.message ?? error) };
  } finally {
    await model?.dispose();
  }
}

async function runSet(model, folder) {
  const feeds = {};
  for (const [i, tensor] of tensors(folder, 'input').entries()) {
    if (tensor === undefined) return `input ${i} has an element type that JavaScript lacks`;
    const info = model.info.inputs.find((input) => input.name === tensor.name) ?? model.info.inputs[i];
    feeds[info?.name ?? tensor.name] = tensor;
  }
  const got = await model.run(feeds);
  for (const [i, want] of tensors(folder, 'output').entries()) {
    const info = model.info.outputs.find((output) => output.name === want?.name) ?? model.info.outputs[i];
    if (want === undefined) return `output ${i} has an element type that JavaScript lacks`;
    const tensor = got[info?.name];
    if (tensor === undefined) return `output ${info?.name ?? i} is missing`;
    const problem = difference(tensor, want);
    if (problem !== undefined) return `output ${info.name}: ${problem}`;
  }
  return undefined;
}

function tensors(folder, kind) {
  const names = readdirSync(folder).filter((name) => name.startsWith(`${kind}_`) && name.endsWith('.pb'));
  return names.map((_, i) => readTensorProto(readFileSync(join(folder, `${kind}_${i}.pb`))));
}

// The tolerances of the ONNX project's own runner; beside them float32 rounding, which leaves a
// trace of the largest value where a sum (a Fourier transform) should be zero.
const RTOL = 1e-3;
const ATOL = 1e-7;
const ROUNDING = 1e-6;

function difference(got, want) {
  if (got.dtype !== want.dtype) return `dtype ${got.dtype}, want ${want.dtype}`;
  if (String(got.shape) !== String(want.shape)) return `shape [${got.shape}], want [${want.shape}]`;
  if (got.data.length !== want.data.length) return `${got.data.length} values, want ${want.data.length}`;
  const widen = want.dtype === 'float16' ? half : want.dtype === 'bfloat16' ? bfloat16 : want.dtype === 'bool' ? Boolean : (v) => v;
  let largest = 0;
  if (want.dtype === 'float32') for (const value of want.data) if (Math.abs(value) > largest) largest = Math.abs(value);
  const slack = ATOL + (Number.isFinite(largest) ? ROUNDING * largest : 0);
  for (let i = 0; i < want.data.length; i++) {
    const a = got.data[i];
    const b = widen(want.data[i]);
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    if (typeof a === 'number' && Math.abs(a - b) <= slack + RTOL * Math.abs(b)) continue;
    return `[${i}] is ${a}, want ${b}`;
  }
  return undefined;
}

function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function bfloat16(bits) {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits << 16);
  return view.getFloat32(0);
}
