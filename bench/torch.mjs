// PyTorch files: a fresh process to its first prediction here and in Python, and a state dict of 1 GB, listed and asked
// for one tensor. Make the files first, with PyTorch; PYTHON names the interpreter that has it:
//
//   PYTHON=.cache/reference-torch-2.15.0/bin/python; $PYTHON bench/make_torch_models.py .cache/bench-torch
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { interleave, LIBRARY, median, ratios, report, ROOT, runNode, spread } from './harness.mjs';

const FOLDER = join(ROOT, '.cache/bench-torch');
const PYTHON = process.env.PYTHON ?? 'python3';
const QUESTION = 'PyTorch files: fresh process to first prediction; 1 GB of weights';
const ROUNDS = 5;
const INPUT = "{ data: new Float32Array(3072), shape: [1, 3, 32, 32], dtype: 'float32' }";

if (!existsSync(join(FOLDER, 'ask.py'))) {
  report({ question: QUESTION, rows: [['no files', 'make them with bench/make_torch_models.py', '', undefined]] });
  process.exit();
}
const rows = [];
for (const file of ['resnetish.pt2', 'resnetish.pt']) rows.push(...(await firstPrediction(join(FOLDER, file), file)));
rows.push(...(await bigStateDict(join(FOLDER, 'big.pth'))));
report({ question: QUESTION, rows });

async function firstPrediction(path, file) {
  const script =
    `const { loadModel } = await import(${JSON.stringify(LIBRARY)});` +
    `const model = await loadModel(${JSON.stringify(path)});` +
    `const [out] = Object.values(await model.run({ [model.info.inputs[0].name]: ${INPUT} }));` +
    'console.log(out.data.reduce((a, b) => a + b, 0)); await model.dispose();';
  const answers = {};
  const times = await interleave(
    {
      node: async () => {
        const { ms, stdout } = await runNode(['--input-type=module', '-e', script]);
        answers.node = Number(stdout);
        return ms;
      },
      python: () => {
        const start = performance.now();
        const { status, stdout, stderr } = spawnSync(PYTHON, ['-B', join(FOLDER, 'ask.py'), path], {
          encoding: 'utf8',
        });
        if (status !== 0) throw new Error(stderr);
        answers.python = Number(stdout);
        return performance.now() - start;
      },
    },
    ROUNDS,
  );
  if (!(Math.abs(answers.node - answers.python) <= 1e-4))
    throw new Error(`${file}: ${answers.node}, PyTorch ${answers.python}`);
  const faster = ratios(times.python, times.node);
  return [
    [
      file,
      `${spread(times.node, 'ms')}; Python ${spread(times.python, 'ms')}, **${spread(faster, 'x')}**`,
      '10x',
      median(faster) >= 10,
    ],
  ];
}

async function bigStateDict(path) {
  const { loadModel } = await import(LIBRARY);
  const list = [];
  const read = [];
  for (let round = -1; round < ROUNDS; round++) {
    const start = performance.now();
    const model = await loadModel(path);
    const count = model.tensors.size;
    const listed = performance.now() - start;
    const asked = performance.now();
    await model.tensor('layers.128.weight');
    const took = performance.now() - asked;
    await model.dispose();
    if (count !== 256) throw new Error(`${count} tensors`);
    // The first round imports the loader.
    if (round < 0) continue;
    list.push(listed);
    read.push(took);
  }
  const size = (statSync(path).size / 1e9).toFixed(2);
  return [
    [`${size} GB state dict: opened and listed`, spread(list, 'ms'), '', undefined],
    ['... one tensor of 4 MB', spread(read, 'ms'), '', undefined],
  ];
}
