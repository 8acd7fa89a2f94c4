import { describe, expect, it, onTestFinished } from 'vitest';
import { loadModel, type LoadModelOptions, type Model, type RemoteOptions } from '../../src/index.ts';
import { JSON_LENGTH_HEADER } from '../../src/protocol/messages.ts';
import { answering, type Described, freePort, type Infer, outputs, tcp } from './servers.ts';

const ROWS = [
  [1, 2],
  [3, 4],
] as never;

async function model(infer: Infer, described: Described = {}, remote: RemoteOptions = {}): Promise<Model> {
  return opened(await answering(infer, described), { remote });
}

async function opened(address: string, options: LoadModelOptions = {}): Promise<Model> {
  const loaded = await loadModel(address, options);
  onTestFinished(() => loaded.dispose());
  return loaded;
}

const raw =
  (status: number, body: string | Buffer, headers: Record<string, string> = {}): Infer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };

const predict = (data: unknown, shape: unknown, datatype = 'INT64'): object => ({
  name: 'predict',
  datatype,
  shape,
  data,
});

describe('an answer that is none', () => {
  const binary = (bytes: number, size: number): Infer => {
    const head = JSON.stringify({
      model_name: 'm',
      outputs: [{ name: 'predict', datatype: 'INT64', shape: [2], parameters: { binary_data_size: size } }],
    });
    return raw(200, Buffer.concat([Buffer.from(head), Buffer.alloc(bytes)]), {
      [JSON_LENGTH_HEADER]: `${head.length}`,
    });
  };
  const cases: Record<string, Infer> = {
    'too few rows': outputs(predict([1], [1])),
    'too many rows': outputs(predict([1, 2, 3], [3])),
    'no rows at all': outputs(predict(1, [])),
    'fewer elements than its shape': outputs(predict([1], [2])),
    'a shape that is larger than any': outputs(predict([1, 2], [2, 2 ** 60])),
    'a shape of texts': outputs(predict([1, 2], ['2'])),
    'values of another type': outputs(predict(['a', 'b'], [2])),
    'fractions where integers are said': outputs(predict([0.5, 1], [2])),
    'an unknown type': outputs(predict([1, 2], [2], 'FP128')),
    'another output': outputs({ ...predict([1, 2], [2]), name: 'other' }),
    'the same output twice': outputs(predict([1, 2], [2]), predict([1, 2], [2])),
    'no outputs': outputs(),
    'no list of outputs': raw(200, '{"model_name":"m"}'),
    'JSON that is cut off': raw(200, '{"model_name":"m","outputs":[{"name":"pre'),
    'an HTML page': raw(200, '<html>Sign in</html>'),
    nothing: raw(200, ''),
    'bytes that are no text': raw(200, Buffer.from([0xff, 0xfe, 0x00])),
    'binary data that is cut off': binary(7, 16),
    'binary data of another size': binary(8, 8),
    'more binary data than it says': binary(32, 16),
    'a header beyond the body': raw(200, '{}', { [JSON_LENGTH_HEADER]: '999' }),
    'a redirect': raw(302, '', { location: '/elsewhere' }),
  };
  for (const [what, infer] of Object.entries(cases)) {
    it(`is refused: ${what}`, async () => {
      const loaded = await model(infer);
      await expect(loaded.predict(ROWS)).rejects.toMatchObject({ code: 'ML_REMOTE_INVALID_ANSWER' });
    });
  }

  it('is refused as probabilities, too', async () => {
    const answer = (shape: number[], data: unknown[], datatype = 'FP64'): Infer =>
      outputs({ name: 'predict_proba', datatype, shape, data });
    const described = { parameters: { classes: '["no","yes"]' } };
    const wrong: Infer[] = [
      answer([2], [0.5, 0.5]),
      answer([2, 3], [1, 2, 3, 4, 5, 6]),
      answer([1, 2], [0.5, 0.5]),
      answer([2, 2], ['a', 'b', 'c', 'd'], 'BYTES'),
    ];
    for (const infer of wrong) {
      const loaded = await model(infer, described);
      expect(loaded.info.classes).toEqual(['no', 'yes']);
      await expect(loaded.predictProba(ROWS)).rejects.toMatchObject({ code: 'ML_REMOTE_INVALID_ANSWER' });
    }
    const right = await model(answer([2, 2], [0.25, 0.75, 0.5, 0.5]), described);
    expect((await right.predictProba(ROWS)).shape).toEqual([2, 2]);
  });

  it('is refused where it is larger than the limit', async () => {
    const loaded = await model(
      outputs(
        predict(
          Array.from({ length: 50_000 }, () => 1),
          [50_000],
        ),
      ),
      {},
      { maxResponseBytes: 10_000 },
    );
    await expect(loaded.predict(ROWS)).rejects.toMatchObject({ code: 'ML_REMOTE_INVALID_ANSWER' });
    const endless = await model(
      (_request, response) => {
        response.writeHead(200);
        const more = (): void => {
          while (response.writable && response.write('['.repeat(65_536)));
        };
        response.on('drain', more);
        response.on('error', () => undefined);
        more();
      },
      {},
      { maxResponseBytes: 1_000_000 },
    );
    await expect(endless.predict(ROWS)).rejects.toMatchObject({ code: 'ML_REMOTE_INVALID_ANSWER' });
  });
});

