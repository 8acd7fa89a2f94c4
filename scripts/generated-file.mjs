// How every generated file is written, or with --check compared.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './source-files.mjs';

/** Writes `text` to a file of the repository; with `--check` on the command line fails where the file differs. */
export function writeGenerated(file, text, command) {
  const path = join(ROOT, file);
  const present = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  if (present === text) {
    console.log(`${file}: up to date`);
  } else if (process.argv.includes('--check')) {
    console.error(`${file}: ${present === undefined ? 'missing' : 'out of date'}; run \`${command}\` and commit it`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, text);
    console.log(`${file}: written`);
  }
}
