import type { KerasGeneration } from '../model/keras-layer.ts';

/** Where `str.splitlines()` of Python ends a line. */
const LINE_ENDS: ReadonlySet<string> = new Set([
  '\n',
  '\v',
  '\f',
  '\u001c',
  '\u001d',
  '\u001e',
  '\u0085',
  '\u2028',
  '\u2029',
]);

/** The tokens of a `vocabulary.txt`, one a line, as that generation of Keras reads them back. */
export function vocabularyLines(text: string, generation: KerasGeneration): readonly string[] {
  // Python's text files have one kind of line end.
  const plain = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  if (generation === 2) return plain.split('\n');
  const lines = [''];
  for (const character of plain) {
    if (LINE_ENDS.has(character)) lines.push('');
    else lines[lines.length - 1] += character;
  }
  while (lines.at(-1) === '') lines.pop();
  return lines;
}
