// 10,000 calls at once on a model that is not loaded: how many loads?
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LIBRARY, MODELS, report } from './harness.mjs';

const { BaseMLService, MLServiceRegistry } = await import(LIBRARY);
const CALLS = 10_000;

class Digits extends BaseMLService {
  modelName = 'digits_mlp';
}
const { input, expected } = JSON.parse(await readFile(join(MODELS, 'samples', 'digits_mlp_v1_20240210.json'), 'utf8'));
const registry = new MLServiceRegistry({ modelsDir: MODELS });
let loads = 0;
registry.on('load:end', () => (loads += 1));
const { model } = registry.create(Digits);
const startedAt = performance.now();
const answers = await Promise.all(Array.from({ length: CALLS }, (_, i) => model.predict([input[i % input.length]])));
const ms = performance.now() - startedAt;
const right = answers.filter(([answer], i) => answer === expected.predict[i % input.length]).length;
await registry.close();
report({
  question: '10,000 first calls at once',
  rows: [
    ['loads', String(loads), 'exactly 1', loads === 1],
    ['right answers', String(right), 'all', right === CALLS],
    ['all answered after', `${ms.toFixed(0)} ms`, ''],
  ],
});
