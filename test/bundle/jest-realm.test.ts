import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const model = join(root, 'models/trained/digits_mlp_v1_20240210.onnx');

/** Jest gives each test file globals of its own, which onnxruntime's arrays do not belong to, and keeps its native part. */
const file = `
const { loadModel } = require(${JSON.stringify(join(root, 'dist/index.cjs'))});
const row = Array(64).fill(1);
test('a model with a native engine answers, by itself in a thread', async () => {
  let place;
  const model = await loadModel(${JSON.stringify(model)}, { on: { 'load:end': (event) => (place = event.place) } });
  expect(await model.predict([row])).toEqual([expect.any(Number)]);
  expect((await model.predictProba([row])).shape).toEqual([1, 10]);
  expect(place).toBe('thread');
  await model.dispose();
});
test('here it says what to do', async () => {
  await expect(loadModel(${JSON.stringify(model)}, { execution: { place: 'inline' } })).rejects.toMatchObject({
    code: 'ML_LOADER_FAILED',
    message: expect.stringContaining('execution.place'),
  });
});
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'base-ml-service-jest-'));
  await writeFile(join(folder, 'package.json'), '{}');
  for (const name of ['one', 'two']) await writeFile(join(folder, `${name}.test.js`), file);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('two test files of Jest in one process load models that a native engine computes', async () => {
  const args = [join(root, 'node_modules/jest/bin/jest.js'), '--rootDir', folder, '--runInBand', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  expect(JSON.parse(stdout)).toMatchObject({ numPassedTests: 4, numFailedTests: 0, numFailedTestSuites: 0 });
}, 60_000);
