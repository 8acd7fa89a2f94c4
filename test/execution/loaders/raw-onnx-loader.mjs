// A graph on onnxruntime without an audit, for tests: what the library refuses because it would end the process.
import { InferenceSession, Tensor } from 'onnxruntime-node';

export const loader = {
  name: 'raw-onnx',
  formats: ['rawonnx'],
  capabilities: { threadSafe: true },
  module: { url: import.meta.url },
  async load({ artefact }) {
    const session = await InferenceSession.create(artefact.bytes, { logSeverityLevel: 4, intraOpNumThreads: 1 });
    const [name] = session.inputNames;
    return {
      async predict(rows) {
        const data = Float32Array.from(rows.flat());
        const result = await session.run({ [name]: new Tensor('float32', data, [rows.length, rows[0].length]) });
        return Array.from(rows, (_, row) => result[session.outputNames[0]].data[row]);
      },
      dispose: () => session.release(),
    };
  },
};
