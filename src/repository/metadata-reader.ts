import * as z from 'zod/mini';
import { MetadataError } from '../errors/metadata-error.ts';
import type { ModelMetadata } from '../spec/metadata.ts';

/** What one JSON file in the models directory turned out to be. */
export type MetadataDocument =
  | { readonly kind: 'models'; readonly models: readonly ModelMetadata[]; readonly rejected: readonly Rejected[] }
  /** `feature_names.json`: feature names by model name. */
  | { readonly kind: 'features'; readonly features: ReadonlyMap<string, readonly string[]> }
  /** `aliases.json`: versions by alias by model name. */
  | { readonly kind: 'aliases'; readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>> }
  /** `metrics.json`: metrics by model name, or by model name and version. */
  | { readonly kind: 'metrics'; readonly metrics: ReadonlyMap<string, Readonly<Record<string, unknown>>> }
  /** Anything else: notes, or a model in JSON. */
  | { readonly kind: 'other' };

/** Metadata that cannot be used, and which models it speaks of as far as can be told. */
export interface Rejected {
  readonly error: MetadataError;
  readonly names: readonly string[];
  readonly paths: readonly string[];
}

const MAX_DEPTH = 32;
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const text = z.string('text');
const rows = z.array(z.unknown(), 'an array of rows, or an object { rows, predict?, predict_proba?, ... }');
const answers = z.optional(z.array(z.unknown(), 'an array with one answer per row'));
const samples = z.union(
  [
    z.pipe(
      rows,
      z.transform((given) => ({ rows: given })),
    ),
    z
      .object({ rows, predict: answers, predict_proba: answers, decision_function: answers, transform: answers })
      .check(
        z.refine(
          ({ rows: asked, ...given }) =>
            Object.values(given).every((one) => one === undefined || one.length === asked.length),
          'samples with as many answers as rows',
        ),
      ),
  ],
  'an array of rows, or an object { rows, predict?, predict_proba?, decision_function?, transform? }',
);
const schema = z.object({
  name: text.check(z.minLength(1, 'non-empty text')),
  version: z.nullish(z.union([text, z.number()], 'text')),
  description: z.nullish(text),
  algorithm: z.nullish(text),
  framework: z.nullish(text),
  framework_version: z.nullish(text),
  created_at: z.nullish(text),
  trained_on: z.nullish(text),
  features: z.nullish(z.array(text, 'an array of feature names')),
  target: z.nullish(z.union([text, z.array(text)], 'text or an array of text')),
  metrics: z.nullish(z.record(z.string(), z.unknown(), 'an object')),
  file_path: z.nullish(text),
  file_size: z.nullish(z.union([text, z.int().check(z.nonnegative())], 'a number of bytes or a size such as "2.5MB"')),
  checksum: z.nullish(text),
  files: z.nullish(z.record(z.string(), text, 'an object of checksums by path')),
  classes: z.nullish(z.array(z.union([text, z.number(), z.boolean()]), 'an array of labels')),
  samples: z.nullish(samples),
  // Judged where a contract is asked for: what nobody asks for must not keep a model from loading.
  input_schema: z.nullish(z.unknown()),
  outputs: z.nullish(z.record(z.string(), text, 'an object of output names by role')),
});
const KNOWN: ReadonlySet<string> = new Set(Object.keys(schema.shape));

/**
 * Reads a JSON file that may describe models: one object, an array of them, feature names, aliases.
 *
 * @param source its path, for messages and to tell `feature_names.json` and `aliases.json`
 * @throws `ML_METADATA_INVALID` naming the field
 */
