// Runs one ONNX graph in a process of its own, for a runtime may end the process that it crashes in.
// In: the runtime's address as argument, then frames on stdin: JSON { feeds, rows, bytes }, graph, blobs. Out: JSON.
const [runtime] = process.argv.slice(2);
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const input = Buffer.concat(chunks);
const headerEnd = 4 + input.readUInt32BE(0);
const { feeds, rows, sizes } = JSON.parse(input.subarray(4, headerEnd).toString());
let at = headerEnd;
const blobs = sizes.map((size) => new Uint8Array(input.subarray(at, (at += size))));
const { InferenceSession, Tensor } = (await import(runtime)).default;
const session = await InferenceSession.create(blobs[0], { intraOpNumThreads: 1, logSeverityLevel: 4 });

const text = (value) => (typeof value === 'string' ? value : String(value));
const cut = (feed, start, end) =>
  feed.texts === undefined
    ? new Tensor('float32', new Float32Array(blobs[feed.blob].buffer).slice(start * feed.width, end * feed.width), [
        end - start,
        feed.width,
      ])
    : new Tensor('string', feed.texts.slice(start, end), [end - start, 1]);

async function run(start, end) {
  const results = await session.run(Object.fromEntries(feeds.map((feed) => [feed.name, cut(feed, start, end)])));
  return Object.entries(results).map(([output, { dims, type, data }]) => ({
    output,
    type,
    shape: [...dims],
    values: Array.from(data, text),
  }));
}

const single = [];
for (let row = 0; row < Math.min(rows, 8); row += 1) single.push(await run(row, row + 1));
process.stdout.write(JSON.stringify({ all: await run(0, rows), single }));
