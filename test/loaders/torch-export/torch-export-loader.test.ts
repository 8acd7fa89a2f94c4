import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../../src/index.ts';
import { descriptor } from '../../../src/loaders/torch-export/torch-export-format.ts';
import { createTorchExportLoader } from '../../../src/loaders/torch-export/torch-export-loader.ts';
import { loaderContract } from '../../../src/testing/loader-contract.ts';
import { contextOf } from '../../onnx-runner/harness.ts';
import { exportCase, FIXTURES } from './cases.ts';

const mlp = exportCase('net_mlp.dynamic');
const rows = [
  [1, 2, 3, 4],
  [0.5, -1, 0, 2],
];
const probe = await loadModel({ name: 'mlp.pt2', bytes: mlp.bytes });
const answers = (await probe.predict(rows)) as readonly unknown[];
await probe.dispose();

loaderContract(
  { describe, it },
  {
    loader: createTorchExportLoader(),
    artefact: { name: 'mlp.pt2', bytes: mlp.bytes },
    rows,
    expected: { predict: answers },
    badRows: { 'a row too short': [[1, 2]], 'text in numbers': [['a', 2, 3, 4]] },
  },
);

describe('the loader of torch.export archives', () => {
  it.each(['2.2', '2.6', '2.8'])('reads the layout of PyTorch %s', async (version) => {
    const bytes = readFileSync(`${FIXTURES}layout-${version}.pt2`);
    expect(descriptor.detect?.({ kind: 'file', name: 'm', bytes, entries: [] })).toBe(true);
    const model = await loadModel({ name: 'm.pt2', bytes });
    const [x, y, q] = model.info.inputs.map(({ name }) => name) as [string, string, string];
    const tensor = (data: number[], shape: number[]) =>
      ({ data: Float32Array.from(data), shape, dtype: 'float32' }) as const;
    const result = await model.run({
      [x]: tensor([1, 2, 3, 4, 5, 6], [2, 3]),
      [y]: tensor([1, 1], [2]),
      [q]: tensor([2, 3], [2]),
    });
    expect(Object.keys(result)).toEqual(['a', 'b.0', 'b.1']);
    expect(Array.from(result['b.1']?.data ?? [])).toEqual([3, 4]);
    await model.dispose();
  });

  it('takes labels from the role that the metadata gives', async () => {
    const metadata = {
      name: 'm',
      version: '1.0.0',
      classes: ['cat', 'dog', 'eel'],
      outputs: { probabilities: 'output_0' },
      extra: {},
    };
    const model = await createTorchExportLoader().load(contextOf(mlp.bytes, { metadata }));
    const proba = await model.predictProba?.(rows, {});
    const labels = await model.predict?.(rows, {});
    const flat = (proba as { data: Float32Array }).data;
    const best = [0, 1].map((row) =>
      [0, 1, 2].reduce((a, b) => ((flat[row * 3 + b] ?? 0) > (flat[row * 3 + a] ?? 0) ? b : a)),
    );
    expect(labels).toEqual(best.map((index) => metadata.classes[index]));
    await model.dispose?.();
  });

  it('describes an archive without reading weights', async () => {
    const inspection = await createTorchExportLoader().inspect?.(contextOf(mlp.bytes));
    expect(inspection).toMatchObject({
      inputs: [{ dtype: 'float32', shape: [expect.any(String), 4] }],
      outputs: [{ name: 'output_0', dtype: 'float32' }],
      details: { layout: 'folders', parameters: 6, operators: { 'aten.linear.default': 2 } },
    });
  });

  it('names everything that has no translation at once, and where it is', async () => {
    const { bytes } = exportCase('fft.static');
    await expect(loadModel({ name: 'fft.pt2', bytes })).rejects.toThrow(/aten::fft_rfft \(complex numbers/);
    expect(await createTorchExportLoader().scan?.(contextOf(bytes))).toMatchObject([
      { severity: 'unsupported', code: 'ML_FORMAT_UNSUPPORTED', message: expect.stringContaining('aten::fft_rfft') },
    ]);
  });

  it('refuses a program that carries state from call to call', async () => {
    const { bytes } = exportCase('net_state.static');
    await expect(loadModel({ name: 'state.pt2', bytes })).rejects.toMatchObject({ code: 'ML_FORMAT_UNSUPPORTED' });
  });

  it('scans a good archive as safe', async () => {
    expect(await createTorchExportLoader().scan?.(contextOf(mlp.bytes))).toEqual([]);
  });
});
