import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadModel, type LoadModelOptions, MLServiceRegistry, type ModelWarning } from '../../src/index.ts';
import { ALL_LAYERS } from '../../src/sidecar/sandbox-policy.ts';
import { inspectFile } from '../../src/service/inspect-file.ts';
import { frameworkPython } from './framework-python.ts';

const PYTHON = frameworkPython('torch');
const FILES = fileURLToPath(new URL('torch-files', import.meta.url));
const file = (name: string): string => join(FILES, name);
const timeout = 240_000;

const cacheDir = mkdtempSync(join(tmpdir(), 'sidecar-torch-'));
afterAll(() => rmSync(cacheDir, { recursive: true, force: true }));

const sidecar = { mode: 'auto', python: PYTHON ?? '', cacheDir, timeoutMs: timeout } as const;
const expected = JSON.parse(readFileSync(file('expected.json'), 'utf8')) as Record<
  string,
  { x: number[][]; y: number[][] }
>;
const module = { source: file('net.py'), class: 'Net', args: [4], kwargs: { gated: true } };
const inputs = [{ shape: ['batch', 3] }];

/** How far the model is from what PyTorch gave. */
async function error(name: string, want: string, options: LoadModelOptions): Promise<number> {
  const warnings: ModelWarning[] = [];
  const model = await loadModel(file(name), {
    sidecar,
    loadTimeoutMs: timeout,
    on: { 'model:warning': (warning) => warnings.push(warning) },
    ...options,
  });
  expect(warnings.map(({ code }) => code)).toContain('converted');
  const { x, y } = expected[want] ?? { x: [], y: [] };
  const shape = [x.length, x[0]?.length ?? 0];
  const { output_0: output } = await model.run({ x: { data: Float32Array.from(x.flat()), shape, dtype: 'float32' } });
  expect(output?.shape).toEqual([y.length, y[0]?.length]);
  await model.dispose();
  return Math.max(...y.flat().map((value, i) => Math.abs(value - Number(output?.data[i]))));
}

describe.runIf(PYTHON !== undefined)('a PyTorch file without a native way', { timeout }, () => {
  it('keeps its loops and branches over values', async () => {
    const loaderOptions = { torchscript: { inputs } };
    expect(await error('steps.pt', 'steps', { loaderOptions })).toBeLessThan(1e-5);
  });

  it('goes by way of torch.export where TorchScript has no way', async () => {
    expect(await error('spectrum.pt', 'spectrum', {})).toBeLessThan(1e-5);
    const { details } = await inspectWithCache('spectrum.pt');
    expect(details?.['conversion']).toMatchObject({
      task: 'convert-torchscript-program',
      lock: null,
      comparison: { rows: 5, outputs: { output_0: 'float32' } },
      ...(process.platform === 'linux' && { sandbox: { layers: expect.arrayContaining([...ALL_LAYERS]) as unknown } }),
    });
  });

  it('of torch.export takes any number of rows', async () => {
    expect(await error('spectrum.pt2', 'spectrum', {})).toBeLessThan(1e-5);
  });

  it('that answers with chance is refused', async () => {
    await expect(loadModel(file('noisy.pt2'), { sidecar, loadTimeoutMs: timeout })).rejects.toMatchObject({
      code: 'ML_SIDECAR_FAILED',
      message: expect.stringContaining('it holds chance') as string,
    });
  });

  it('of weights alone predicts with the module that the application names', async () => {
    expect(await error('net.pth', 'net', { loaderOptions: { torch: { module, inputs } } })).toBeLessThan(1e-5);
  });

  it('is read with options that are one model alone', async () => {
    const modelsDir = join(cacheDir, 'models');
    await mkdir(join(modelsDir, 'trained'), { recursive: true });
    writeFileSync(join(modelsDir, 'trained', 'net_v1_20260101.pth'), readFileSync(file('checkpoint.pth')));
    writeFileSync(join(modelsDir, 'trained', 'other_v1_20260101.pth'), readFileSync(file('net.pth')));
    const registry = new MLServiceRegistry({
      modelsDir,
      sidecar,
      loadTimeoutMs: timeout,
      models: { net: { loaderOptions: { torch: { module, inputs } } } },
    });
    await registry.load('net');
    await registry.load('other');
    expect(registry.model('net').methods).toContain('run');
    expect(registry.model('other').methods).not.toContain('run');
    await registry.close();
  });

  it('with another module than its weights are of is refused', async () => {
    const options = { torch: { module: { ...module, args: [5] }, inputs } };
    await expect(loadModel(file('net.pth'), { sidecar, loaderOptions: options })).rejects.toMatchObject({
      code: 'ML_SIDECAR_FAILED',
      message: expect.stringContaining('size mismatch for one.weight') as string,
    });
    const absent = { torch: { module: { ...module, class: 'Absent' }, inputs } };
    await expect(loadModel(file('net.pth'), { sidecar, loaderOptions: absent })).rejects.toMatchObject({
      code: 'ML_SIDECAR_FAILED',
      message: expect.stringContaining('Absent of net.py could not be made') as string,
    });
  });
});

async function inspectWithCache(name: string): ReturnType<typeof inspectFile> {
  process.env['ML_CACHE_DIR'] = cacheDir;
  process.env['ML_PYTHON'] = PYTHON;
  try {
    return await inspectFile(file(name));
  } finally {
    delete process.env['ML_CACHE_DIR'];
    delete process.env['ML_PYTHON'];
  }
}

describe('a PyTorch file, without Python', () => {
  const none = { mode: 'auto', python: '/no/such/python', cacheDir } as const;

  it('that holds a whole module stays refused, with advice', async () => {
    const loaderOptions = { torch: { module, inputs } };
    await expect(loadModel(file('whole.pth'), { sidecar: none, loaderOptions })).rejects.toMatchObject({
      code: 'ML_FORMAT_UNSUPPORTED',
      message: expect.stringContaining('torch.save(model.state_dict(), path)') as string,
    });
  });

  it('says what to run', async () => {
    await expect(loadModel(file('spectrum.pt2'), { sidecar: { mode: 'off', cacheDir } })).rejects.toMatchObject({
      code: 'ML_FORMAT_UNSUPPORTED',
      message: expect.stringContaining('npx base-ml-service convert') as string,
    });
  });

  it('holds tensors where no module is named, whatever its metadata say', async () => {
    const extra = { torch_module: module, loaderOptions: { torch: { module, inputs } } };
    const model = await loadModel(file('net.pth'), { sidecar: none, metadata: { extra } });
    expect([...(model.tensors?.keys() ?? [])]).toContain('one.weight');
    await model.dispose();
  });

  it.each([
    [{ module: { source: 'net.py' } }, 'module must be'],
    [{ module: { ...module, class: '__import__("os")' } }, 'module must be'],
    [{ module }, 'inputs must say'],
    [{ module, inputs: [{ shape: ['a b'] }] }, 'inputs must be'],
    [{ module: { ...module, source: '/no/such/net.py' }, inputs }, 'cannot be read'],
  ])('checks its options %#', async (torch, message) => {
    await expect(loadModel(file('net.pth'), { sidecar: none, loaderOptions: { torch } })).rejects.toMatchObject({
      code: 'ML_OPTIONS_INVALID',
      message: expect.stringContaining(message) as string,
    });
  });
});
