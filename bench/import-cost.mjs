// What does importing the library cost over an empty Node process, and is anything loaded that was not asked for?
import { differences, interleave, LIBRARY, report, runNode, spread, median } from './harness.mjs';

const esm = (code) => ['--input-type=module', '-e', code];
const cjs = (code) => ['--input-type=commonjs', '-e', code];
const commonJs = JSON.stringify(new URL(LIBRARY.replace(/index\.js$/, 'index.cjs')).pathname);

const values = await interleave(
  {
    emptyEsm: async () => (await runNode(esm('0'))).ms,
    esm: async () => (await runNode(esm(`import ${JSON.stringify(LIBRARY)}`))).ms,
    emptyCjs: async () => (await runNode(cjs('0'))).ms,
    cjs: async () => (await runNode(cjs(`require(${commonJs})`))).ms,
  },
  21,
);

const { stdout } = await runNode(
  esm(`import ${JSON.stringify(LIBRARY)};
    import { createRequire } from 'node:module';
    const native = process.report.getReport().sharedObjects;
    const loaded = Object.keys(createRequire(${JSON.stringify(LIBRARY)}).cache);
    console.log([...native, ...loaded].filter((path) => /onnxruntime|chokidar|tfjs/.test(path)).join(' '));`),
);

// On a machine that others use, too, times say little; what the processor did says more.
const used = 'console.log(JSON.stringify(process.cpuUsage()))';
const processor = async (args) => {
  const { user, system } = JSON.parse((await runNode(args)).stdout);
  return (user + system) / 1000;
};
const cpu = await interleave(
  {
    emptyEsm: () => processor(esm(used)),
    esm: () => processor(esm(`import ${JSON.stringify(LIBRARY)}; ${used}`)),
    emptyCjs: () => processor(cjs(used)),
    cjs: () => processor(cjs(`require(${commonJs}); ${used}`)),
  },
  21,
);

const added = differences(values.esm, values.emptyEsm);
const addedCjs = differences(values.cjs, values.emptyCjs);
report({
  question: 'Importing the library',
  rows: [
    ['empty Node process', spread(values.emptyEsm, 'ms'), ''],
    ['`import`, over the empty process', spread(added, 'ms'), 'under 30 ms', median(added) < 30],
    ['`require`, over the empty process', spread(addedCjs, 'ms'), 'under 30 ms', median(addedCjs) < 30],
    [
      '... processor time, `import` and `require`',
      `${spread(differences(cpu.esm, cpu.emptyEsm), 'ms')}; ${spread(differences(cpu.cjs, cpu.emptyCjs), 'ms')}`,
      '',
    ],
    ['runtimes and watchers loaded by it', stdout.trim() === '' ? 'none' : stdout.trim(), 'none', stdout.trim() === ''],
  ],
});
