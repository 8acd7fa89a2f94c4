// Runs one ONNX graph in a process of its own, for a runtime may end the process that it crashes in.
// In: the runtime's address as argument, then on stdin what src/internal/pack-parts.ts packs: { cases }, graph, blobs. Out:
// JSON, the outputs of every case.
const [runtime] = process.argv.slice(2);
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const input = Buffer.concat(chunks);
const headerEnd = 4 + input.readUInt32LE(0);
const { cases, sizes } = JSON.parse(input.subarray(4, headerEnd).toString());
let at = headerEnd;
// Copies: views of numbers must begin at a multiple of their size.
const blobs = sizes.map((size) => new Uint8Array(input.subarray(at, (at += size))));
const { InferenceSession, Tensor } = (await import(runtime)).default;
const session = await InferenceSession.create(blobs[0], { intraOpNumThreads: 1, logSeverityLevel: 4 });

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};
const text = (value) => (typeof value === 'string' ? value : String(value));
const tensorOf = ({ type, dims, texts, blob }) => new Tensor(type, texts ?? new ARRAYS[type](blobs[blob].buffer), dims);

const answers = [];
for (const feeds of cases) {
  const results = await session.run(Object.fromEntries(feeds.map((feed) => [feed.name, tensorOf(feed)])));
  answers.push(
    Object.entries(results).map(([output, { dims, type, data }]) => ({
      output,
      type,
      shape: [...dims],
      values: Array.from(data, text),
    })),
  );
}
process.stdout.write(JSON.stringify(answers));
