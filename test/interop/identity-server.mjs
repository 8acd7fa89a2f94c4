// A server whose models give back what they are given, tensors (`identity`) and rows (`echo`), for clients of all kinds. Prints its addresses as JSON and
// ends with its standard input.
import { readRows, serve } from '../../dist/index.js';
import { createFakeModel, createTestRegistry } from '../../dist/testing.js';

const identity = createFakeModel({ run: (feeds) => feeds });
const labels = createFakeModel({ predict: ['setosa', 'virginica'], classes: ['setosa', 'virginica'] });
const echo = createFakeModel({ predict: cellsOf });
const registry = createTestRegistry({ models: { identity, labels, echo } });
const server = await serve(registry, { port: 0, grpcPort: 0, repositoryApi: true });
console.log(JSON.stringify({ http: server.url.slice('http://'.length), grpc: server.grpcAddress }));
process.stdin.on('end', () => void server.close().then(() => registry.close())).resume();

/** One value, or an array of them, per row. */
function cellsOf(rows) {
  const reader = readRows(rows, { extraFeatures: 'error' });
  const { count, width } = reader;
  const row = (i) => Array.from({ length: width }, (_, j) => reader.cell(i, j));
  return Array.from({ length: count }, (_, i) => (width === 1 ? reader.cell(i, 0) : row(i)));
}
