import { connect } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type RunningServer, serve } from '../../src/index.ts';
import { createFakeModel, createTestRegistry } from '../../src/testing/index.ts';
import { FOUR, get, post } from './client.ts';

async function started(predict: () => Promise<number[]> | number[]): Promise<RunningServer> {
  const registry = createTestRegistry({ models: { m: createFakeModel({ predict }) } });
  const server = await serve(registry, { port: 0 });
  onTestFinished(() => server.close());
  return server;
}

describe('serve', () => {
  it('ends when the requests at hand have their answers, and says before that it is not ready', async () => {
    let finish: (() => void) | undefined;
    const server = await started(() => new Promise((resolve) => (finish = () => resolve([1]))));
    const call = post(`${server.url}/v2/models/m/infer`, FOUR);
    await vi.waitFor(() => expect(finish).toBeDefined(), { timeout: 10_000 });
    const closing = server.close();
    expect(await get(`${server.url}/v2/health/ready`)).toMatchObject({ status: 503, body: { ready: false } });
    expect(await get(`${server.url}/v2/health/live`)).toMatchObject({ status: 200 });
    const refused = await post(`${server.url}/v2/models/m/infer`, FOUR);
    expect(refused).toMatchObject({ status: 503, body: { code: 'ML_REGISTRY_CLOSED' } });
    expect(refused.headers.get('retry-after')).not.toBeNull();
    finish?.();
    expect(await call).toMatchObject({ status: 200 });
    await closing;
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it('does not wait for ever', async () => {
    const server = await started(() => new Promise(() => undefined));
    const call = post(`${server.url}/v2/models/m/infer`, FOUR).catch(() => 'cut off');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await server.close({ timeoutMs: 20 });
    expect(await call).toBe('cut off');
  });

  it('refuses a port that is taken, and options that are none', async () => {
    const server = await started(() => [1]);
    const registry = createTestRegistry();
    await expect(serve(registry, { port: Number(new URL(server.url).port) })).rejects.toMatchObject({
      code: 'ML_OPTIONS_INVALID',
      message: expect.stringContaining('EADDRINUSE'),
    });
    await expect(serve(registry, { port: 70_000 })).rejects.toMatchObject({ code: 'ML_OPTIONS_INVALID' });
    await expect(serve(registry, { port: 0, maxBodyBytes: 0 })).rejects.toMatchObject({ code: 'ML_OPTIONS_INVALID' });
  });

  it('answers many requests of one connection', async () => {
    const server = await started(() => [7]);
    const body = JSON.stringify(FOUR);
    const one = `POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const text = await new Promise<string>((resolve) => {
      let got = '';
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(one.repeat(20)));
      socket.on('data', (chunk: Buffer) => {
        got += chunk.toString();
        if (got.split('"data":[7]').length === 21) socket.destroy();
      });
      socket.on('close', () => resolve(got));
    });
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(20);
  });
});
