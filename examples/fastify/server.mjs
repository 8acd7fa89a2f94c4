// Run after `npm run build`: node examples/fastify/server.mjs
import { fileURLToPath } from 'node:url';
import { MLServiceRegistry } from 'base-ml-service';
import { createApp } from './app.mjs';

const modelsDir = fileURLToPath(new URL('../../models', import.meta.url));
const app = createApp(new MLServiceRegistry({ modelsDir, required: 'services' }), { logger: true });
process.once('SIGTERM', () => void app.close());
process.once('SIGINT', () => void app.close());
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 3000) });
