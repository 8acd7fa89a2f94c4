import { readFile } from 'node:fs/promises';
import type { Feeds, ModelMetadata, QuantizationReport, QuantizeOptions, Rows } from '../../index.ts';
import type { CliCall, CliCommand } from '../cli-command.ts';
import { readRowsFile } from '../read-rows-file.ts';
import { textOption } from '../text-option.ts';
import { humanBytes } from '../text.ts';

/** `quantize`: a smaller copy of an ONNX model, compared with the original. */
export const quantize: CliCommand<QuantizationReport> = {
  name: 'quantize',
  summary: 'writes an ONNX model with 8-bit or half-precision weights, after comparing its answers with the original',
  usage: '<file> <output>',
  options: [
    { flags: '--method <method>', summary: 'what the weights become (default int8)', choices: ['int8', 'float16'] },
    { flags: '--rows <file>', summary: 'JSON array of rows to compare with (default: samples of the metadata)' },
    { flags: '--feeds <file>', summary: 'JSON object of tensors { data, shape, dtype } by input, in place of rows' },
    { flags: '--metadata <file>', summary: "the model's metadata: feature names, outputs, samples" },
    { flags: '--max-change <share>', summary: 'largest change of a number (default: 0.05, float16 0.005)' },
    { flags: '--max-label-changes <share>', summary: 'largest share of labels that change (default 0)' },
  ],
  notes: 'Nothing is written where the answers change by more than the bounds; the exit code is 3 then.',
  async run({ args: [path = '', output = ''], options, out }) {
    const { quantizeModel } = await import('../../quantization/index.ts');
    out.progress(`quantising ${path}`);
    return quantizeModel(path, {
      method: (options['method'] ?? 'int8') as QuantizeOptions['method'],
      output,
      ...(await given(options)),
    });
  },
  async print(report, out) {
    const { path, output, bytes, method, smaller, kept, rows, changes, microseconds } = report;
    out.line(`${path} was written to ${output} as ${method}`, 'green');
    const share = (100 * bytes.after) / bytes.before;
    out.pairs([
      ['size', `${humanBytes(bytes.before)}, now ${humanBytes(bytes.after)} (${share.toFixed(0)} %)`],
      ['a call', `${microseconds.before.toFixed(0)} us, now ${microseconds.after.toFixed(0)} us, with ${rows} rows`],
      ['weights', `${smaller.length} made smaller, ${kept.length} as they were`],
    ]);
    await out.table(
      ['answer', 'largest change', 'in row', 'labels changed'],
      changes.map(({ answer, change, row, labels }) => [answer, change.toPrecision(3), String(row), String(labels)]),
    );
  },
};

async function given(options: CliCall['options']): Promise<Partial<QuantizeOptions>> {
  const json = async (name: string): Promise<unknown> => {
    const file = textOption(options, name);
    return file === undefined ? undefined : JSON.parse(await readFile(file, 'utf8'));
  };
  const number = (name: string): number | undefined =>
    options[name] === undefined ? undefined : Number(options[name]);
  const file = textOption(options, 'rows');
  const rows = file === undefined ? undefined : await readRowsFile(file);
  const [feeds, metadata] = [await json('feeds'), await json('metadata')];
  const [maxChange, maxLabelChanges] = [number('maxChange'), number('maxLabelChanges')];
  return {
    ...(rows !== undefined && { rows: rows as Rows }),
    ...(feeds !== undefined && { feeds: feeds as Feeds }),
    ...(metadata !== undefined && { metadata: metadata as ModelMetadata }),
    ...(maxChange !== undefined && { maxChange }),
    ...(maxLabelChanges !== undefined && { maxLabelChanges }),
  };
}
