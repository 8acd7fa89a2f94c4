import type { KerasGeneration } from '../model/keras-layer.ts';

/** Where `str.splitlines()` of Python ends a line. */
const LINE_END = /\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]/;

/** The tokens of a `vocabulary.txt`, one a line, as that generation of Keras reads them back. */
export function vocabularyLines(text: string, generation: KerasGeneration): readonly string[] {
  // Python's text files have one kind of line end.
  const plain = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  if (generation === 2) return plain.split('\n');
  const lines = plain.split(LINE_END);
  while (lines.at(-1) === '') lines.pop();
  return lines;
}
