import * as z from 'zod/mini';
import { once } from '../internal/once.ts';
import type { LoaderRegistry } from '../loaders/loader-registry.ts';
import { FALLBACKS, PLACES } from './environment.ts';

const isLoader = (value: unknown): boolean => typeof value === 'object' && value !== null && 'load' in value;
export const isRegistry = (value: unknown): value is LoaderRegistry =>
  typeof value === 'object' && value !== null && 'find' in value && 'reads' in value;

/** What `RegistryOptions` have to be; made when the first registry is. */
export const registrySchema: () => z.ZodMiniType = once(() => {
  const positive = z.optional(z.int('a whole number').check(z.positive('a positive number')));
  const notNegative = z.optional(z.int('a whole number').check(z.nonnegative('zero or a positive number')));
  const text = z.string('a string').check(z.minLength(1, 'a non-empty string'));
  const place = z.optional(z.enum(PLACES, PLACES.map((one) => `'${one}'`).join(', ')));
  const signer = z.union(
    [
      z.strictObject({ publicKey: text }),
      z.strictObject({ certificateRoots: text }),
      z.strictObject({
        sigstore: z.strictObject({
          identity: text,
          issuer: text,
          trustedRoot: z.union([text, z.record(z.string(), z.unknown())]),
        }),
      }),
    ],
    'one of { publicKey }, { certificateRoots } and { sigstore: { identity, issuer, trustedRoot } }',
  );
  const authenticity = z.optional(
    z.strictObject(
      {
        policy: z.optional(z.enum(['require', 'ifPresent', 'off'], "'require', 'ifPresent' or 'off'")),
        lockFile: z.optional(text),
        signatures: z.optional(
          z.array(signer, 'an array of signers').check(z.minLength(1, 'an array of one or more signers')),
        ),
        ignorePaths: z.optional(z.array(text, 'an array of paths')),
      },
      'an object { policy?, lockFile?, signatures?, ignorePaths? }',
    ),
  );
  const callback = z.optional(z.custom((v) => typeof v === 'function', 'a function'));
  const pem = z.optional(z.custom((v) => typeof v === 'string' || v instanceof Uint8Array, 'PEM text or bytes'));
  const order = z.enum(FALLBACKS, FALLBACKS.map((one) => `'${one}'`).join(' or '));
  const remote = z.optional(
    z.strictObject(
      {
        headers: callback,
        tls: z.optional(
          z.strictObject(
            { ca: pem, cert: pem, key: pem, servername: z.optional(text) },
            'an object { ca?, cert?, key?, servername? }',
          ),
        ),
        connections: positive,
        timeoutMs: positive,
        connectTimeoutMs: positive,
        maxResponseBytes: positive,
        retries: notNegative,
        failures: positive,
        pauseMs: positive,
        rowsIndependent: z.optional(z.boolean('a boolean')),
        outputs: z.optional(z.record(z.string(), text, 'an object of output names by method')),
      },
      'an object',
    ),
  );
  const fallback = z.optional(
    z.union(
      [order, z.strictObject({ order, path: z.optional(text), version: z.optional(text) })],
      "'remote-first', 'local-first' or an object { order, path?, version? }",
    ),
  );
  const loaderOptions = z.optional(
    z.record(z.string(), z.record(z.string(), z.unknown(), 'an object'), 'an object by loader name'),
  );

  return z.strictObject(
    {
      modelsDir: z.optional(text),
      repository: z.optional(
        z.custom((v) => typeof v === 'object' && v !== null && 'index' in v && 'open' in v, 'a ModelRepository'),
      ),
      loaders: z.optional(
        z.custom(
          (v) => isRegistry(v) || (Array.isArray(v) && v.every(isLoader)),
          'an array of loaders or a LoaderRegistry',
        ),
      ),
      loaderOptions,
      authenticity,
      verification: z.optional(z.enum(['require', 'ifPresent', 'off'], "'require', 'ifPresent' or 'off'")),
      strictExtensions: z.optional(z.boolean('a boolean')),
      fileNamePattern: z.optional(
        z.custom((v) => v instanceof RegExp && v.source.includes('(?<name>'), 'a RegExp with the named group `name`'),
      ),
      formatPreference: z.optional(z.array(text, 'an array of file extensions')),
      aliases: z.optional(
        z.record(z.string(), z.record(z.string(), text, 'an object of versions'), 'an object by model name'),
      ),
      models: z.optional(
        z.record(
          z.string(),
          z.strictObject(
            {
              path: z.optional(text),
              version: z.optional(text),
              place,
              remote,
              fallback,
              loaderOptions,
              engine: z.optional(z.literal('python', "'python'")),
            },
            'an object { path?, version?, place?, remote?, fallback?, loaderOptions?, engine? }',
          ),
          'an object by model name',
        ),
      ),
      watch: z.optional(z.boolean('a boolean')),
      swapOnChange: z.optional(
        z.union(
          [z.boolean(), z.enum(['availability-first', 'memory-first'])],
          "a boolean, 'availability-first' or 'memory-first'",
        ),
      ),
      cache: z.optional(
        z.strictObject(
          {
            maxBytes: positive,
            idleTtlMs: positive,
            pinned: z.optional(z.array(text, 'an array of model names')),
            minResidencyMs: notNegative,
            maxWaitMs: notNegative,
          },
          'an object',
        ),
      ),
      limits: z.optional(
        z.strictObject(
          {
            maxModelBytes: positive,
            maxMetadataBytes: positive,
            maxNesting: positive,
            maxElements: positive,
            maxFiles: positive,
          },
          'an object',
        ),
      ),
      loadTimeoutMs: positive,
      execution: z.optional(
        z.strictObject(
          {
            place,
            inlineMaxBytes: notNegative,
            maxHoldMs: positive,
            killAfterMs: positive,
            maxRestarts: notNegative,
            restartMs: notNegative,
            warmUp: z.optional(z.boolean('a boolean')),
          },
          'an object',
        ),
      ),
      admission: z.optional(
        z.strictObject(
          {
            maxQueue: positive,
            maxQueuedBytes: positive,
            maxConcurrency: positive,
            maxWaitMs: positive,
            maxTotalQueue: positive,
            maxTotalQueuedBytes: positive,
            maxTotalConcurrency: positive,
          },
          'an object',
        ),
      ),
      batching: z.optional(z.strictObject({ maxRows: positive, inlineMs: positive, workerMs: positive }, 'an object')),
      backoff: z.optional(
        z.strictObject({ initialMs: notNegative, maxMs: notNegative }, 'an object { initialMs?, maxMs? }'),
      ),
      extraFeatures: z.optional(z.enum(['ignore', 'warn', 'error'], "'ignore', 'warn' or 'error'")),
      validateInput: z.optional(z.enum(['off', 'warn', 'error'], "'off', 'warn' or 'error'")),
      sidecar: z.optional(
        z.union(
          [
            z.enum(['off', 'auto']),
            z.strictObject({
              mode: z.optional(z.enum(['off', 'auto'])),
              python: z.optional(text),
              cacheDir: z.optional(text),
              sandbox: z.optional(z.enum(['require', 'best-effort', 'off'])),
              timeoutMs: positive,
              memoryBytes: positive,
              maxCacheBytes: positive,
            }),
          ],
          "'off', 'auto' or an object { mode?, python?, cacheDir?, sandbox?, timeoutMs?, memoryBytes?, maxCacheBytes? }",
        ),
      ),
      required: z.optional(
        z.union(
          [z.literal('services'), z.array(text.check(z.regex(/^[^@].*[^@]$|^[^@]$/, '`name` or `name@version`')))],
          "'services' or an array of `name` or `name@version`",
        ),
      ),
      retryRequired: z.optional(z.boolean('a boolean')),
      encryption: z.optional(
        z.strictObject(
          { key: z.custom((v) => typeof v === 'function', 'a function that gives a key by its id') },
          'an object { key }',
        ),
      ),
      filePermissions: z.optional(z.enum(['off', 'warn', 'error'], "'off', 'warn' or 'error'")),
      // Judged where the rules are compiled.
      access: z.optional(z.unknown()),
      remote,
      env: z.optional(z.custom((v) => typeof v === 'object' && v !== null, 'an object of environment variables')),
      clock: z.optional(z.custom((v) => typeof v === 'object' && v !== null && 'now' in v, 'a Clock')),
    },
    'an object',
  );
});
