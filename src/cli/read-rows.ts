import { readFile } from 'node:fs/promises';
import type { ModelSamples } from '../index.ts';

/** Columns of a CSV that hold what the original answered, not features. */
const ANSWERS: readonly (keyof ModelSamples)[] = ['predict', 'predict_proba', 'decision_function', 'transform'];

/**
 * Sample rows of a file: JSON as in metadata (an array of rows, or an object with `rows` and what is expected), or CSV
 * with a head. A CSV's numbers are numbers, an empty field is null, all else is text; a column named `predict` holds the
 * label expected.
 *
 * @throws `ML_OPTIONS_INVALID`
 */
export async function readSamples(path: string): Promise<ModelSamples> {
  const { ConfigurationError } = await import('../index.ts');
  const invalid = (what: string, cause?: unknown): Error =>
    new ConfigurationError('ML_OPTIONS_INVALID', `${path}: ${what}`, { details: { path }, cause });
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw invalid(`it cannot be read: ${String(error)}`, error);
  });
  if (/\.csv$/i.test(path)) {
    const samples = fromCsv(text.replace(/^\u{feff}/u, ''));
    if (samples === undefined) throw invalid('it is no CSV with a head and rows of as many fields');
    return samples;
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw invalid(`it is no JSON: ${String(error)}`, error);
  }
  const given: unknown = Array.isArray(document) ? { rows: document } : document;
  if (isSamples(given)) return given;
  throw invalid(
    'it must be an array of rows, or an object { rows, predict?, predict_proba?, ... } with an answer per row',
  );
}

function isSamples(value: unknown): value is ModelSamples {
  if (typeof value !== 'object' || value === null || !('rows' in value) || !Array.isArray(value.rows)) return false;
  const { rows } = value;
  return (
    rows.length > 0 &&
    Object.entries(value).every(
      ([key, answers]) =>
        key === 'rows' ||
        ((ANSWERS as readonly string[]).includes(key) && Array.isArray(answers) && answers.length === rows.length),
    )
  );
}

function fromCsv(text: string): ModelSamples | undefined {
  const [head, ...lines] = parseCsv(text);
  if (head === undefined || lines.length === 0 || lines.some((line) => line.length !== head.length)) return undefined;
  const predict: unknown[] = [];
  const rows = lines.map((line) => {
    const row: [string, unknown][] = [];
    for (const [i, name] of head.entries()) {
      if (name === 'predict') predict.push(valueOf(line[i] ?? ''));
      else row.push([name, valueOf(line[i] ?? '')]);
    }
    return Object.fromEntries(row);
  });
  return predict.length > 0 ? { rows, predict } : { rows };
}

/** Fields by line, as RFC 4180 writes them. Empty lines are left out. */
function parseCsv(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/gy;
  for (let match = field.exec(text); match !== null; match = field.exec(text)) {
    const [, raw = '', end] = match;
    line.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (end === ',') continue;
    if (line.length > 1 || line[0] !== '') lines.push(line);
    line = [];
    if (field.lastIndex >= text.length) return lines;
  }
  // A quote in the middle of a field: no line fits the head then.
  return [...lines, []];
}

function valueOf(field: string): unknown {
  if (field === '') return null;
  return field.trim() !== '' && Number.isFinite(Number(field)) ? Number(field) : field;
}
