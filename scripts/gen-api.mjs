// Writes docs/api from the docstrings of what is public (typedoc.json); with --check compares instead.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finish, ROOT } from './source-files.mjs';

const FOLDER = join(ROOT, 'docs/api');
const checks = process.argv.includes('--check');
const out = checks ? mkdtempSync(join(tmpdir(), 'api-')) : FOLDER;
execFileSync(process.execPath, [join(ROOT, 'node_modules/typedoc/bin/typedoc'), '--logLevel', 'Error', '--out', out], {
  cwd: ROOT,
  stdio: 'inherit',
});
const pages = readdirSync(out);
const stale = pages.filter(
  (page) => readFileSync(join(out, page), 'utf8') !== readFileSync(join(FOLDER, page), 'utf8'),
);
if (checks) rmSync(out, { recursive: true });
finish(
  'gen-api',
  stale.map((page) => `docs/api/${page} is not what the docstrings say: run \`npm run gen:api\``),
  `${pages.length} pages`,
);
