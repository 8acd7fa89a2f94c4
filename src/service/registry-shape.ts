import {
  anyOf,
  arrayOf,
  boolean,
  checked,
  custom,
  integer,
  objectOf,
  oneOf,
  optional,
  recordOf,
  type Shape,
  string,
} from '../internal/shape.ts';
import type { LoaderRegistry } from '../loaders/loader-registry.ts';
import { FALLBACKS, PLACES } from './environment.ts';

const any: Shape = () => undefined;
const positive = optional(checked(integer('a whole number'), (n: number) => n > 0, 'a positive number'));
const notNegative = optional(checked(integer('a whole number'), (n: number) => n >= 0, 'zero or a positive number'));
const text = checked(string('a string'), (s: string) => s !== '', 'a non-empty string');
const place = optional(oneOf(PLACES, PLACES.map((one) => `'${one}'`).join(', ')));
const signer = anyOf(
  [
    objectOf({ publicKey: text }),
    objectOf({ certificateRoots: text }),
    objectOf({
      sigstore: objectOf({
        identity: text,
        issuer: text,
        trustedRoot: anyOf([text, recordOf(any, 'an object')], 'text or an object'),
      }),
    }),
  ],
  'one of { publicKey }, { certificateRoots } and { sigstore: { identity, issuer, trustedRoot } }',
);
const authenticity = optional(
  objectOf(
    {
      policy: optional(oneOf(['require', 'ifPresent', 'off'])),
      lockFile: optional(text),
      signatures: optional(
        checked(
          arrayOf(signer, 'an array of signers'),
          ({ length }: unknown[]) => length > 0,
          'an array of one or more signers',
        ),
      ),
      ignorePaths: optional(arrayOf(text, 'an array of paths')),
    },
    'an object { policy?, lockFile?, signatures?, ignorePaths? }',
  ),
);
const callback = optional(custom((v) => typeof v === 'function', 'a function'));
const pem = optional(custom((v) => typeof v === 'string' || v instanceof Uint8Array, 'PEM text or bytes'));
const order = oneOf(FALLBACKS);
const remote = optional(
  objectOf({
    headers: callback,
    tls: optional(
      objectOf(
        { ca: pem, cert: pem, key: pem, servername: optional(text) },
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
    rowsIndependent: optional(boolean('a boolean')),
    outputs: optional(recordOf(text, 'an object of output names by method')),
  }),
);
const fallback = optional(
  anyOf(
    [order, objectOf({ order, path: optional(text), version: optional(text) })],
    "'remote-first', 'local-first' or an object { order, path?, version? }",
  ),
);
const loaderOptions = optional(recordOf(recordOf(any, 'an object'), 'an object by loader name'));
const isLoader = (value: unknown): boolean => typeof value === 'object' && value !== null && 'load' in value;
export const isRegistry = (value: unknown): value is LoaderRegistry =>
  typeof value === 'object' && value !== null && 'find' in value && 'reads' in value;

/** What `RegistryOptions` have to be. */
export const registryShape: Shape = objectOf({
  modelsDir: optional(text),
  repository: optional(
    custom((v) => typeof v === 'object' && v !== null && 'index' in v && 'open' in v, 'a ModelRepository'),
  ),
  loaders: optional(
    custom((v) => isRegistry(v) || (Array.isArray(v) && v.every(isLoader)), 'an array of loaders or a LoaderRegistry'),
  ),
  loaderOptions,
  authenticity,
  verification: optional(oneOf(['require', 'ifPresent', 'off'])),
  strictExtensions: optional(boolean('a boolean')),
  fileNamePattern: optional(
    custom((v) => v instanceof RegExp && v.source.includes('(?<name>'), 'a RegExp with the named group `name`'),
  ),
  formatPreference: optional(arrayOf(text, 'an array of file extensions')),
  aliases: optional(recordOf(recordOf(text, 'an object of versions'), 'an object by model name')),
  models: optional(
    recordOf(
      objectOf(
        {
          path: optional(text),
          version: optional(text),
          place,
          remote,
          fallback,
          loaderOptions,
          engine: optional(oneOf(['python'])),
        },
        'an object { path?, version?, place?, remote?, fallback?, loaderOptions?, engine? }',
      ),
      'an object by model name',
    ),
  ),
  watch: optional(boolean('a boolean')),
  swapOnChange: optional(
    anyOf(
      [boolean('a boolean'), oneOf(['availability-first', 'memory-first'])],
      "a boolean, 'availability-first' or 'memory-first'",
    ),
  ),
  cache: optional(
    objectOf({
      maxBytes: positive,
      idleTtlMs: positive,
      pinned: optional(arrayOf(text, 'an array of model names')),
      minResidencyMs: notNegative,
      maxWaitMs: notNegative,
    }),
  ),
  limits: optional(
    objectOf({
      maxModelBytes: positive,
      maxMetadataBytes: positive,
      maxNesting: positive,
      maxElements: positive,
      maxFiles: positive,
    }),
  ),
  loadTimeoutMs: positive,
  execution: optional(
    objectOf({
      place,
      inlineMaxBytes: notNegative,
      maxHoldMs: positive,
      killAfterMs: positive,
      maxRestarts: notNegative,
      restartMs: notNegative,
      warmUp: optional(boolean('a boolean')),
    }),
  ),
  admission: optional(
    objectOf({
      maxQueue: positive,
      maxQueuedBytes: positive,
      maxConcurrency: positive,
      maxWaitMs: positive,
      maxTotalQueue: positive,
      maxTotalQueuedBytes: positive,
      maxTotalConcurrency: positive,
    }),
  ),
  batching: optional(objectOf({ maxRows: positive, inlineMs: positive, workerMs: positive })),
  backoff: optional(objectOf({ initialMs: notNegative, maxMs: notNegative }, 'an object { initialMs?, maxMs? }')),
  extraFeatures: optional(oneOf(['ignore', 'warn', 'error'])),
  validateInput: optional(oneOf(['off', 'warn', 'error'])),
  sidecar: optional(
    anyOf(
      [
        oneOf(['off', 'auto']),
        objectOf({
          mode: optional(oneOf(['off', 'auto'])),
          python: optional(text),
          cacheDir: optional(text),
          sandbox: optional(oneOf(['require', 'best-effort', 'off'])),
          timeoutMs: positive,
          memoryBytes: positive,
          maxCacheBytes: positive,
        }),
      ],
      "'off', 'auto' or an object { mode?, python?, cacheDir?, sandbox?, timeoutMs?, memoryBytes?, maxCacheBytes? }",
    ),
  ),
  required: optional(
    anyOf(
      [
        oneOf(['services']),
        arrayOf(
          checked(text, (s: string) => /^[^@].*[^@]$|^[^@]$/.test(s), '`name` or `name@version`'),
          'an array',
        ),
      ],
      "'services' or an array of `name` or `name@version`",
    ),
  ),
  retryRequired: optional(boolean('a boolean')),
  encryption: optional(
    objectOf(
      { key: custom((v) => typeof v === 'function', 'a function that gives a key by its id') },
      'an object { key }',
    ),
  ),
  filePermissions: optional(oneOf(['off', 'warn', 'error'])),
  // Judged where the rules are compiled.
  access: any,
  remote,
  env: optional(custom((v) => typeof v === 'object' && v !== null, 'an object of environment variables')),
  clock: optional(custom((v) => typeof v === 'object' && v !== null && 'now' in v, 'a Clock')),
});
