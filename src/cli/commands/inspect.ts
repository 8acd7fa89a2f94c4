import type { FileInspection, ValueInfo } from '../../index.ts';
import type { CliCommand } from '../cli-command.ts';
import type { Output } from '../output.ts';
import { humanBytes, jsonValue } from '../text.ts';
import { isTree, printTree } from '../tree.ts';

/** Names of features or classes shown to a person; `--json` has all. */
const MAX_SHOWN = 12;

/** Details that are shown in another way, or only by `--json`. */
const BULKY: ReadonlySet<string> = new Set(['tree', 'globals', 'summary']);

/** `inspect`: what one file is. */
export const inspect: CliCommand<FileInspection> = {
  name: 'inspect',
  summary: 'format, inputs, outputs, classes and digest of a model file or directory',
  usage: '<file>',
  notes: 'The file is looked at by itself: metadata of a models directory is not used.',
  async run({ args: [file = ''] }) {
    const { inspectFile } = await import('../../index.ts');
    return inspectFile(file);
  },
  async print(file, out) {
    const { classes, featureNames, inputs = [], outputs = [], details = {} } = file;
    out.pairs([
      ['file', file.path],
      ['format', file.format],
      ...(file.task === undefined ? [] : [['task', file.task] as const]),
      ...(file.engine === undefined ? [] : [['engine', file.engine] as const]),
      ['size', `${humanBytes(file.bytes)} (${file.bytes} bytes)`],
      ['sha256', file.sha256],
      ...(featureNames === undefined ? [] : [['features', shorten(featureNames)] as const]),
      ...(classes === undefined ? [] : [['classes', shorten(classes)] as const]),
      ...Object.entries(details)
        .filter(([name]) => !BULKY.has(name))
        .map(([name, value]) => [name, plain(value)] as const),
    ]);
    if (isTree(details['tree'])) {
      out.line();
      printTree(details['tree'], out);
    }
    await printLayers(details['summary'], out);
    await printValues('INPUT', inputs, out);
    await printValues('OUTPUT', outputs, out);
    if (file.mismatch !== undefined) {
      out.line();
      out.line(file.mismatch, 'yellow');
    }
  },
};

/** A layer of a network, as an inspection lists it. */
interface LayerLine {
  readonly name: string;
  readonly type: string;
  readonly outputShape: string;
  readonly parameters: number;
  readonly layers?: readonly LayerLine[];
}

/** The layers of a network, those of nested models below them. */
async function printLayers(summary: unknown, out: Output): Promise<void> {
  if (!Array.isArray(summary) || summary.length === 0) return;
  const rows = (lines: readonly LayerLine[], indent: string): string[][] =>
    lines.flatMap(({ name, type, outputShape, parameters, layers = [] }) => [
      [`${indent}${name} (${type})`, outputShape, String(parameters)],
      ...rows(layers, `${indent}  `),
    ]);
  out.line();
  await out.table(['LAYER', 'OUTPUT', 'PARAMETERS'], rows(summary as readonly LayerLine[], ''));
}

async function printValues(kind: string, values: readonly ValueInfo[], out: Output): Promise<void> {
  if (values.length === 0) return;
  out.line();
  const rows = values.map(({ name, dtype, shape }) => [
    name,
    dtype ?? '-',
    `[${shape.map((extent) => extent ?? '?').join(', ')}]`,
  ]);
  await out.table([kind, 'TYPE', 'SHAPE'], rows);
}

function shorten(values: readonly unknown[]): string {
  const shown = values.slice(0, MAX_SHOWN).map(String).join(', ');
  return values.length > MAX_SHOWN ? `${shown} and ${values.length - MAX_SHOWN} more` : shown;
}

/** A detail on one line: `a, b`, or `Gemm 3, Relu 2`. */
function plain(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.map(plain).join(', ');
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${typeof inner === 'object' ? JSON.stringify(inner, jsonValue) : String(inner)}`)
    .join(', ');
}
