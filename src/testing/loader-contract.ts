import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { DenseTensor } from '../data/dense-tensor.ts';
import { countRows, isTensor } from '../data/rows.ts';
import { ArtefactError } from '../errors/artefact-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { Limits } from '../spec/limits.ts';
import type { ModelMetadata } from '../spec/metadata.ts';
import type { Awaitable, LoadContext, LoadedModel, ModelLoader, ModelWarning } from '../spec/model-loader.ts';
import type { CallOptions, RowMethod } from '../spec/model.ts';
import type { Rows } from '../spec/rows.ts';
import { assertClose } from './close-to.ts';
import type { TestRunner } from './test-runner.ts';

/** A good file and what its model must answer. */
export interface LoaderContractSubject {
  readonly loader: ModelLoader;
  /** A good file: its name, content, and the files beside it that it needs, by relative path. */
  readonly artefact: {
    readonly name: string;
    readonly bytes: Uint8Array;
    readonly beside?: Readonly<Record<string, Uint8Array>>;
  };
  readonly rows: Rows;
  /** What the methods must give for `rows`, matrices as nested arrays. */
  readonly expected: Readonly<Partial<Record<RowMethod, readonly unknown[]>>>;
  /** How far numbers may be off. Default 1e-12. */
  readonly tolerance?: number;
  readonly metadata?: ModelMetadata;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Inputs that must each be refused with an `MLServiceError`. */
  readonly badRows?: Readonly<Record<string, Rows>>;
}

/** Prefixes of the good file that are tried as truncated files. */
const TRUNCATIONS = 64;

const LIMITS: Limits = {
  maxModelBytes: 2 ** 30,
  maxMetadataBytes: 2 ** 20,
  maxNesting: 64,
  maxElements: 1_000_000,
  maxFiles: 1_000,
};

/**
 * What every loader must do, as tests of your runner:
 *
 * ```ts
 * import { describe, it } from 'node:test';
 * loaderContract({ describe, it }, { loader, artefact: { name, bytes }, rows, expected: { predict: [1, 0] } });
 * ```
 */
export function loaderContract({ describe, it }: TestRunner, subject: LoaderContractSubject): void {
  const { loader } = subject;
  describe(`loader "${loader.name}" keeps the contract`, () => {
    describe('its shape', () => describeShape(it, loader));
    describe('a good file', () => describeGoodFile(it, subject));
    describe('bad files', () => describeBadFiles(it, subject));
    describe('scan', () => describeScan(it, subject));
  });
}

function describeShape(it: TestRunner['it'], loader: ModelLoader): void {
  it('has a name, file extensions in lower case without a dot, and load()', async () => {
    assert.match(loader.name, /\S/, 'name must not be empty');
    assert.ok(loader.formats.length > 0, 'formats must not be empty');
    for (const format of loader.formats) assert.match(format, /^[^.A-Z][^A-Z]*$/, `format "${format}"`);
    assert.equal(typeof loader.load, 'function');
  });

  it('declares its optional members in the right types', async () => {
    assert.ok(loader.specVersion === undefined || loader.specVersion === 'v1', 'specVersion must be "v1"');
    for (const name of loader.dependencies ?? []) assert.equal(typeof name, 'string', 'dependencies must be strings');
    for (const [name, value] of Object.entries(loader.capabilities ?? {})) assert.equal(typeof value, 'boolean', name);
  });
}

function describeGoodFile(it: TestRunner['it'], subject: LoaderContractSubject): void {
  const { loader, rows, expected, tolerance = 1e-12 } = subject;

  it('is recognised by detect()', async () => {
    if (loader.detect !== undefined) assert.equal(loader.detect(contentOf(subject)), true);
  });

  it('loads without changing the bytes, in the order of the phases', async () => {
    const before = digest(subject.artefact.bytes);
    const phases: string[] = [];
    const model = await loader.load(contextOf(subject, { phase: (phase) => phases.push(phase) }));
    await model.dispose?.();
    assert.equal(digest(subject.artefact.bytes), before, 'load() changed the bytes it was given');
    const order = ['parse', 'build', 'warm-up'];
    assert.deepEqual(
      phases,
      phases.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
      'phases must be told in order',
    );
  });

  it('says its size in bytes, if it says it', async () => {
    await using(subject, async ({ byteSize = 0 }) => {
      assert.ok(Number.isFinite(byteSize) && byteSize >= 0, `byteSize is ${byteSize}`);
      if (loader.capabilities?.reportsByteSize === true) assert.ok(byteSize > 0, 'reportsByteSize without byteSize');
    });
  });

  for (const [method, answer] of Object.entries(expected) as [RowMethod, readonly unknown[]][]) {
    it(`${method}() gives the expected answers, one per row, each time`, async () => {
      await using(subject, async (model) => {
        for (let time = 0; time < 2; time++) {
          const actual = await call(model, method, rows);
          assert.equal(actual.length, countRows(rows) ?? actual.length, 'one answer per row');
          assertClose(actual, answer, tolerance);
        }
      });
    });
  }

  it('answers calls at the same time as it answers one', async () => {
    await using(subject, async (model) => {
      const methods = Object.keys(expected) as RowMethod[];
      const calls = Array.from({ length: 8 }, (_, i) => methods[i % methods.length]).filter((one) => one !== undefined);
      const answers = await Promise.all(calls.map((method) => call(model, method, rows)));
      for (const [i, method] of calls.entries()) assertClose(answers[i], expected[method], tolerance);
    });
  });

  it('gives no answers for no rows', async () => {
    await using(subject, async (model) => {
      for (const method of Object.keys(expected) as RowMethod[])
        assert.equal((await call(model, method, [])).length, 0, method);
    });
  });

  for (const [name, bad] of Object.entries(subject.badRows ?? {})) {
    it(`refuses ${name} with an MLServiceError`, async () => {
      await using(subject, async (model) => {
        for (const method of Object.keys(expected) as RowMethod[])
          await assert.rejects(async () => call(model, method, bad), isTyped, method);
      });
    });
  }

  it('can be loaded and disposed again and again', async () => {
    for (let i = 0; i < 3; i++) await using(subject, () => Promise.resolve());
  });

  it('stops when its signal aborts, if it says so', async () => {
    if (loader.capabilities?.abortable !== true) return;
    const context = contextOf(subject, { signal: AbortSignal.abort(new Error('enough')) });
    await assert.rejects(async () => loader.load(context));
  });
}

