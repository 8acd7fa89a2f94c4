import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { MODELS, ROOT, runCli } from './run-cli.ts';

describe('serve', () => {
  it('answers until it is told to end, over HTTP and gRPC', async () => {
    const args = ['--models-dir', MODELS, '--json', 'serve', '--port', '0', '--grpc-port', '0'];
    const child = spawn(process.execPath, [join(ROOT, 'dist', 'cli.js'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    const [line] = (await once(createInterface({ input: child.stderr }), 'line')) as [string];
    const url = /listening on (\S+) and gRPC on 127\.0\.0\.1:\d+/.exec(line)?.[1];
    const inputs = [{ name: 'x', datatype: 'FP64', shape: [1, 10], data: Array.from({ length: 10 }, () => 0) }];
    const response = await fetch(`${url}/v2/models/diabetes_regressor/infer`, {
      method: 'POST',
      body: JSON.stringify({ inputs }),
    });
    expect(await response.json()).toMatchObject({ outputs: [{ name: 'predict', datatype: 'FP64', shape: [1] }] });
    expect((await fetch(`${url}/v2/repository/models/diabetes_regressor/unload`, { method: 'POST' })).status).toBe(403);
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    expect((await closed)[0]).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ url, signal: 'SIGTERM' });
  });

  it.each([
    ['--port', 'x'],
    ['--grpc-port', '70000'],
  ])('refuses %s %s', async (flag, value) => {
    const { code, stderr } = await runCli(['serve', flag, value]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${flag} must be a port`);
  });
});
