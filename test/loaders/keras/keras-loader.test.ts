import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadModel, scanFile } from '../../../src/index.ts';
import { descriptor } from '../../../src/loaders/keras/keras-format.ts';
import { loader } from '../../../src/loaders/keras/keras-loader.ts';
import { contextOf } from '../../onnx-runner/harness.ts';

const SHARED = fileURLToPath(new URL('../../../../shared/fixtures/keras-tf/', import.meta.url));
const shared = existsSync(SHARED);
if (!shared) console.log(`skipped: ${SHARED} is not there, its files are not loaded`);
const read = (path: string): Uint8Array => readFileSync(`${SHARED}${path}`);

describe('the loader', () => {
  it('recognises content, not names', () => {
    const detect = (bytes: Uint8Array): boolean | undefined =>
      descriptor.detect?.({ kind: 'file', name: 'm.h5', bytes, entries: [] });
    expect(detect(Buffer.from('\x89HDF\r\n\x1a\nrest', 'latin1'))).toBe(true);
    expect(detect(Buffer.from('\x80\x04K\x01.', 'latin1'))).toBe(false);
    expect(detect(new Uint8Array())).toBe(false);
  });

  it('names a damaged file as such', async () => {
    const bytes = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');
    await expect(loader.load(contextOf(bytes))).rejects.toMatchObject({
      code: expect.stringMatching(/^ML_FORMAT_(TRUNCATED|MALFORMED)$/),
    });
  });
});

describe.runIf(shared)('files of Keras', () => {
  it('takes rows as arrays, tensors and by input name, and gives values as Keras does', async () => {
    const model = await loadModel(`${SHARED}keras2/compiled_trained.h5`);
    const row = [0.1, -0.2, 0.3, 0.4, 0.5];
    const [value] = await model.predict([row]);
    expect(typeof value).toBe('number');
    const tensor = { data: Float32Array.from(row), shape: [1, 5], dtype: 'float32' } as const;
    expect(await model.predict(tensor)).toEqual([value]);
    const out = await model.run({ input_31: tensor });
    expect(Object.keys(out)).toEqual(['dense_46']);
    expect(model.info).toMatchObject({ format: 'keras', inputs: [{ name: 'input_31', shape: ['batch', 5] }] });
    await model.dispose();
  });

  it('refuses code and foreign classes by name, and says so in a scan', async () => {
    await expect(loadModel(`${SHARED}keras2/lambda_refuse.h5`)).rejects.toMatchObject({
      code: 'ML_FORMAT_UNSAFE',
      message: expect.stringContaining('Lambda'),
    });
    await expect(loadModel(`${SHARED}keras3/custom_refuse.keras`)).rejects.toMatchObject({
      code: 'ML_FORMAT_UNSUPPORTED',
      message: expect.stringContaining('Custom'),
    });
    expect(await scanFile(`${SHARED}keras3/lambda_refuse.keras`)).toMatchObject({ verdict: 'unsafe' });
    expect(await scanFile(`${SHARED}keras3/cnn_small.keras`)).toMatchObject({ verdict: 'safe', format: 'keras' });
  });

  it('predicts from weights alone where the architecture stands beside them', async () => {
    const bytes = read('keras3/weights_only.weights.h5');
    await expect(loader.load(contextOf(bytes))).rejects.toMatchObject({ code: 'ML_FORMAT_UNSUPPORTED' });
    const architecture = {
      class_name: 'Sequential',
      module: 'keras',
      config: {
        name: 's',
        layers: [
          {
            class_name: 'InputLayer',
            module: 'keras.layers',
            config: { name: 'i', batch_shape: [null, 8], dtype: 'float32' },
          },
          {
            class_name: 'Dense',
            module: 'keras.layers',
            config: { name: 'd', units: 16, use_bias: true, activation: 'relu' },
          },
          { class_name: 'BatchNormalization', module: 'keras.layers', config: { name: 'b' } },
          { class_name: 'Dense', module: 'keras.layers', config: { name: 'e', units: 8 } },
          { class_name: 'Dense', module: 'keras.layers', config: { name: 'f', units: 3 } },
        ],
      },
    };
    const beside = { 'model.json': Buffer.from(JSON.stringify(architecture)) };
    const model = await loader.load(contextOf(bytes, { companions: beside }));
    expect(model.info?.outputs).toMatchObject([{ name: 'f', shape: ['batch', 3] }]);
    await model.dispose?.();
    const narrow = JSON.stringify(architecture).replace('"units":16', '"units":15');
    await expect(
      loader.load(contextOf(bytes, { companions: { 'model.json': Buffer.from(narrow) } })),
    ).rejects.toMatchObject({ code: 'ML_FORMAT_MALFORMED', message: expect.stringContaining('do not fit') });
    const other = JSON.stringify(architecture).replace('BatchNormalization', 'Dropout');
    await expect(
      loader.load(contextOf(bytes, { companions: { 'model.json': Buffer.from(other) } })),
    ).rejects.toMatchObject({ code: 'ML_FORMAT_MALFORMED', message: expect.stringContaining('does not have') });
  });

  it('gives a typed error for every truncation', async () => {
    for (const path of ['keras2/merges.h5', 'keras3/merges.keras']) {
      const bytes = read(path);
      for (const share of [0.1, 0.5, 0.9, 0.999]) {
        const cut = bytes.subarray(0, Math.floor(bytes.length * share));
        const error: unknown = await Promise.resolve(loader.load(contextOf(cut))).catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code: expect.stringMatching(/^ML_FORMAT_/) });
      }
    }
  });

  it('turns the classes of the metadata into labels', async () => {
    const metadata = { name: 'm', version: 'v1', classes: ['a', 'b', 'c', 'd'], extra: {} };
    const model = await loader.load(contextOf(read('keras2/cnn_small.h5'), { metadata }));
    const rows = { data: new Float32Array(12 * 12 * 3).fill(0.3), shape: [1, 12, 12, 3], dtype: 'float32' } as const;
    const labels = Array.from((await model.predict?.(rows, {})) ?? []);
    expect(metadata.classes).toContain(labels[0]);
    expect(await model.predictProba?.(rows, {})).toMatchObject({ shape: [1, 4] });
    await model.dispose?.();
  });
});
