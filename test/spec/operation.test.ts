// The contract's sections on versions, performance, security and deployment, line by line.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createHealthHandler,
  createInferenceHandler,
  lockModels,
  MLServiceRegistry,
  type PhaseTimes,
  quantizeModel,
  runAs,
  scanFile,
  type SwapDifference,
  type SwapError,
} from '../../src/index.ts';
import { layOut, put, registryOf, samplesOf, sha256Of, temporaryFolder, trained } from './spec-fixture.ts';

const V1 = trained('fraud_detector_v1_20240101.pkl');
const V2 = trained('fraud_detector_v2_20240301.joblib');
const { rows, expected } = samplesOf('fraud_detector_v1_20240101.python');

const bothVersions = (): string =>
  layOut({ 'trained/fraud_detector_v1_20240101.pkl': V1, 'trained/fraud_detector_v2_20240301.joblib': V2 });
const oneModel = (): string => layOut({ 'trained/fraud_detector_v1_20240101.pkl': V1 });

describe('Model Versioning', () => {
  it('Use semantic versioning (v1.0.0, v1.1.0, v2.0.0)', async () => {
    const registry = registryOf(
      layOut({ 'trained/fraud_v1.0.0.pkl': V1, 'trained/fraud_v1.1.0.pkl': V1, 'trained/fraud_v2.0.0.joblib': V2 }),
    );
    const versionOf = async (asked: string) => (await registry.resolve('fraud', asked)).version;
    expect(await Promise.all(['v1.0.0', 'v1.1.0', 'v2.0.0'].map(versionOf))).toEqual(['1.0.0', '1.1.0', '2.0.0']);
    expect(await Promise.all(['latest', '^1', '~1.0'].map(versionOf))).toEqual(['2.0.0', '1.1.0', '1.0.0']);
    await expect(registry.resolve('fraud', 'v3')).rejects.toMatchObject({ code: 'ML_MODEL_VERSION_NOT_FOUND' });
  });

  it('Keep multiple versions for A/B testing', async () => {
    const registry = registryOf(bothVersions());
    await registry.route('fraud_detector', {
      arms: [
        { name: 'a', version: 'v1', weight: 50 },
        { name: 'b', version: 'v2', weight: 50 },
      ],
    });
    const asked = new Map<string, string | undefined>();
    for (let user = 0; user < 40; user++)
      await registry.model('fraud_detector').predict(rows, {
        routingKey: `user ${user}`,
        onRouted: ({ arm, version }) => asked.set(arm, version),
      });
    expect(Object.fromEntries(asked)).toEqual({ a: 'v1', b: 'v2' });
    const { arms } = await registry.routeSummary('fraud_detector');
    expect(arms.reduce((sum, { calls }) => sum + calls, 0)).toBe(40);
  });

  it('Document breaking changes between versions', async () => {
    const description = 'Other features: thirty measurements in place of a transaction';
    const registry = registryOf(
      layOut({
        'trained/model_v1.pkl': V1,
        'trained/model_v2.pkl': trained('tumor_classifier_v1_20240115.pkl'),
        'metadata/model_v2.json': { name: 'model', version: '2.0.0', description, file_path: 'trained/model_v2.pkl' },
      }),
    );
    expect((await registry.resolve('model', 'v2')).metadata?.description).toBe(description);
    await registry.load('model', 'v1');
    const refused = await registry.swap('model', { to: 'v2' }).catch((error: unknown) => error as SwapError);
    expect(refused).toMatchObject({ code: 'ML_SWAP_INCOMPATIBLE', step: 'compare' });
    const differences = (refused as SwapError).details['differences'] as readonly SwapDifference[];
    expect(differences.map(({ what }) => what)).toEqual(expect.arrayContaining(['classes', 'featureNames']));
    expect(await registry.model('model', 'v1').predict(rows)).toEqual(expected['predict']);
  });

  it('Maintain backward compatibility when possible', async () => {
    const modelsDir = layOut({ 'trained/fraud_v1.0.0.pkl': V1, 'trained/fraud_v2.0.0.joblib': V2 });
    const registry = registryOf(modelsDir);
    expect((await registry.resolve('fraud', 'v1')).version).toBe('1.0.0');
    put(join(modelsDir, 'trained/fraud_v1.9.0.pkl'), V1);
    registry.refresh();
    expect((await registry.resolve('fraud', 'v1')).version).toBe('1.9.0');
    await registry.load('fraud', 'v1.0.0');
    expect(await registry.swap('fraud', { to: 'v1.9.0' })).toMatchObject({ changed: true, differences: [] });
  });
});