describe('a server that does not answer', () => {
  const silent: Infer = () => undefined;

  it('lets a call go when its time is over', async () => {
    const loaded = await model(silent);
    await expect(loaded.predict(ROWS, { timeoutMs: 50 })).rejects.toMatchObject({
      code: expect.stringMatching(/^ML_(DEADLINE_EXCEEDED|REMOTE_TIMEOUT)$/),
    });
  });

  it('or the time of the option, where the call has none', async () => {
    const loaded = await model(silent, {}, { timeoutMs: 50 });
    await expect(loaded.predict(ROWS)).rejects.toMatchObject({ code: 'ML_REMOTE_TIMEOUT', retryable: true });
  });

  it('not even in the middle of an answer', async () => {
    const loaded = await model(
      (_request, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"outputs":');
      },
      {},
      { timeoutMs: 80 },
    );
    await expect(loaded.predict(ROWS)).rejects.toMatchObject({ code: 'ML_REMOTE_TIMEOUT' });
  });

  it('lets an aborted call go, and stops its request', async () => {
    let closed = (): void => undefined;
    const stopped = new Promise<void>((resolve) => (closed = resolve));
    const controller = new AbortController();
    const loaded = await model((request) => {
      request.socket.once('close', closed);
      controller.abort();
    });
    await expect(loaded.predict(ROWS, { signal: controller.signal })).rejects.toMatchObject({ code: 'ML_ABORTED' });
    await stopped;
  });

  it('because it closes the connection: not sent again', async () => {
    let calls = 0;
    const loaded = await model((request) => {
      calls += 1;
      request.socket.resetAndDestroy();
    });
    await expect(loaded.predict(ROWS)).rejects.toMatchObject({
      code: 'ML_REMOTE_UNREACHABLE',
      details: { sent: true },
    });
    expect(calls).toBe(1);
  });

  it('because it ends in the middle of an answer', async () => {
    const loaded = await model((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"outputs":', () => response.destroy());
    });
    await expect(loaded.predict(ROWS)).rejects.toMatchObject({ code: 'ML_REMOTE_UNREACHABLE' });
  });

  it('because nobody is there', async () => {
    const port = await freePort();
    for (const address of [`oip+http://127.0.0.1:${port}/v2/models/m`, `oip+grpc://127.0.0.1:${port}/m`])
      await expect(loadModel(address)).rejects.toMatchObject({
        code: 'ML_REMOTE_UNREACHABLE',
        details: { sent: false },
      });
  });

  it('because it speaks no HTTP, or says nothing at all', async () => {
    const noise = await tcp((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.6\r\n')));
    await expect(loadModel(`oip+http://127.0.0.1:${noise}/v2/models/m`)).rejects.toMatchObject({
      code: 'ML_REMOTE_INVALID_ANSWER',
    });
    const mute = await tcp(() => undefined);
    for (const address of [`oip+http://127.0.0.1:${mute}/v2/models/m`, `oip+grpc://127.0.0.1:${mute}/m`]) {
      await expect(loadModel(address, { remote: { timeoutMs: 100 } })).rejects.toMatchObject({
        code: expect.stringMatching(/^ML_REMOTE_(TIMEOUT|UNREACHABLE)$/),
      });
    }
  });
});

describe('a server that refuses', () => {
  it('says why, in an error of its kind', async () => {
    const expected: Record<number, string> = {
      400: 'ML_REMOTE_REFUSED',
      401: 'ML_REMOTE_REFUSED',
      404: 'ML_REMOTE_MODEL_MISSING',
      429: 'ML_REMOTE_BUSY',
      500: 'ML_REMOTE_FAILED',
      502: 'ML_REMOTE_FAILED',
      503: 'ML_REMOTE_BUSY',
      504: 'ML_REMOTE_TIMEOUT',
    };
    for (const [status, code] of Object.entries(expected)) {
      const loaded = await model(raw(Number(status), '{"error":"because of the moon"}'));
      const error: unknown = await loaded.predict(ROWS).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code, details: { status: Number(status) } });
      expect((error as Error).message).toContain('because of the moon');
    }
  });

  it('is asked again when it says so, and not otherwise', async () => {
    for (const [headers, expected] of [
      [{ 'retry-after': '0' }, 3],
      [{}, 1],
    ] as const) {
      let calls = 0;
      const loaded = await model((request, response, body) => {
        calls += 1;
        if (calls < 3) raw(503, '{"error":"busy"}', headers)(request, response, body);
        else outputs(predict([1, 2], [2]))(request, response, body);
      });
      const answer = loaded.predict(ROWS);
      await (expected === 3
        ? expect(answer).resolves.toEqual([1, 2])
        : expect(answer).rejects.toMatchObject({ code: 'ML_REMOTE_BUSY' }));
      expect(calls).toBe(expected);
    }
  });

  it('is not waited for beyond the time of the call', async () => {
    const loaded = await model(raw(503, '{"error":"busy"}', { 'retry-after': '60' }), {}, { timeoutMs: 5_000 });
    await expect(loaded.predict(ROWS)).rejects.toMatchObject({
      code: 'ML_REMOTE_BUSY',
      details: { retryAfterMs: 60_000 },
    });
  });

  it('has no such model, or is not ready', async () => {
    const address = await answering(outputs(), { ready: 503 });
    await expect(loadModel(address)).rejects.toMatchObject({ code: 'ML_REMOTE_BUSY' });
    await expect(loadModel(address.replace(/m$/, 'other'))).rejects.toMatchObject({ code: 'ML_REMOTE_MODEL_MISSING' });
  });
});

it('an address that is none is refused before anything is asked', async () => {
  for (const address of [
    'oip+http://host',
    'oip+http://host/v2/models/',
    'oip+ftp://host/v2/models/m',
    'oip+http://user:secret@host/v2/models/m',
    'oip+http://host/v2/models/m?x=1',
    'oip+grpc://host/m',
    'oip+grpc://host:1/m/1/2',
    'oip+http://host/v2/models/%ff',
  ]) {
    const error: unknown = await loadModel(address).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'ML_OPTIONS_INVALID' });
    expect((error as Error).message).not.toContain('secret');
  }
});
