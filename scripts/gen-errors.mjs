// Writes docs/errors.md from src/errors; with --check it only says whether the page is up to date.
import { readErrorClasses, readErrorCodes } from './error-table.mjs';
import { writeGenerated } from './generated-file.mjs';

const cell = (text) => text.replaceAll('|', '\\|');

function page(codes, classes) {
  const lines = [
    '# Error codes',
    '',
    '<!-- Written by scripts/gen-errors.mjs from src/errors/error-codes.ts; edit that file. -->',
    '',
    'Every error that the library raises is an `MLServiceError` with a `code` from this page, `details` for programs,',
    '`cause` where another error lies behind it, and `retryable`: whether the same call may succeed later without a change.',
    'Use `MLServiceError.isInstance(error)` rather than `instanceof`: it holds across two copies of the package.',
    'A code is never given a new meaning.',
    '',
    '```ts',
    "import { MLServiceError } from 'base-ml-service';",
    '',
    'try {',
    '  await service.predict(rows);',
    '} catch (error) {',
    "  if (MLServiceError.isInstance(error) && error.code === 'ML_INPUT_FEATURE_COUNT') reply(400, error.message);",
    '  else throw error;',
    '}',
    '```',
  ];
  const inOrder = [...codes.keys()];
  const byFirstCode = [...classes].sort(([, a], [, b]) => inOrder.indexOf(a.codes[0]) - inOrder.indexOf(b.codes[0]));
  for (const [name, { codes: own }] of byFirstCode) {
    lines.push('', `## ${name}`, '', '| code | meaning | what to do | retryable |', '| --- | --- | --- | --- |');
    for (const code of inOrder.filter((known) => own.includes(known))) {
      const { meaning, remedy, retryable } = codes.get(code);
      lines.push(`| \`${code}\` | ${cell(meaning)} | ${cell(remedy)} | ${retryable ? 'yes' : 'no'} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

writeGenerated('docs/errors.md', page(await readErrorCodes(), readErrorClasses()), 'node scripts/gen-errors.mjs');
