import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import 'reflect-metadata';
import { Controller, Get, Module, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import express from 'express';
import createFastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createHealthHandler,
  createHealthPlugin,
  type HealthBody,
  type MLServiceRegistry,
} from '../../../src/index.ts';
import { createFakeModel, createTestRegistry } from '../../../src/testing/index.ts';

const broken = () => {
  throw new Error('cannot read /secret/place/weights.bin');
};

function newRegistry() {
  return createTestRegistry({
    models: { fraud: createFakeModel({ predict: [1] }), 'odd name%': createFakeModel({ predict: [1] }), broken },
    required: ['fraud'],
  });
}

interface Running {
  readonly url: string;
  readonly stop: () => Promise<unknown>;
}

async function listen(listener: RequestListener | Server): Promise<Running> {
  const server = typeof listener === 'function' ? createServer(listener) : listener;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, stop };
}

const SERVERS: Record<string, (registry: MLServiceRegistry) => Promise<Running>> = {
  'node:http': (registry) => listen(createHealthHandler(registry)),
  express: (registry) => listen(express().use(createHealthHandler(registry))),
  'express under a prefix': async (registry) => {
    const paths = { live: '/live', ready: '/ready', models: '/models' };
    const { url, stop } = await listen(express().use('/ops', createHealthHandler(registry, { paths })));
    return { url: `${url}/ops#`, stop };
  },
  fastify: async (registry) => {
    const app = createFastify();
    await app.register(createHealthPlugin(registry));
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    return { url, stop: () => app.close() };
  },
  nest: async (registry) => {
    class HealthController {
      readonly answer = createHealthHandler(registry);
    }
    const prototype = HealthController.prototype as unknown as Record<string, unknown>;
    prototype['health'] = function health(this: HealthController, request: never, response: never) {
      this.answer(request, response);
    };
    const member = Object.getOwnPropertyDescriptor(prototype, 'health') as PropertyDescriptor;
    Reflect.decorate([Get('{*path}')], prototype, 'health', member);
    Req()(prototype, 'health', 0);
    Res()(prototype, 'health', 1);
    Controller('health')(HealthController);
    class AppModule {
      readonly purpose = 'health';
    }
    Module({ controllers: [HealthController] })(AppModule);
    const app = await NestFactory.create(AppModule, { logger: false });
    await app.listen(0, '127.0.0.1');
    return { url: await app.getUrl(), stop: () => app.close() };
  },
};

