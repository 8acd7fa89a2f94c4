// What does joining calls give, and what does it cost a caller that is alone? A small ONNX network, one row per call:
// onnxruntime-node called per row and with all rows at once, and the service with and without joining, by callers that
// ask again as soon as they have their answer.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { interleave, LIBRARY, median, MODELS, ortNode, perCall, ratios, report, spread } from './harness.mjs';

const { loadModel } = await import(LIBRARY);
const ort = ortNode();
const FILE = 'digits_mlp_v1_20240210';
const ROUNDS = 9;
const path = join(MODELS, 'trained', `${FILE}.onnx`);
const [row] = JSON.parse(await readFile(join(MODELS, 'samples', `${FILE}.json`), 'utf8')).input;
const width = row.length;
const options = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
};
const session = await ort.InferenceSession.create(path, options);
const [input] = session.inputNames;
const values = Float32Array.from(row);
const rawCall = () => session.run({ [input]: new ort.Tensor('float32', values, [1, width]) }, ['label']);
const many = 1_000;
const manyValues = Float32Array.from({ length: many * width }, (_, i) => row[i % width]);
const rawBatch = () => session.run({ [input]: new ort.Tensor('float32', manyValues, [many, width]) }, ['label']);

const joining = await loadModel(path);
const apart = await loadModel(path, { batching: { maxRows: 1 } });
const thread = await loadModel(path, { execution: { place: 'thread' } });
const child = await loadModel(path, { execution: { place: 'process' } });
const tensor = { data: values, shape: [1, width], dtype: 'float32' };

/** Calls per second of processor time of this process, by contestant: what a busy machine does not change. */
const perProcessorSecond = {};

/** Calls per second of `callers` that each ask `calls` times, one after the other. */
async function perSecond(name, call, { callers, calls }) {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let i = 0; i < calls; i++) await call();
    }),
  );
  const { user, system } = process.cpuUsage(before);
  (perProcessorSecond[name] ??= []).push((callers * calls * 1e6) / (user + system));
  return (callers * calls * 1000) / (performance.now() - startedAt);
}
const contestants = {
  lone: () => perCall(() => joining.predict([row]), 3_000),
  loneApart: () => perCall(() => apart.predict([row]), 3_000),
  loneRaw: () => perCall(rawCall, 3_000),
  batch: async () => (many * 1e6) / (await perCall(rawBatch, 20)),
};
const elsewhere = {};
for (const callers of [64, 256]) {
  const calls = Math.ceil(40_000 / callers);
  contestants[`raw${callers}`] = () => perSecond(`raw${callers}`, rawCall, { callers, calls: Math.ceil(calls / 10) });
  contestants[`joined${callers}`] = () =>
    perSecond(`joined${callers}`, () => joining.predictOne(row), { callers, calls: calls });
  contestants[`tensor${callers}`] = () =>
    perSecond(`tensor${callers}`, () => joining.predict(tensor), { callers, calls: calls });
  contestants[`apart${callers}`] = () =>
    perSecond(`apart${callers}`, () => apart.predictOne(row), { callers, calls: Math.ceil(calls / 10) });
  elsewhere[`thread${callers}`] = () =>
    perSecond(`thread${callers}`, () => thread.predictOne(row), { callers, calls: calls });
  elsewhere[`process${callers}`] = () =>
    perSecond(`process${callers}`, () => child.predictOne(row), { callers, calls: Math.ceil(calls / 2) });
}
// What is asked elsewhere comes after the rest, so that each is measured as it is in a process that does only that.
const times = { ...(await interleave(contestants, ROUNDS)), ...(await interleave(elsewhere, ROUNDS)) };
const kilo = (name) =>
  spread(
    times[name].map((value) => value / 1000),
    'k/s',
    0,
  );
const over = (name, base) => ratios(times[name], times[base]);
/** Over raw calls, without the first round, which is not counted; by wall clock and by processor time. */
const gains = (name, callers) => {
  const raw = perProcessorSecond[`raw${callers}`].slice(1);
  const own = perProcessorSecond[`${name}${callers}`].slice(1);
  return ratios(own, raw);
};
const goal = (callers) => (callers === 64 ? 5 : 10);
const loss = over('lone', 'loneApart');
report({
  question: 'Calls of one row joined, small ONNX network',
  rows: [
    ['one caller: onnxruntime-node', spread(times.loneRaw, 'us'), ''],
    ['one caller: not joining', spread(times.loneApart, 'us'), ''],
    ['one caller: joining', spread(times.lone, 'us'), ''],
    ['... over not joining', spread(loss, 'x', 2), 'at most 1.1x', median(loss) <= 1.1],
    ['1,000 rows in one call, onnxruntime-node: rows', kilo('batch'), ''],
    ...[64, 256].flatMap((callers) => [
      [`${callers} callers: onnxruntime-node per row`, kilo(`raw${callers}`), ''],
      [
        `${callers} callers: joined`,
        `${kilo(`joined${callers}`)}, **${spread(over(`joined${callers}`, `raw${callers}`), 'x')}**`,
        `${goal(callers)}x onnxruntime per row`,
        median(over(`joined${callers}`, `raw${callers}`)) >= goal(callers),
      ],
      [
        '... by the time of the processor',
        `**${spread(gains('joined', callers), 'x')}**`,
        `${goal(callers)}x onnxruntime per row`,
        median(gains('joined', callers)) >= goal(callers),
      ],
      ['... a tensor each, by the time of the processor', spread(gains('tensor', callers), 'x'), ''],
      [
        `${callers} callers: joined, a tensor each`,
        `${kilo(`tensor${callers}`)}, ${spread(over(`tensor${callers}`, `raw${callers}`), 'x')}`,
        '',
      ],
      [
        `${callers} callers: not joined`,
        `${kilo(`apart${callers}`)}, ${spread(over(`apart${callers}`, `raw${callers}`), 'x')}`,
        '',
      ],
      [
        `${callers} callers: joined, in a thread`,
        `${kilo(`thread${callers}`)}, ${spread(over(`thread${callers}`, `raw${callers}`), 'x')}`,
        '',
      ],
      [
        `${callers} callers: joined, in a process`,
        `${kilo(`process${callers}`)}, ${spread(over(`process${callers}`, `raw${callers}`), 'x')}`,
        '',
      ],
    ]),
  ],
});
await Promise.all([joining, apart, thread, child].map((model) => model.dispose()));
await session.release();
