// Writes docs/pytorch.md: every ATen operator that src/torch knows, translated or refused and why. With --check it only
// says whether the page is up to date.
import { writeGenerated } from './generated-file.mjs';
import { importSource } from './import-source.mjs';

const { FAMILIES, python } = await importSource(`
  export { FAMILIES } from './src/torch/operators/operator-table.ts';
  export { python } from './src/torch/operators/python.ts';`);

const lines = [
  '# PyTorch operators',
  '',
  'Written by `npm run gen:pytorch`; do not edit. The operators of `torch.export` archives and TorchScript that become',
  'ONNX. Each takes every overload of PyTorch and its in-place spelling (`add_`). A model that uses another one is refused',
  'with an error that names all such operators at once; so is a use of an operator here that ONNX cannot express, with its',
  'reason (`indices of max pooling`, `dropout of a model that is training`).',
  '',
];
const refusals = new Map();
let count = 0;
for (const [title, family] of FAMILIES) {
  const names = [];
  for (const [name, entry] of Object.entries(family)) {
    if (typeof entry === 'function') names.push(name);
    else refusals.set(entry.refused, [...(refusals.get(entry.refused) ?? []), name]);
  }
  if (names.length === 0) continue;
  count += names.length;
  lines.push(`## ${title}`, '', ...wrapped(names), '');
}
lines.push(
  '## Numbers',
  '',
  'Python numbers that are computed from extents: what `_operator`, `math` and `torch.sym_*` call.',
  '',
);
lines.push(...wrapped(Object.keys(python)), '');
lines.push('## Refused', '', '| operators | why |', '|---|---|');
for (const [why, names] of refusals) lines.push(`| ${names.map((name) => `\`${name}\``).join(', ')} | ${why} |`);
lines.push(
  `| operators on graphs (\`while_loop\`, \`scan\`, \`map\`; \`cond\` on a value) | data decides what is computed |`,
  '',
  `${count} operators are translated.`,
  '',
);
writeGenerated('docs/pytorch.md', lines.join('\n'), 'npm run gen:pytorch');

/** Names as code, wrapped at 120 columns. */
function wrapped(names) {
  const rows = [''];
  for (const name of names.toSorted()) {
    const piece = `\`${name}\``;
    const row = rows.at(-1);
    if (row === '') rows[rows.length - 1] = piece;
    else if (row.length + piece.length + 2 > 118) {
      rows[rows.length - 1] = `${row},`;
      rows.push(piece);
    } else rows[rows.length - 1] = `${row}, ${piece}`;
  }
  return rows;
}
