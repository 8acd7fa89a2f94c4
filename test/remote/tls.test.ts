import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createGrpcService, loadModel } from '../../src/index.ts';
import { createFakeModel, createTestRegistry } from '../../src/testing/index.ts';
import { answering, outputs } from './servers.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) console.warn('NOT TESTED: TLS towards servers; there is no openssl on this machine');

/** A certificate for `model.test` that nobody trusts. */
function certificate(): { readonly cert: Buffer; readonly key: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'remote-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert];
  const named = ['-subj', '/CN=model.test', '-addext', 'subjectAltName=DNS:model.test', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...made, ...named], { stdio: 'ignore' });
  return { cert: readFileSync(cert), key: readFileSync(key) };
}

describe.runIf(hasOpenssl)('TLS', () => {
  it('over HTTP: trusts whom the options name, under the name that they say, and nobody else', async () => {
    const { cert, key } = certificate();
    const answer = outputs({ name: 'predict', datatype: 'INT64', shape: [1], data: [7] });
    const address = await answering(answer, {}, { cert, key });
    const model = await loadModel(address, { remote: { tls: { ca: cert, servername: 'model.test' } } });
    expect(await model.predict([[1, 2]] as never)).toEqual([7]);
    await model.dispose();
    for (const tls of [{}, { ca: cert, servername: 'other.test' }])
      await expect(loadModel(address, { remote: { tls } })).rejects.toMatchObject({
        code: 'ML_REMOTE_UNREACHABLE',
        details: { sent: false },
      });
  });

  it('over gRPC, with a certificate of the client', async () => {
    const { cert, key } = certificate();
    const registry = createTestRegistry({ models: { m: createFakeModel({ predict: ['yes'] }) } });
    onTestFinished(() => registry.close());
    const { definition, implementation, serverOptions } = await createGrpcService(registry);
    const server = new grpc.Server(serverOptions);
    server.addService(definition as never, implementation as never);
    const pair = { private_key: key, cert_chain: cert };
    const port = await new Promise<number>((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createSsl(cert, [pair], true);
      server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
    });
    onTestFinished(() => server.forceShutdown());
    const address = `oip+grpcs://127.0.0.1:${port}/m`;
    const tls = { ca: cert, cert, key, servername: 'model.test' };
    const model = await loadModel(address, { remote: { tls } });
    expect(await model.predict([[1, 2]] as never)).toEqual(['yes']);
    await model.dispose();
    const { cert: _cert, key: _key, ...without } = tls;
    for (const wrong of [{}, without])
      await expect(loadModel(address, { remote: { tls: wrong, timeoutMs: 5_000 } })).rejects.toMatchObject({
        code: 'ML_REMOTE_UNREACHABLE',
      });
  });
});
