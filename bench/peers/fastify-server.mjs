// Fastify in front of a model: `raw` calls onnxruntime-node as its documentation does, `service` the library.
import { createRequire } from 'node:module';
import { LIBRARY } from '../harness.mjs';

const [kind, file, port] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const app = require('fastify')();

async function raw() {
  const ort = require('onnxruntime-node');
  const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const [input] = session.inputNames;
  return async (rows) => {
    const data = Float32Array.from(rows.flat());
    const result = await session.run({ [input]: new ort.Tensor('float32', data, [rows.length, rows[0].length]) }, [
      session.outputNames[0],
    ]);
    return Array.from(result[session.outputNames[0]].data, Number);
  };
}

async function service() {
  const { loadModel } = await import(LIBRARY);
  const model = await loadModel(file);
  return async (rows) => Array.from(await model.predict(rows), Number);
}

const predict = await (kind === 'raw' ? raw() : service());
app.post('/predict', (request) => predict(request.body.rows).then((predictions) => ({ predictions })));
await app.listen({ port: Number(port), host: '127.0.0.1' });
console.log('ready');
