import { describe, expect, it } from 'vitest';
import { readZip } from '../../../src/formats/zip/read-zip.ts';
import { MLServiceError } from '../../../src/errors/ml-service-error.ts';
import { createTorchExportLoader } from '../../../src/loaders/torch-export/torch-export-loader.ts';
import { makeZip } from '../../formats/zip/make-zip.ts';
import { contextOf } from '../../onnx-runner/harness.ts';
import { exportCase } from './cases.ts';

const { bytes } = exportCase('net_mlp.dynamic');
const limits = contextOf(bytes).limits;
const loader = createTorchExportLoader();

async function filesOf(archive: Uint8Array): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const entry of readZip(archive, limits).entries.values()) files.set(entry.name, Buffer.from(await entry.read()));
  return files;
}

/** The archive with one file changed, or left out where `change` gives nothing. */
async function changed(part: RegExp, change: (content: Buffer) => Uint8Array | undefined): Promise<Uint8Array> {
  const files = await filesOf(bytes);
  let found = 0;
  for (const [name, content] of files) {
    if (!part.test(name)) continue;
    found++;
    const next = change(content);
    if (next === undefined) files.delete(name);
    else files.set(name, Buffer.from(next));
  }
  expect(found).toBeGreaterThan(0);
  return makeZip(Array.from(files, ([name, content]) => ({ name, content })));
}

const text = (replace: (json: string) => string) => (content: Buffer) => Buffer.from(replace(content.toString()));

async function codeOf(archive: Uint8Array): Promise<string> {
  try {
    const model = await loader.load(contextOf(archive));
    await model.dispose?.();
    return 'loaded';
  } catch (error) {
    return MLServiceError.isInstance(error) ? error.code : `untyped: ${String(error)}`;
  }
}

describe('damaged archives', () => {
  it('loads the archive that the others are made of', async () => {
    expect(await codeOf(await changed(/model\.json$/, (content) => content))).toBe('loaded');
  });

  it.each([
    ['no JSON', /models\/model\.json$/, text(() => '{'), 'ML_FORMAT_MALFORMED'],
    ['another JSON', /models\/model\.json$/, text(() => '{"a": 1}'), 'ML_FORMAT_MALFORMED'],
    ['a missing weight', /weight_0$/, () => undefined, 'ML_FORMAT_MALFORMED'],
    ['a weight cut short', /weight_0$/, (content: Buffer) => content.subarray(0, 8), 'ML_FORMAT_MALFORMED'],
    ['no table of weights', /model_weights_config\.json$/, () => undefined, 'ML_FORMAT_MALFORMED'],
    [
      'a later schema',
      /model\.json$/,
      text((json) => json.replace('"major": 8', '"major": 9')),
      'ML_FORMAT_UNSUPPORTED',
    ],
    ['big-endian weights', /byteorder$/, text(() => 'big'), 'ML_FORMAT_UNSUPPORTED'],
    [
      'a value that nobody gives',
      /model\.json$/,
      text((json) => json.replaceAll('"name": "p_0_weight"}}, "kind"', '"name": "nobody"}}, "kind"')),
      'ML_FORMAT_UNSUPPORTED',
    ],
    [
      'a shape that the weights do not have',
      /model\.json$/,
      text((json) => json.replaceAll('"as_int": 8}', '"as_int": 9}')),
      'ML_FORMAT_UNSUPPORTED',
    ],
  ])('%s', async (_, part, change, code) => {
    expect(await codeOf(await changed(part, change))).toBe(code);
  });

  it('gives a typed error or a model for every prefix and for changed bytes of the program', async () => {
    let state = 12_345;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state % below;
    };
    const files = await filesOf(bytes);
    const [name, program] = [...files].find(([key]) => key.endsWith('model.json')) as [string, Buffer];
    const outcomes = new Set<string>();
    for (let i = 0; i < 250; i++) {
      const copy = Buffer.from(program);
      for (let n = 0; n <= random(3); n++) copy[random(copy.length)] = '{}[]",:0129-aeN'.charCodeAt(random(15));
      const entries = Array.from(files, ([key, content]) => ({ name: key, content: key === name ? copy : content }));
      outcomes.add(await codeOf(makeZip(entries)));
    }
    for (let i = 0; i < 60; i++) outcomes.add(await codeOf(bytes.subarray(0, random(bytes.length))));
    expect([...outcomes].filter((outcome) => !/^(?:ML_[A-Z_]+|loaded)$/.test(outcome))).toEqual([]);
  }, 120_000);
});
