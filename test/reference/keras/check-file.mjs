import { EXPECTED_REFUSALS } from './refusals.mjs';

const ARRAYS = {
  float64: Float64Array,
  float32: Float32Array,
  int32: Int32Array,
  uint8: Uint8Array,
  int64: BigInt64Array,
  bool: Uint8Array,
};
const SPECIAL = { NaN: Number.NaN, Infinity: Infinity, '-Infinity': -Infinity };

/** How a model file answers the cases that the framework answered: `{ verdict, detail }`. */
export async function checkFile(loadModel, path, { name, rtol, cases }) {
  let model;
  try {
    model = await loadModel(path);
    for (const { inputs, expected } of cases) {
      const feeds = Object.fromEntries(inputs.map((input) => [input.name, tensorOf(input)]));
      const found = await model.run(feeds);
      const outputs = Object.values(found);
      if (outputs.length !== expected.length) return { verdict: 'WRONG', detail: `${outputs.length} outputs, want ${expected.length}` };
      for (const [i, want] of expected.entries()) {
        const detail = difference(outputs[i], want, rtol);
        if (detail !== undefined) return { verdict: 'WRONG', detail: `output ${i}: ${detail}` };
      }
    }
    return { verdict: 'pass', detail: '' };
  } catch (error) {
    const detail = String(error?.stack ?? error).split('\n').slice(0, 2).join(' ').slice(0, 300);
    if (typeof error?.code !== 'string' || !error.code.startsWith('ML_')) return { verdict: 'untyped', detail };
    const expected = EXPECTED_REFUSALS.some(({ pattern }) => pattern.test(name));
    return { verdict: expected ? 'expected refusal' : 'refused', detail };
  } finally {
    await model?.dispose();
  }
}

function tensorOf({ data, shape, dtype }) {
  const big = dtype === 'int64';
  return { data: ARRAYS[dtype].from(data, (v) => (big ? BigInt(v) : Number(SPECIAL[v] ?? v))), shape, dtype };
}

/** The first difference beyond `rtol`, absolute below one, relative above. */
function difference(got, want, rtol) {
  if (JSON.stringify(Array.from(got.shape)) !== JSON.stringify(want.shape)) return `shape [${got.shape}], want [${want.shape}]`;
  let worst = 0;
  let at = -1;
  for (let i = 0; i < want.data.length; i++) {
    const [a, b] = [Number(got.data[i]), Number(SPECIAL[want.data[i]] ?? want.data[i])];
    if (Object.is(a, b) || a === b) continue;
    const error = Math.abs(a - b) / Math.max(1, Math.abs(b));
    if (!(error <= worst)) {
      worst = error;
      at = i;
    }
  }
  return worst <= rtol ? undefined : `element ${at}: got ${got.data[at]}, want ${want.data[at]} (off by ${worst})`;
}
