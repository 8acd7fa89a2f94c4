import { FormatError } from '../errors/format-error.ts';

/** The line that ends the trees. */
const END = 'end of trees';

/** One block of `key=value` lines: the head of the model, or one tree. */
export class TextBlock {
  readonly name: string;
  readonly #lines: ReadonlyMap<string, string>;

  constructor(name: string, lines: ReadonlyMap<string, string>) {
    this.name = name;
    this.#lines = lines;
  }

  has(key: string): boolean {
    return this.#lines.has(key);
  }

  /** @throws `ML_FORMAT_MALFORMED` where the line is missing */
  text(key: string): string {
    const value = this.#lines.get(key);
    if (value === undefined) throw this.malformed(`has no line "${key}"`);
    return value;
  }

  /** A non-negative integer. */
  count(key: string): number {
    const text = this.text(key);
    if (!/^\d{1,9}$/.test(text))
      throw this.malformed(`has ${key}=${text.slice(0, 40)}, which must be a non-negative integer`);
    return Number(text);
  }

  words(key: string): string[] {
    return this.text(key)
      .split(' ')
      .filter((word) => word !== '');
  }

  /** Numbers separated by spaces, `length` of them if it is given. */
  doubles(key: string, length?: number): Float64Array {
    const words = this.words(key);
    const out = new Float64Array(words.length);
    for (let i = 0; i < words.length; i++) out[i] = this.#number(key, words[i] as string);
    if (length !== undefined && out.length !== length)
      throw this.malformed(`has ${out.length} values of ${key}, ${length} are needed`);
    return out;
  }

  /** The same for 32-bit integers. */
  ints(key: string, length?: number): Int32Array {
    return Int32Array.from(this.doubles(key, length), (value) => {
      if ((value | 0) !== value) throw this.malformed(`has ${value} in ${key}, which must be a 32-bit integer`);
      return value;
    });
  }

  malformed(what: string): FormatError {
    return new FormatError('ML_FORMAT_MALFORMED', `LightGBM model: ${this.name} ${what}`, {
      details: { block: this.name },
    });
  }

  #number(key: string, word: string): number {
    const number = Number(word);
    if (!Number.isNaN(number)) return number;
    const special = SPECIAL.get(word.toLowerCase());
    if (special === undefined)
      throw this.malformed(`has ${JSON.stringify(word.slice(0, 40))} in ${key}, which must be a number`);
    return special;
  }
}

const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['-nan', Number.NaN],
  ['inf', Infinity],
  ['-inf', -Infinity],
]);

/** The blocks of a model file. */
export interface ModelText {
  readonly head: TextBlock;
  readonly trees: readonly TextBlock[];
  /** `[key: value]` lines of the parameters, where the file has them. */
  readonly parameters: ReadonlyMap<string, string>;
  /** JSON after `pandas_categorical:`. */
  readonly pandasCategorical: string | undefined;
}

/**
 * Splits a model file into its blocks.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`
 */
export function splitModelText(text: string): ModelText {
  const lines = text.split(/\r?\n/);
  if (lines[0]?.trim() !== 'tree')
    throw new FormatError('ML_FORMAT_MALFORMED', 'LightGBM model: the first line must be "tree"');
  let at = 1;
  const block = (name: string): TextBlock => {
    const found = new Map<string, string>();
    for (; at < lines.length; at++) {
      const line = lines[at] as string;
      if (line.startsWith('Tree=') || line === END) break;
      const equals = line.indexOf('=');
      if (equals > 0) found.set(line.slice(0, equals), line.slice(equals + 1).trim());
      else if (line !== '') found.set(line, '');
    }
    return new TextBlock(name, found);
  };
  const head = block('its head');
  const trees: TextBlock[] = [];
  while (at < lines.length && lines[at] !== END) {
    at += 1;
    trees.push(block(`tree ${trees.length}`));
  }
  if (at >= lines.length)
    throw new FormatError(
      'ML_FORMAT_TRUNCATED',
      `LightGBM model: the line "${END}" is missing after ${trees.length} trees`,
    );
  return { head, trees, ...trailer(lines, at + 1) };
}

function trailer(lines: readonly string[], start: number): Pick<ModelText, 'parameters' | 'pandasCategorical'> {
  const parameters = new Map<string, string>();
  let pandasCategorical: string | undefined;
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] as string;
    const parameter = /^\[(\w+): (.*)\]$/.exec(line);
    if (parameter !== null) parameters.set(parameter[1] as string, parameter[2] as string);
    else if (line.startsWith('pandas_categorical:'))
      pandasCategorical = line.slice('pandas_categorical:'.length).trim();
  }
  return { parameters, pandasCategorical };
}
