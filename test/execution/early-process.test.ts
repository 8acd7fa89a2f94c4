import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/index.ts';
import { loadScript, scriptBytes, scriptLoader, until } from './worker-fixture.ts';

/** Processes that this one started and that are there, `ps` itself left out. */
function children(): string[] {
  const args = ['-o', 'pid=,comm=', '--ppid', String(process.pid)];
  const lines = execFileSync('ps', args, { encoding: 'utf8' }).trim().split('\n');
  return lines.filter((line) => line !== '' && !line.endsWith(' ps') && !line.includes('<defunct>'));
}

describe.runIf(process.platform === 'linux')('a process that is started before the file is read', () => {
  it('is the one that the model runs in', async () => {
    const before = children();
    const model = await loadScript({ predict: 'obey' }, 'process');
    const [pid] = (await model.predict([['pid', 0]])) as number[];
    const started = children().filter((line) => !before.includes(line));
    expect(started.map((line) => Number.parseInt(line, 10))).toEqual([pid]);
    await model.dispose();
    await until(() => children().length === before.length);
  });

  it.each([
    ['no loader reads the file', { bytes: Uint8Array.of(1, 2, 3), name: 'm.odd' }],
    ['the file cannot be opened', 'there-is-no-such-file.script'],
  ])('ends where %s', async (_, file) => {
    const before = children();
    const loading = loadModel(file, { loaders: [scriptLoader], execution: { place: 'process' } });
    await expect(loading).rejects.toThrow();
    await until(() => children().length === before.length);
  });

  it('ends where the loader cannot be taken to a process', async () => {
    const before = children();
    const { module: _, ...here } = scriptLoader;
    const file = { bytes: scriptBytes({ predict: 'obey' }), name: 'm.script' };
    const loading = loadModel(file, { loaders: [here], execution: { place: 'process' } });
    await expect(loading).rejects.toMatchObject({ code: 'ML_OPTIONS_INVALID' });
    await until(() => children().length === before.length);
  });
});
