// Writes the table of operators in docs/loaders/tensorflow.md between its two marks, from the tables in src/tensorflow.
// With --check it only says whether the page is up to date.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeGenerated } from './generated-file.mjs';
import { importSource } from './import-source.mjs';
import { ROOT } from './source-files.mjs';

const PAGE = 'docs/loaders/tensorflow.md';
const MARKS = ['<!-- operators: written by scripts/gen-tensorflow-table.mjs -->', '<!-- end of operators -->'];

const { OPERATOR_FAMILIES, controlOperators } = await importSource(`
  export { OPERATOR_FAMILIES } from './src/tensorflow/operators/all-operators.ts';
  export { controlOperators } from './src/tensorflow/operators/control.ts';`);
const families = { ...OPERATOR_FAMILIES, 'Functions, conditions, loops': controlOperators };
const rows = Object.entries(families).map(
  ([family, table]) =>
    `| ${family} | ${Object.keys(table)
      .toSorted()
      .map((name) => `\`${name}\``)
      .join(', ')} |`,
);
const page = readFileSync(join(ROOT, PAGE), 'utf8');
const [start, end] = MARKS.map((mark) => page.indexOf(mark));
if (start < 0 || end < start) throw new Error(`${PAGE} lacks its marks`);
const table = ['', '', '| family | operators |', '|---|---|', ...rows, '', ''].join('\n');
const text = page.slice(0, start + MARKS[0].length) + table + page.slice(end);
writeGenerated(PAGE, text, 'node scripts/gen-tensorflow-table.mjs');
