import { describe, expect, it } from 'vitest';
import { Output, type Sink } from '../../src/cli/output.ts';
import { humanBytes, visible } from '../../src/cli/text.ts';

/** A terminal or a pipe that keeps what is written. */
function sink(isTTY: boolean): Sink & { readonly text: () => string } {
  const written: string[] = [];
  return { isTTY, columns: 80, write: (text) => written.push(text), text: () => written.join('') };
}

function output(isTTY: boolean, env: Record<string, string> = {}) {
  const [stdout, stderr] = [sink(isTTY), sink(isTTY)];
  return { out: new Output({ stdout, stderr, env }), stdout: stdout.text, stderr: stderr.text };
}

describe('Output', () => {
  it('colours for a terminal alone, and never with NO_COLOR', () => {
    const [terminal, pipe, plain, dumb] = [
      output(true),
      output(false),
      output(true, { NO_COLOR: '1' }),
      output(true, { TERM: 'dumb' }),
    ];
    for (const { out } of [terminal, pipe, plain, dumb]) out.line('done', 'green');
    expect(terminal.stdout()).toBe('\u001b[32mdone\u001b[39m\n');
    expect([pipe.stdout(), plain.stdout(), dumb.stdout()]).toEqual(['done\n', 'done\n', 'done\n']);
  });

  it('shows progress on a terminal alone, and removes it before the next line', () => {
    const [terminal, pipe] = [output(true), output(false)];
    for (const { out } of [terminal, pipe]) {
      out.progress('verifying 1 of 2');
      out.line('done');
    }
    expect(terminal.stderr()).toBe('\r\u001b[2Kverifying 1 of 2\r\u001b[2K');
    expect([pipe.stderr(), pipe.stdout()]).toEqual(['', 'done\n']);
  });

  it('aligns columns, coloured or not', async () => {
    const rows = [
      ['a', ['red', '10 B'] as const],
      ['long name', '1.5 MB'],
    ];
    const [terminal, pipe] = [output(true), output(false)];
    await terminal.out.table(['NAME', 'SIZE'], rows, ['SIZE']);
    await pipe.out.table(['NAME', 'SIZE'], rows, ['SIZE']);
    expect(pipe.stdout()).toBe('NAME         SIZE\na            10 B\nlong name  1.5 MB\n');
    // oxlint-disable-next-line no-control-regex -- the colours are what is taken out here
    expect(terminal.stdout().replaceAll(/\u001b\[\d+m/g, '')).toBe(pipe.stdout());
  });

  it('writes out control, invisible and direction characters, in cells as in lines', async () => {
    const { out, stdout } = output(false);
    await out.table(['FILE'], [['a\u001b[31m\u009b2J\u202eb\nc']]);
    expect(stdout()).toBe('FILE\na\\u{1b}[31m\\u{9b}2J\\u{202e}b\\u{a}c\n');
    expect(visible('café 宝石 💎')).toBe('café 宝石 💎');
  });

  it('prints big integers as numbers where that is exact, else as text', () => {
    const { out, stdout } = output(false);
    out.json([1n, 2n ** 60n]);
    expect(JSON.parse(stdout())).toEqual([1, '1152921504606846976']);
  });
});

describe('humanBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 KB'],
    [23_416, '23.4 KB'],
    [999_999, '1.0 MB'],
    [287_000_000, '287 MB'],
    [4_294_967_296, '4.3 GB'],
  ])('%d is %s', (bytes, text) => expect(humanBytes(bytes)).toBe(text));
});
