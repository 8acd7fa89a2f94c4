// What does asking a model on a server cost over undici, which sends the same body and reads the same answer? One row,
// one call after the other, to a server on loopback that answers at once with the same bytes; then 32 calls at once.
// Both sides have a pool of undici with the same number of connections, and parse the answer. The goal is held against
// the processor time of this process (the server's part is the same for both): on a busy machine the time on the clock
// says more of the machine.
import { createServer } from 'node:http';
import { Pool } from 'undici';
import { differences, interleave, LIBRARY, median, report, spread } from './harness.mjs';

const { loadModel } = await import(LIBRARY);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9);
const CALLS = 3_200;
const AT_ONCE = 32;
const WIDTH = 30;

const ANSWER = JSON.stringify({
  model_name: 'm',
  model_version: '1',
  outputs: [{ name: 'predict_proba', datatype: 'FP64', shape: [1, 2], data: [0.25, 0.75] }],
});
const DESCRIPTION = JSON.stringify({
  name: 'm',
  versions: ['1'],
  platform: 'bench',
  inputs: [{ name: 'x', datatype: 'FP64', shape: [-1, WIDTH] }],
  outputs: [{ name: 'predict_proba', datatype: 'FP64', shape: [-1, 2] }],
});
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.setHeader('content-type', 'application/json');
    if (request.url.endsWith('/infer')) response.end(ANSWER);
    else if (request.url === '/v2/models/m') response.end(DESCRIPTION);
    else response.end('{"name":"bench","version":"1","extensions":[]}');
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address();

const model = await loadModel(`oip+http://127.0.0.1:${port}/v2/models/m`);
const pool = new Pool(`http://127.0.0.1:${port}`, { connections: AT_ONCE });
const row = Array.from({ length: WIDTH }, (_, i) => i / 7);

const bare = async () => {
  const body = JSON.stringify({
    inputs: [{ name: 'x', datatype: 'FP64', shape: [1, WIDTH], data: row }],
    outputs: [{ name: 'predict_proba' }],
  });
  const headers = { 'content-type': 'application/json' };
  const answer = await pool.request({ path: '/v2/models/m/infer', method: 'POST', body, headers });
  return (await answer.body.json()).outputs[0].data;
};
const ours = async () => (await model.predictProba([row])).data;
const timed = async () => (await model.predictProba([row], { timeoutMs: 10_000 })).data;
if (String(await bare()) !== String(Array.from(await ours()))) throw new Error('the answers differ');

/** Microseconds per call: on the clock, and of the processors. */
async function measured(call, calls) {
  const [startedAt, used] = [performance.now(), process.cpuUsage()];
  for (let i = 0; i < calls; i++) await call();
  const { user, system } = process.cpuUsage(used);
  return { clock: ((performance.now() - startedAt) * 1000) / calls, cpu: (user + system) / calls };
}

const inTurn = (call) => () => measured(call, CALLS);
const atOnce = (call) => async () => {
  const { clock, cpu } = await measured(() => Promise.all(Array.from({ length: AT_ONCE }, call)), CALLS / AT_ONCE);
  return { clock: clock / AT_ONCE, cpu: cpu / AT_ONCE };
};
const one = await interleave({ bare: inTurn(bare), ours: inTurn(ours), timed: inTurn(timed) }, ROUNDS);
const many = await interleave({ bare: atOnce(bare), ours: atOnce(ours) }, ROUNDS);
const of = (values, kind) => values.map((value) => value[kind]);
const over = (values, base, kind) => differences(of(values, kind), of(base, kind));
const rows = [];
for (const { what, values, base } of [
  { what: 'one call after the other', values: one.ours, base: one.bare },
  { what: 'the same with timeoutMs', values: one.timed, base: one.bare },
  { what: `${AT_ONCE} calls at once, each`, values: many.ours, base: many.bare },
]) {
  const cpu = over(values, base, 'cpu');
  rows.push([`${what}: undici alone, processor time`, spread(of(base, 'cpu'), 'µs'), '', undefined]);
  rows.push([`${what}: over undici, processor time`, spread(cpu, 'µs'), 'under 100 µs', median(cpu) < 100]);
  rows.push([`${what}: over undici, on the clock`, spread(over(values, base, 'clock'), 'µs'), '', undefined]);
}
report({
  question: `A model on a server over HTTP: what the client costs over undici, one row of ${WIDTH} numbers`,
  rows,
});
await model.dispose();
await pool.close();
server.close();
