import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './fixture.ts';

/** `node scripts/kill-publish.mjs` kills 200 times; here a few, with another seed each day. */
it('leaves nothing half done when a command is killed', { timeout: 600_000 }, async () => {
  const seed = String(Math.floor(Date.now() / 86_400_000));
  const script = join(ROOT, 'scripts', 'kill-publish.mjs');
  const child = spawn(process.execPath, [script, '--kills', '7', '--seed', seed, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  expect(JSON.parse(text), `seed ${seed}`).toMatchObject({ kills: 7, problems: [] });
});
