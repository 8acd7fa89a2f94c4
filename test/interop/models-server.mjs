// Serves a models directory: `models-server.mjs DIR`. Prints its addresses as JSON and ends with its standard input.
import { MLServiceRegistry, serve } from '../../dist/index.js';

const registry = new MLServiceRegistry({ modelsDir: process.argv[2] });
const server = await serve(registry, { port: 0, grpcPort: 0 });
console.log(JSON.stringify({ http: server.url.slice('http://'.length), grpc: server.grpcAddress }));
process.stdin.on('end', () => void server.close().then(() => registry.close())).resume();