export function readMetadata(json: string, source: string): MetadataDocument {
  const document = parse(json, source);
  const fileName = source.slice(source.lastIndexOf('/') + 1);
  if (fileName === 'aliases.json') return { kind: 'aliases', aliases: aliasesIn(document, source) };
  if (fileName === 'feature_names.json' && isRecord(document))
    return { kind: 'features', features: featuresIn(document) };
  if (fileName === 'metrics.json' && isRecord(document) && !describesModel(document))
    return { kind: 'metrics', metrics: new Map(Object.entries(document).filter(byModel)) };
  const isArray = Array.isArray(document);
  const described: readonly unknown[] = isArray ? document : [document];
  if (!described.some(describesModel)) return { kind: 'other' };
  const models: ModelMetadata[] = [];
  const rejected: Rejected[] = [];
  for (const [i, item] of described.entries()) {
    try {
      models.push(modelIn(item, isArray ? `[${i}].` : '', source));
    } catch (error) {
      if (!(error instanceof MetadataError)) throw error;
      const { name, file_path: path } = isRecord(item) ? item : {};
      rejected.push({ error, names: [name].filter(isText), paths: [path].filter(isText) });
    }
  }
  return { kind: 'models', models, rejected };
}

/** Which models a text speaks of that is no JSON: what stands after `"name"` and `"file_path"`. */
export function subjectsOf(json: string): Pick<Rejected, 'names' | 'paths'> {
  const after = (field: string): string[] =>
    Array.from(
      json.matchAll(new RegExp(`"${field}"\\s{0,9}:\\s{0,9}"([^"\\\\]{1,999})"`, 'g')),
      ([, text = '']) => text,
    );
  return { names: after('name'), paths: after('file_path') };
}

function parse(json: string, source: string): unknown {
  try {
    const document: unknown = JSON.parse(json.startsWith('\u{feff}') ? json.slice(1) : json);
    checkStructure(document, source);
    return document;
  } catch (error) {
    if (error instanceof MetadataError) throw error;
    const hint = /\b(?:NaN|Infinity)\b/.test(json) ? '; write null for NaN and Infinity, which JSON does not have' : '';
    throw invalid(source, `it is no valid JSON (${error instanceof Error ? error.message : String(error)})${hint}`);
  }
}

/** Bounds the depth and refuses names that could reach an object's prototype. */
function checkStructure(document: unknown, source: string): void {
  let level: unknown[] = [document];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw invalid(source, `it is nested more than ${MAX_DEPTH} deep`);
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      for (const key of Object.keys(value)) {
        if (FORBIDDEN.has(key)) throw invalid(source, `the field name "${key}" is not allowed`);
        next.push((value as Record<string, unknown>)[key]);
      }
    }
    level = next;
  }
}

/**
 * A model's metadata has a path or a checksum, or a name and at least one more of the contract's
 * fields. One that lacks its name is thus reported, not passed over with its checksum.
 */
function describesModel(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value)) return false;
  if ('file_path' in value || 'checksum' in value) return true;
  return 'name' in value && Object.keys(value).some((key) => key !== 'name' && KNOWN.has(key));
}

function modelIn(value: unknown, prefix: string, source: string): ModelMetadata {
  if (!isRecord(value)) throw invalid(source, `${prefix.replace(/\.$/, '')} must be an object`);
  const checked = z.safeParse(schema, value);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw invalid(source, `${prefix}${issue?.path.join('.')} must be ${issue?.message}`);
  }
  const { name, version, ...fields } = checked.data;
  // Plain loops: thousands of these are read at once.
  const present: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(fields)) if (field !== null && field !== undefined) present[key] = field;
  const extra: Record<string, unknown> = {};
  for (const key of Object.keys(value)) if (!KNOWN.has(key)) extra[key] = value[key];
  return { ...present, name, version: version === null || version === undefined ? '' : String(version), extra };
}

function featuresIn(document: Record<string, unknown>): Map<string, readonly string[]> {
  const features = new Map<string, readonly string[]>();
  for (const [name, names] of Object.entries(document)) {
    if (Array.isArray(names) && names.every((item): item is string => typeof item === 'string'))
      features.set(name, names);
  }
  return features;
}

function aliasesIn(document: unknown, source: string): Record<string, Record<string, string>> {
  const checked = z.safeParse(z.record(z.string(), z.record(z.string(), z.string())), document);
  if (!checked.success) throw invalid(source, 'it must be { model: { alias: version } }');
  return checked.data;
}

function byModel(entry: [string, unknown]): entry is [string, Record<string, unknown>] {
  return isRecord(entry[1]);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(source: string, what: string): MetadataError {
  return new MetadataError('ML_METADATA_INVALID', `${source}: ${what}`, { details: { source } });
}
