import { existsSync } from 'node:fs';
import type { Label, Model, Rows, Tensor } from '../../index.ts';
import type { CliCall, CliCommand } from '../cli-command.ts';
import { readRowsFile } from '../read-rows-file.ts';
import { jsonValue } from '../text.ts';

const METHODS = ['predict', 'predictProba', 'decisionFunction', 'transform', 'scoreSamples'] as const;

type Method = (typeof METHODS)[number];

/** What `predict` answers. */
export interface PredictResult {
  /** Path of the file. */
  readonly model: string;
  readonly version: string | undefined;
  readonly method: Method;
  /** In the order of the columns of `predictProba`. */
  readonly classes: readonly Label[] | undefined;
  /** One per row. */
  readonly answers: readonly unknown[];
}

/** `predict`: asks a model from the shell. */
export const predict: CliCommand<PredictResult> = {
  name: 'predict',
  summary: 'asks a model for the rows of a JSON file',
  usage: '<model> [version]',
  options: [
    { flags: '--rows <file>', summary: 'JSON array of rows, records or arrays; - for stdin (default: -)' },
    { flags: '--method <method>', summary: 'what to ask (default: predict, else transform)', choices: METHODS },
  ],
  notes: 'The model is a file or directory, or a name in the models directory.',
  async run(call) {
    const rows = await readRowsFile(typeof call.options['rows'] === 'string' ? call.options['rows'] : '-');
    const model = await open(call);
    try {
      const asked = call.options['method'] as Method | undefined;
      const method = asked ?? (model.methods.includes('predict') ? 'predict' : 'transform');
      const answers = await model[method](rows as Rows);
      const { info } = model;
      return {
        model: info.path ?? info.name,
        version: info.version,
        method,
        classes: info.classes,
        answers: rowsOf(answers),
      };
    } finally {
      await model.dispose();
    }
  },
  async print({ method, classes, answers }, out) {
    const names = method === 'predictProba' ? (classes ?? []).map(String) : [];
    const lists = answers.map((answer) => (Array.isArray(answer) ? answer : [answer]));
    const width = Math.max(0, ...lists.map((list) => list.length));
    const head = Array.from({ length: width }, (_, i) => names[i] ?? (width === 1 ? method : `${method} ${i}`));
    await out.table(
      ['ROW', ...head],
      lists.map((list, i) => [String(i), ...head.map((_, j) => textOf(list[j]))]),
    );
  },
};

async function open({ args: [name = '', version], registry }: CliCall): Promise<Model> {
  if (!existsSync(name)) return (await registry()).load(name, version);
  const { loadModel } = await import('../../index.ts');
  return loadModel(name);
}

/** One answer per row: labels as they are, matrices as arrays; several outputs side by side. */
function rowsOf(answers: readonly unknown[] | Tensor | Tensor[]): readonly unknown[] {
  if (!Array.isArray(answers)) return (answers as Tensor).toArray() as unknown[];
  const outputs = answers as readonly unknown[];
  if (!outputs.some(isMatrix)) return outputs;
  const matrices = outputs.map((output) => (output as Tensor).toArray() as unknown[]);
  return (matrices[0] ?? []).map((_, row) => matrices.map((matrix) => matrix[row]));
}

function isMatrix(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'toArray' in value;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, jsonValue) ?? '').replaceAll(/^"|"$/g, '');
}
