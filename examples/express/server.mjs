// Run after `npm run build`: node examples/express/server.mjs
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MLServiceRegistry } from 'base-ml-service';
import { createApp } from './app.mjs';

const modelsDir = fileURLToPath(new URL('../../models', import.meta.url));
const registry = new MLServiceRegistry({ modelsDir, required: 'services' });
const app = createApp(registry);
// Load before the first request, and do not start at all if a model is not there.
const { ready, loads } = await registry.ready();
if (!ready) throw new Error('not ready', { cause: loads.find(({ error }) => error !== undefined)?.error });

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
await once(server, 'listening');
console.log(`listening on http://127.0.0.1:${server.address().port}`);

async function stop() {
  server.close();
  await registry.close({ timeoutMs: 10_000 });
}
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