/** How often models were loaded, from now on. */
function countLoads(registry: MLServiceRegistry): { loads: number } {
  const count = { loads: 0 };
  registry.on('load:end', () => count.loads++);
  return count;
}

describe('Performance Optimization', () => {
  it('Use model caching for frequently accessed models', async () => {
    const registry = registryOf(oneModel());
    const count = countLoads(registry);
    const ask = () => registry.model('fraud_detector').predict(rows);
    await Promise.all([ask(), ask(), ask()]);
    await ask();
    expect(count.loads).toBe(1);
    expect(registry.health().memory.residentBytes).toBeGreaterThan(0);
  });

  it('Implement lazy loading for large models', async () => {
    const registry = registryOf(bothVersions());
    const count = countLoads(registry);
    const model = registry.model('fraud_detector', 'v1');
    await registry.models();
    expect(count.loads).toBe(0);
    await model.predict(rows);
    expect(count.loads).toBe(1);
    const states = (await registry.models()).map(({ label, state }) => `${label} ${state}`);
    expect(states.sort()).toEqual(['v1 ready', 'v2 unloaded']);
  });

  it('Consider model quantization for deployment', async () => {
    const modelsDir = layOut({ 'trained/digits_mlp_v1_20240210.onnx': trained('digits_mlp_v1_20240210.onnx') });
    const output = join(modelsDir, 'trained', 'digits_mlp_v1.1.0_20240211.onnx');
    const digits = samplesOf('digits_mlp_v1_20240210', 9);
    const { bytes } = await quantizeModel(join(modelsDir, 'trained', 'digits_mlp_v1_20240210.onnx'), {
      method: 'int8',
      output,
      rows: digits.rows,
    });
    expect(bytes.after).toBeLessThan(bytes.before * 0.6);
    const registry = registryOf(modelsDir);
    expect((await registry.load('digits_mlp')).info.version).toBe('v1.1.0');
    expect(await registry.model('digits_mlp').predict(digits.rows)).toEqual(digits.expected['predict']);
  });

  it('Monitor memory usage and loading times', async () => {
    const registry = registryOf(oneModel());
    // Counted from now on.
    registry.metrics();
    let phases: PhaseTimes = {};
    const resident: number[] = [];
    registry.on('load:end', (event) => {
      phases = event.phases;
    });
    registry.on('memory:sample', ({ residentBytes, rssBytes }) => {
      expect(rssBytes).toBeGreaterThan(residentBytes);
      resident.push(residentBytes);
    });
    await registry.load('fraud_detector');
    await registry.unload('fraud_detector');
    expect(Object.keys(phases).length).toBeGreaterThan(1);
    expect(resident[0]).toBeGreaterThan(0);
    expect(resident.at(-1)).toBe(0);
    const { body } = registry.metrics().exposition();
    expect(body).toMatch(/^ml_load_duration_seconds_count\{.*model="fraud_detector".*\} 1$/m);
    expect(body).toMatch(/^ml_process_resident_bytes \d+/m);
  });
});

/** Python would run a command that writes the marker. */
const malicious = (marker: string): Uint8Array => Buffer.from(`cposix\nsystem\n(S'touch ${marker}'\ntR.`, 'latin1');

