import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readZip } from '../../src/formats/zip/read-zip.ts';
import { openKerasModel } from '../../src/keras/open/open-keras-model.ts';
import { readArchive } from '../../src/keras/read/read-archive.ts';
import type { TensorLike } from '../../src/spec/tensor.ts';
import { contextOf } from '../onnx-runner/harness.ts';
import { type PackedTensor, tensorOf } from './packed-cases.ts';

interface PackedFile {
  readonly file: string;
  readonly rtol: number;
  readonly bytes: string;
  readonly cases: readonly { readonly inputs: readonly PackedTensor[]; readonly expected: readonly PackedTensor[] }[];
}

const PATH = fileURLToPath(new URL('../fixtures/keras/sequence-files.json.gz', import.meta.url));
const { files } = JSON.parse(gunzipSync(readFileSync(PATH)).toString('utf8')) as {
  readonly files: readonly PackedFile[];
};
const SPECIAL: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity, '-Infinity': -Infinity };

function fed(tensor: PackedTensor): TensorLike {
  if (tensor.dtype === 'string') return { data: tensor.data.map(String), shape: tensor.shape, dtype: 'string' };
  return tensorOf({ ...tensor, data: tensor.data.map((value) => SPECIAL[value] ?? value) });
}

it.each(files.map((packed) => [packed.file, packed] as const))('answers as Keras does: %s', async (_, packed) => {
  const bytes = Buffer.from(packed.bytes, 'base64');
  const context = contextOf(bytes);
  const archive = readZip(bytes, context.limits);
  const model = await openKerasModel(context, await readArchive(archive, context.limits));
  for (const { inputs, expected } of packed.cases) {
    const found = await model.run?.(Object.fromEntries(inputs.map((input) => [input.name, fed(input)])), {});
    const outputs = Object.values(found ?? {});
    expect(outputs).toHaveLength(expected.length);
    for (const [i, want] of expected.entries()) {
      const got = outputs[i] as TensorLike;
      expect(got.shape).toEqual(want.shape);
      for (const [j, value] of want.data.entries()) {
        const a = Number(got.data[j]);
        const b = typeof value === 'number' ? value : (SPECIAL[value] as number);
        const close = Object.is(a, b) || Math.abs(a - b) <= packed.rtol * Math.max(1, Math.abs(b));
        expect(close, `output ${i}, element ${j}: got ${a}, want ${b}`).toBe(true);
      }
    }
  }
  await model.dispose?.();
});