function describeBadFiles(it: TestRunner['it'], subject: LoaderContractSubject): void {
  const { artefact } = subject;

  it('detect() gives a boolean for any bytes', async () => {
    const { loader } = subject;
    if (loader.detect === undefined) return;
    for (const bytes of badFiles(artefact.bytes))
      assert.equal(typeof loader.detect(contentOf({ ...subject, artefact: { ...artefact, bytes } })), 'boolean');
  });

  it('an empty, truncated or scrambled file loads or is refused with an MLServiceError', async () => {
    for (const bytes of badFiles(artefact.bytes)) {
      const context = contextOf({ ...subject, artefact: { ...artefact, bytes } });
      await typedOrFine(bytes, async () => {
        const model = await subject.loader.load(context);
        await model.dispose?.();
      });
    }
  });
}

function describeScan(it: TestRunner['it'], subject: LoaderContractSubject): void {
  const { loader, artefact } = subject;

  it('finds nothing in the good file', async () => {
    if (loader.scan !== undefined) assert.deepEqual(await loader.scan(contextOf(subject)), []);
  });

  it('gives findings, or an MLServiceError, for any bytes', async () => {
    for (const bytes of badFiles(artefact.bytes)) {
      const context = contextOf({ ...subject, artefact: { ...artefact, bytes } });
      await typedOrFine(bytes, async () => {
        for (const finding of (await loader.scan?.(context)) ?? []) {
          assert.match(finding.code, /^ML_/);
          assert.ok(['unsafe', 'malformed', 'unsupported'].includes(finding.severity), finding.severity);
        }
      });
    }
  });
}

/** Truncated at many places, one byte changed at many places, empty, and text. */
function badFiles(good: Uint8Array): Uint8Array[] {
  const files = [new Uint8Array(0), new TextEncoder().encode('<!doctype html><title>404</title>')];
  const step = Math.max(1, Math.floor(good.length / TRUNCATIONS));
  for (let at = 0; at < good.length; at += step) {
    // Not slice(): a Buffer's shares its memory.
    const scrambled = Uint8Array.from(good);
    scrambled[at] = (scrambled[at] ?? 0) ^ 0xff;
    files.push(Uint8Array.from(good.subarray(0, at)), scrambled);
  }
  return files;
}

async function typedOrFine(bytes: Uint8Array, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    const start = Buffer.from(bytes.subarray(0, 16)).toString('hex');
    assert.ok(
      isTyped(error),
      `a file of ${bytes.length} bytes (${start}...) raised ${String(error)}, no MLServiceError`,
    );
  }
}

function isTyped(error: unknown): boolean {
  return MLServiceError.isInstance(error);
}

async function using(subject: LoaderContractSubject, work: (model: LoadedModel) => Promise<void>): Promise<void> {
  const model = await subject.loader.load(contextOf(subject));
  try {
    await work(model);
  } finally {
    await model.dispose?.();
  }
}

async function call(model: LoadedModel, method: RowMethod, rows: Rows): Promise<unknown[]> {
  const ask = model[method] as ((rows: Rows, options: CallOptions) => Awaitable<unknown>) | undefined;
  assert.ok(ask !== undefined, `the model has no ${method}()`);
  const answer = await ask.call(model, rows, {});
  return isTensor(answer)
    ? (DenseTensor.from(answer).toArray() as unknown[])
    : Array.from(answer as ArrayLike<unknown>);
}

function contentOf({ artefact: { name, bytes } }: LoaderContractSubject) {
  return { kind: 'file', name, bytes, entries: [] } as const;
}

function contextOf(subject: LoaderContractSubject, overrides: Partial<LoadContext> = {}): LoadContext {
  return {
    artefact: artefactOf(subject),
    metadata: subject.metadata,
    options: subject.options ?? {},
    limits: LIMITS,
    extraFeatures: 'ignore',
    signal: new AbortController().signal,
    phase: () => undefined,
    warn: (warning: ModelWarning) => assert.match(warning.code, /\S/),
    ...overrides,
  };
}

function artefactOf({ artefact: { name, bytes, beside = {} } }: LoaderContractSubject): Artefact {
  const files = new Map(Object.entries(beside));
  return {
    kind: 'file',
    name,
    path: undefined,
    bytes,
    size: bytes.length,
    sha256: digest(bytes),
    entries: [],
    read(relativePath) {
      const found = files.get(relativePath);
      if (found !== undefined) return Promise.resolve(found);
      return Promise.reject(new ArtefactError('ML_ARTEFACT_MISSING', `there is no ${relativePath} beside ${name}`));
    },
  };
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
