import { describe, expect, it } from 'vitest';
import { loadModel } from '../../../src/index.ts';
import type { TensorLike } from '../../../src/spec/tensor.ts';
import { exportCases, type StoredTensor, tensorOf } from './cases.ts';

/** What differs, or `undefined`: values within the tolerance relative to what is wanted, at least one. */
function difference(got: TensorLike | undefined, want: StoredTensor, rtol: number): string | undefined {
  if (got === undefined) return 'is missing';
  if (got.dtype !== want.dtype || got.shape.join() !== want.shape.join()) {
    return `is ${got.dtype} [${got.shape.join()}], want ${want.dtype} [${want.shape.join()}]`;
  }
  for (const [i, value] of want.data.entries()) {
    const [a, b] = [Number(got.data[i]), Number(value)];
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    const tolerance = want.dtype === 'float64' ? 1e-12 : rtol;
    if (!(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)))) return `[${i}] is ${a}, want ${b}`;
  }
  return undefined;
}

describe('archives of real PyTorch', () => {
  for (const { name, torch, refuse, rtol, archive, cases } of exportCases()) {
    it(`${name} (${torch}) ${refuse ? 'is refused' : 'answers as PyTorch does'}`, async () => {
      const loading = loadModel({ name: `${name}.pt2`, bytes: Buffer.from(archive, 'latin1') });
      if (refuse) {
        await expect(loading).rejects.toMatchObject({ code: 'ML_FORMAT_UNSUPPORTED' });
        return;
      }
      const model = await loading;
      expect(model.info).toMatchObject({ format: 'torch-export' });
      for (const { inputs, expected } of cases) {
        const result = await model.run(Object.fromEntries(inputs.map((input) => [input.name, tensorOf(input)])));
        expect(Object.keys(result)).toEqual(expected.map((want) => want.name));
        for (const want of expected) expect(difference(result[want.name], want, rtol), want.name).toBeUndefined();
      }
      await model.dispose();
    });
  }
});