describe('Security Considerations', () => {
  it('Validate model files before loading', async () => {
    const file = 'trained/fraud_detector_v3_20240501.pkl';
    const modelsDir = layOut({ [file]: malicious('/nowhere'), 'trained/fraud_detector_v1_20240101.pkl': V1 });
    const report = await scanFile(join(modelsDir, file));
    expect(report.verdict).toBe('unsafe');
    expect(report.findings[0]).toMatchObject({ code: 'ML_FORMAT_UNSAFE', module: 'posix', name: 'system' });
    expect((await scanFile(join(modelsDir, 'trained/fraud_detector_v1_20240101.pkl'))).verdict).toBe('safe');
  });

  it('Use checksums to verify model integrity', async () => {
    const file = 'trained/fraud_detector_v1_20240101.pkl';
    const modelsDir = oneModel();
    const checksum = `sha256:${sha256Of(join(modelsDir, file))}`;
    const metadata = { name: 'fraud_detector', version: '1.0.0', file_path: file, checksum };
    put(join(modelsDir, 'metadata/fraud_detector_v1_20240101.json'), metadata);
    const registry = registryOf(modelsDir, { verification: 'require' });
    await registry.load('fraud_detector');
    const bytes = readFileSync(join(modelsDir, file));
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
    writeFileSync(join(modelsDir, file), bytes);
    await expect(registryOf(modelsDir).load('fraud_detector')).rejects.toMatchObject({ code: 'ML_CHECKSUM_MISMATCH' });
  });

  it('Avoid loading models from untrusted sources', async () => {
    const marker = join(temporaryFolder(), 'marker');
    const evil = registryOf(layOut({ 'trained/evil_v1.pkl': malicious(marker) }));
    await expect(evil.load('evil')).rejects.toMatchObject({ code: 'ML_FORMAT_UNSAFE' });
    expect(existsSync(marker)).toBe(false);
    // What is harmless to read may still not be the model that was released: a lock says which one was.
    const modelsDir = oneModel();
    const lockFile = join(temporaryFolder(), 'models.lock.json');
    await lockModels({ modelsDir, lockFile, env: {} });
    const options = { authenticity: { lockFile } };
    await registryOf(modelsDir, options).load('fraud_detector');
    put(join(modelsDir, 'trained/fraud_detector_v1_20240101.pkl'), trained('tumor_classifier_v1_20240115.pkl'));
    const changed = registryOf(modelsDir, options).load('fraud_detector');
    await expect(changed).rejects.toMatchObject({ code: 'ML_LOCK_MISMATCH' });
  });

  it('Implement access controls for sensitive models', async () => {
    const registry = registryOf(oneModel(), {
      access: [{ model: 'fraud_*', actions: ['predict'], allow: ['analyst'] }],
    });
    const ask = () => registry.model('fraud_detector').predict(rows);
    await expect(ask()).rejects.toMatchObject({ code: 'ML_ACCESS_DENIED' });
    await expect(runAs({ id: 'bert', roles: ['guest'] }, ask)).rejects.toMatchObject({ code: 'ML_ACCESS_DENIED' });
    expect(await runAs({ id: 'anna', roles: ['analyst'] }, ask)).toEqual(expected['predict']);
  });
});

/** The address of a server on loopback that ends with the test. */
async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function registryFromEnvironment(env: Record<string, string>): MLServiceRegistry {
  const registry = new MLServiceRegistry({ env });
  onTestFinished(() => registry.close());
  return registry;
}

describe('Deployment Notes', () => {
  it('Models are automatically discovered by the ML service registry', async () => {
    const modelsDir = oneModel();
    const registry = registryOf(modelsDir);
    const labels = async () => (await registry.models()).map(({ name, label }) => `${name} ${label}`).sort();
    expect(await labels()).toEqual(['fraud_detector v1']);
    put(join(modelsDir, 'trained/fraud_detector_v2_20240301.joblib'), V2);
    registry.refresh();
    expect(await labels()).toEqual(['fraud_detector v1', 'fraud_detector v2']);
    expect((await registry.load('fraud_detector')).info.version).toBe('v2');
  });

  it('Use environment variables to specify model paths', async () => {
    const modelsDir = oneModel();
    const elsewhere = join(temporaryFolder(), 'other.joblib');
    put(elsewhere, V2);
    const inDirectory = registryFromEnvironment({ ML_MODELS_DIR: modelsDir });
    expect((await inDirectory.load('fraud_detector')).info.path).toContain(modelsDir);
    const named = registryFromEnvironment({ ML_MODELS_DIR: modelsDir, ML_MODEL_FRAUD_DETECTOR_PATH: elsewhere });
    expect((await named.load('fraud_detector')).info.sha256).toBe(sha256Of(elsewhere));
  });

  it('Consider using model serving platforms for production', async () => {
    const url = await listen(createInferenceHandler(registryOf(oneModel())));
    const columns = Object.entries(rows[0] as unknown as Record<string, unknown>).map(([name, value]) => {
      const datatype = typeof value === 'string' ? 'BYTES' : 'FP64';
      return { name, datatype, shape: [1], data: [value] };
    });
    const response = await fetch(`${url}/v2/models/fraud_detector/infer`, {
      method: 'POST',
      body: JSON.stringify({ parameters: { content_type: 'pd' }, inputs: columns, outputs: [{ name: 'predict' }] }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      model_name: 'fraud_detector',
      outputs: [{ name: 'predict', data: [expected['predict']?.[0]] }],
    });
  });

  it('Implement health checks for model availability', async () => {
    const registry = registryOf(oneModel(), { required: ['fraud_detector@v1'] });
    const url = await listen(createHealthHandler(registry));
    const statusOf = async (path: string) => (await fetch(`${url}${path}`)).status;
    expect([await statusOf('/health/live'), await statusOf('/health/ready')]).toEqual([200, 503]);
    expect(await registry.ready()).toMatchObject({ ready: true });
    expect([await statusOf('/health/ready'), await statusOf('/health/models/fraud_detector')]).toEqual([200, 200]);
  });
});
