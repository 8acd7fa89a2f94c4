import { FormatError, InputError, type LoadContext, type ModelLoader, type Rows } from '../../src/index.ts';

/** A format for tests: `RULE1` and eight bytes, a float64 threshold. */
export function ruleFile(threshold: number): Uint8Array {
  const bytes = Buffer.alloc(13);
  bytes.write('RULE1');
  bytes.writeDoubleLE(threshold, 5);
  return bytes;
}

function parse({ artefact }: Pick<LoadContext, 'artefact'>): number {
  const bytes = Buffer.from(artefact.bytes);
  if (bytes.length < 13)
    throw new FormatError('ML_FORMAT_TRUNCATED', `${artefact.name} ends after ${bytes.length} bytes`);
  if (bytes.toString('latin1', 0, 5) !== 'RULE1' || bytes.length > 13)
    throw new FormatError('ML_FORMAT_MALFORMED', `${artefact.name} is no rule`);
  return bytes.readDoubleLE(5);
}

function numbers(rows: Rows): number[] {
  if (!Array.isArray(rows)) throw new InputError('ML_INPUT_INVALID', 'rows must be an array');
  return rows.map((row: unknown, i) => {
    const [value] = Array.isArray(row) && row.length === 1 ? row : [];
    if (typeof value !== 'number') throw new InputError('ML_INPUT_DTYPE', `row ${i} must be one number`);
    return value;
  });
}

export const ruleLoader: ModelLoader = {
  name: 'rule',
  formats: ['rule'],
  specVersion: 'v1',
  capabilities: { reportsByteSize: true, abortable: true },
  detect: ({ bytes }) => Buffer.from(bytes).toString('latin1', 0, 5) === 'RULE1',
  scan: (context) => {
    parse(context);
    return [];
  },
  load(context) {
    context.signal.throwIfAborted();
    const threshold = parse(context);
    context.phase('build');
    return {
      byteSize: 8,
      predict: (rows) => numbers(rows).map((value) => value > threshold),
      decisionFunction: (rows) => {
        const data = Float64Array.from(numbers(rows), (value) => value - threshold);
        return { data, shape: [data.length], dtype: 'float64' };
      },
    };
  },
};
