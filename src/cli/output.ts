import { styleText } from 'node:util';
import { jsonValue, visible } from './text.ts';

/** What is used of a stream; a pipe or file has no `isTTY`. */
export interface Sink {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The streams that a command writes to. */
export interface Streams {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How text can look on a terminal. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** A cell of a table: text, or text with a style. */
export type Cell = string | readonly [style: Style, text: string];

/**
 * Where commands print to: results on stdout, progress and errors on stderr. Colours and progress
 * only for a terminal, and no colours with `NO_COLOR`. What comes from files is made harmless first.
 */
export class Output {
  readonly #streams: Streams;
  readonly #colours: boolean;
  readonly #errorColours: boolean;
  #progressShown = false;

  constructor(streams: Streams) {
    this.#streams = streams;
    const wanted = (streams.env['NO_COLOR'] ?? '') === '' && streams.env['TERM'] !== 'dumb';
    this.#colours = wanted && streams.stdout.isTTY === true;
    this.#errorColours = wanted && streams.stderr.isTTY === true;
  }

  /** One line of text, its control characters written out. */
  line(text = '', style?: Style): void {
    this.#clearProgress();
    this.#streams.stdout.write(`${this.#styled(text, style, this.#colours)}\n`);
  }

  /** One line on stderr. */
  error(text: string, style?: Style): void {
    this.#clearProgress();
    this.#streams.stderr.write(`${this.#styled(text, style, this.#errorColours)}\n`);
  }

  /** A result for programs. */
  json(value: unknown): void {
    this.#clearProgress();
    this.#streams.stdout.write(`${JSON.stringify(value, jsonValue, 2)}\n`);
  }

  /** Columns below a head, aligned; columns named in `right` to the right. */
  async table(
    head: readonly string[],
    rows: readonly (readonly Cell[])[],
    right: readonly string[] = [],
  ): Promise<void> {
    const { default: Table } = await import('cli-table3');
    const none = { left: '', right: '', mid: '', 'left-mid': '', 'right-mid': '', 'mid-mid': '' };
    const table = new Table({
      head: head.map((name) => this.#styled(name, 'bold', this.#colours)),
      colAligns: head.map((name) => (right.includes(name) ? 'right' : 'left')),
      chars: {
        ...none,
        top: '',
        'top-mid': '',
        'top-left': '',
        'top-right': '',
        bottom: '',
        'bottom-mid': '',
        'bottom-left': '',
        'bottom-right': '',
        middle: '  ',
      },
      style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    });
    for (const row of rows) table.push(row.map((cell) => this.#cell(cell)));
    this.#clearProgress();
    this.#streams.stdout.write(`${table.toString().replaceAll(/ +$/gm, '')}\n`);
  }

  /** Names and values below each other. */
  pairs(pairs: readonly (readonly [name: string, value: Cell])[]): void {
    const width = Math.max(0, ...pairs.map(([name]) => name.length));
    this.#clearProgress();
    for (const [name, value] of pairs) {
      const label = this.#styled(name.padEnd(width), 'dim', this.#colours);
      this.#streams.stdout.write(`${label}  ${this.#cell(value)}\n`);
    }
  }

  /** A line that the next output replaces; nothing where stderr is no terminal. */
  progress(text: string): void {
    const { stderr } = this.#streams;
    if (stderr.isTTY !== true) return;
    stderr.write(`\r\u001b[2K${visible(text).slice(0, (stderr.columns ?? 80) - 1)}`);
    this.#progressShown = true;
  }

  #clearProgress(): void {
    if (!this.#progressShown) return;
    this.#streams.stderr.write('\r\u001b[2K');
    this.#progressShown = false;
  }

  #cell(cell: Cell): string {
    return typeof cell === 'string' ? visible(cell) : this.#styled(cell[1], cell[0], this.#colours);
  }

  #styled(text: string, style: Style | undefined, colours: boolean): string {
    const safe = visible(text);
    // Whether the stream takes colours is known here; newer Node versions would ask stdout again.
    return colours && style !== undefined ? styleText(style, safe, { validateStream: false }) : safe;
  }
}
