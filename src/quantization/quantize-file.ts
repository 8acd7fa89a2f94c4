import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { access } from 'node:fs/promises';
import { ArtefactError } from '../errors/artefact-error.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { QuantizeError } from '../errors/quantize-error.ts';
import { openArtefact } from '../repository/artefact-reader.ts';
import { errnoOf, writeAsNew } from '../internal/durable.ts';
import { loadModel } from '../service/load-model.ts';
import { configure } from '../service/registry-config.ts';
import type { Model } from '../spec/model.ts';
import { type Answers, answersOf, type Question } from './answers.ts';
import { changesOf } from './answer-changes.ts';
import type { AnswerChange, QuantizationReport, QuantizeOptions } from './quantize-options.ts';
import { rewriteFile } from './rewrite-file.ts';

/** Of `maxChange`, by method: a step of 8 bits is 0.4 % of the range, one of half precision 0.05 %. */
const MAX_CHANGE = { int8: 0.05, float16: 0.005 } as const;

/** See `quantizeModel`. */
export async function quantizeFile(path: string, options: QuantizeOptions): Promise<QuantizationReport> {
  const { method, metadata, maxChange = MAX_CHANGE[method], maxLabelChanges = 0 } = options;
  const question = questionOf(options);
  const output = await newFile(options.output);
  const { limits } = configure({});
  const signal = options.signal ?? new AbortController().signal;
  const artefact = await openArtefact(undefined, path, { kind: 'file', maxBytes: limits.maxModelBytes, signal });
  const { bytes, smaller, kept, sizeBefore } = await rewriteFile(artefact, method, limits);
  if (smaller.length === 0) {
    const reasons = [...new Set(kept.map(({ weight, reason }) => `${weight}: ${reason}`))].slice(0, 5).join('; ');
    throw new QuantizeError(
      'ML_QUANTIZE_NOTHING',
      `${path} has no weight that ${method} makes smaller${reasons === '' ? '' : ` (${reasons})`}`,
      { details: { kept } },
    );
  }
  const settings = { execution: { place: 'inline' }, signal, ...(metadata !== undefined && { metadata }) } as const;
  const before = await asked(await loadModel(path, settings), question, (sha256) => {
    if (sha256 !== artefact.sha256)
      throw new ArtefactError('ML_ARTEFACT_CHANGED', `${path} changed while it was quantised; try again`);
  });
  // Its checksum and size are no longer those of the metadata.
  const small = await loadModel({ bytes, name: artefact.name }, { ...settings, verification: 'off' });
  const after = await asked(small, question);
  const changes = changesOf(before.answers, after.answers);
  refuse(changes, { path, method, maxChange, maxLabelChanges, rows: before.rows });
  await writeOutput(output, bytes);
  return {
    path,
    output,
    method,
    bytes: { before: sizeBefore, after: bytes.byteLength },
    sha256: createHash('sha256').update(bytes).digest('hex'),
    smaller,
    kept,
    rows: before.rows,
    changes,
    microseconds: { before: before.microseconds, after: after.microseconds },
  };
}

async function writeOutput(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeAsNew(path, (file) => file.writeFile(bytes));
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    throw new ConfigurationError('ML_OPTIONS_INVALID', `${path} came into being meanwhile; name a new file`);
  }
}

/** @throws `ML_OPTIONS_INVALID` */
function questionOf({ method, rows, feeds, metadata, maxChange = 0, maxLabelChanges = 0 }: QuantizeOptions): Question {
  if (method !== 'int8' && method !== 'float16')
    throw new ConfigurationError(
      'ML_OPTIONS_INVALID',
      `options.method must be 'int8' or 'float16', got ${String(method)}`,
    );
  for (const [name, bound] of Object.entries({ maxChange, maxLabelChanges })) {
    if (typeof bound !== 'number' || !(bound >= 0))
      throw new ConfigurationError('ML_OPTIONS_INVALID', `options.${name} must be a number from 0 on, got ${bound}`);
  }
  if (feeds !== undefined) return { feeds };
  const given = rows ?? metadata?.samples?.rows;
  if (given === undefined || (Array.isArray(given) && given.length === 0)) {
    throw new ConfigurationError(
      'ML_OPTIONS_INVALID',
      'a smaller model is compared with the original: give options.rows (or feeds for a graph without rows), or metadata with samples',
    );
  }
  return { rows: given as NonNullable<QuantizeOptions['rows']> };
}

async function newFile(path: string): Promise<string> {
  const absolute = resolve(path);
  const there = (one: string): Promise<boolean> =>
    access(one).then(
      () => true,
      () => false,
    );
  if (await there(absolute))
    throw new ConfigurationError('ML_OPTIONS_INVALID', `options.output ${absolute} exists; name a new file`);
  if (!(await there(dirname(absolute))))
    throw new ConfigurationError(
      'ML_OPTIONS_INVALID',
      `options.output: the folder ${dirname(absolute)} does not exist`,
    );
  return absolute;
}

async function asked(
  model: Model,
  question: Question,
  check: (sha256: string) => void = () => undefined,
): Promise<Answers> {
  try {
    check(model.info.sha256);
    return await answersOf(model, question);
  } finally {
    await model.dispose();
  }
}

interface Bounds {
  readonly path: string;
  readonly method: string;
  readonly maxChange: number;
  readonly maxLabelChanges: number;
  readonly rows: number;
}

function refuse(changes: readonly AnswerChange[], { path, method, maxChange, maxLabelChanges, rows }: Bounds): void {
  for (const { answer, change, row, labels } of changes) {
    const share = labels / Math.max(1, rows);
    // Not `change > maxChange`: NaN is no small difference.
    if (change <= maxChange && share <= maxLabelChanges) continue;
    const what =
      share > maxLabelChanges
        ? `${labels} of ${rows} labels differ, the bound is ${maxLabelChanges * rows}`
        : `row ${row} differs by ${change.toPrecision(3)}, the bound is ${maxChange}`;
    throw new QuantizeError(
      'ML_QUANTIZE_CHANGED',
      `${path} as ${method} answers ${answer} too differently: ${what}; nothing was written`,
      { details: { changes, maxChange, maxLabelChanges } },
    );
  }
}