describe.each(Object.keys(SERVERS))('health over %s', (kind) => {
  const registry = newRegistry();
  let running: Running;
  beforeAll(async () => {
    running = await (SERVERS[kind] as (registry: MLServiceRegistry) => Promise<Running>)(registry);
  });
  afterAll(() => running.stop());

  const ask = (path: string, init?: RequestInit) =>
    fetch(
      running.url.endsWith('#') ? running.url.slice(0, -1) + path.replace('/health', '') : running.url + path,
      init,
    );
  const json = async (path: string) => {
    const response = await ask(path);
    return { status: response.status, body: (await response.json()) as Partial<HealthBody> };
  };

  it('goes from red to green to red, as its models do', async () => {
    expect(await json('/health/live')).toEqual({ status: 200, body: { status: 'ok' } });
    expect(await json('/health/ready')).toEqual({
      status: 503,
      body: {
        status: 'unavailable',
        reason: 'fraud latest is not loaded yet',
        models: [{ name: 'fraud', version: 'latest', state: 'unloaded', available: false, since: expect.any(String) }],
      },
    });
    await registry.ready();
    expect(await json('/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await json('/health/ready?probe=1')).toMatchObject({ status: 200 });
    expect(await json('/health/models/fraud')).toMatchObject({ status: 200, body: { models: [{ state: 'ready' }] } });
  });

  it('tells of every model, without files and texts of errors', async () => {
    await registry.load('broken').catch(() => undefined);
    const { status, body } = await json('/health/models');
    expect(status).toBe(200);
    expect(body.models).toMatchObject([
      { name: 'fraud', state: 'ready', available: true },
      { name: 'broken', state: 'failed', available: false, code: 'ML_LOADER_FAILED' },
    ]);
    expect(JSON.stringify(body)).not.toMatch(/secret|\.mock|trained|stack/);
    expect(await json('/health/models/broken')).toMatchObject({
      status: 503,
      body: { status: 'unavailable', models: [{ code: 'ML_LOADER_FAILED', reason: expect.any(String) }] },
    });
    // An optional model that fails does not make the process unready.
    expect(await json('/health/ready')).toMatchObject({ status: 200 });
  });

  it('knows names as the browser writes them, and says where it knows none', async () => {
    expect(await json('/health/models/nobody')).toMatchObject({ status: 404, body: { status: 'unknown' } });
    await registry.load('odd name%');
    expect(await json('/health/models/odd%20name%25')).toMatchObject({ status: 200 });
    expect((await ask('/health/nothing')).status).toBe(404);
    expect((await ask('/health/models/a/b')).status).toBe(404);
    expect([400, 404]).toContain((await ask('/health/models/%zz')).status);
    // Asking for health makes nothing known.
    expect(registry.health().models.map(({ name }) => name)).toEqual(['fraud', 'broken', 'odd name%']);
  });

  it('answers HEAD without a body, is not cached, and takes nothing else', async () => {
    const head = await ask('/health/ready', { method: 'HEAD' });
    expect([head.status, head.headers.get('cache-control'), await head.text()]).toEqual([200, 'no-store', '']);
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(0);
    const get = await ask('/health/ready');
    expect(get.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect([404, 405]).toContain((await ask('/health/ready', { method: 'POST' })).status);
  });

  it('is red while it closes, and alive', async () => {
    await registry.close();
    expect(await json('/health/ready')).toMatchObject({ status: 503, body: { reason: 'closed' } });
    expect(await json('/health/models/fraud')).toMatchObject({ status: 503, body: { reason: 'closed' } });
    expect(await json('/health/live')).toMatchObject({ status: 200 });
  });
});

describe('a handler', () => {
  it('never loads a model and never reads the repository', async () => {
    let looked = 0;
    const registry = createTestRegistry({
      models: { fraud: () => ((looked += 1), createFakeModel()) },
      required: ['fraud'],
    });
    registry.on('load:start', () => (looked += 1));
    const { url, stop } = await listen(createHealthHandler(registry));
    for (const path of ['live', 'ready', 'models', 'models/fraud'])
      await (await fetch(`${url}/health/${path}`)).arrayBuffer();
    await stop();
    expect([looked, registry.modelHealth('fraud').state]).toEqual([0, 'unloaded']);
  });

  it('answers while a load hangs and while calls wait', async () => {
    const registry = createTestRegistry({
      models: { fraud: createFakeModel({ predict: () => new Promise<never>(() => undefined) }) },
    });
    void registry.model('fraud').predict([[1]]);
    const { url, stop } = await listen(createHealthHandler(registry));
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    await stop();
  });

  it('passes other requests on where it is a middleware', async () => {
    const app = express()
      .use(createHealthHandler(newRegistry()))
      .use((_request, response) => void response.send('mine'));
    const { url, stop } = await listen(app);
    expect(await (await fetch(`${url}/other`)).text()).toBe('mine');
    expect((await fetch(`${url}/health/ready`, { method: 'DELETE' })).headers.get('allow')).toBe('GET, HEAD');
    await stop();
  });

  it('shows files and texts of errors where it is told to', async () => {
    const registry = newRegistry();
    await registry.ready();
    await registry.load('broken').catch(() => undefined);
    const { url, stop } = await listen(createHealthHandler(registry, { details: true }));
    const { models } = (await (await fetch(`${url}/health/models`)).json()) as { models: unknown };
    expect(models).toMatchObject([
      { artefact: 'trained/fraud_v1.mock' },
      { reason: expect.stringContaining('/secret/place/weights.bin') },
    ]);
    await stop();
  });

  it.each([
    [{ live: 'live' }],
    [{ ready: '/ready/' }],
    [{ models: '/a?b' }],
    [{ live: 5 }],
    [{ live: '/x', ready: '/x' }],
  ])('refuses the paths %j', (paths) => {
    for (const create of [createHealthHandler, createHealthPlugin])
      expect(() => create(newRegistry(), { paths: paths as never })).toThrow(
        expect.objectContaining({ code: 'ML_OPTIONS_INVALID', message: expect.stringMatching(/^options\.paths/) }),
      );
  });
});
