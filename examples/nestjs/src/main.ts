// Run after `npm run build`: npx tsc -p examples/nestjs && node examples/nestjs/dist/main.js
import { createApp } from './create-app.js';

const app = await createApp();
await app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
console.log(`listening on ${await app.getUrl()}`);
