// The repository must build anywhere: the lockfile names no download address, and no tracked file names a package
// registry or a path of the machine that it was written on.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { missingEntries } from './complete-lockfile.mjs';
import { finish, ROOT } from './source-files.mjs';

const PUBLIC_REGISTRY = 'registry.npmjs.org';
const MAX_BYTES = 20_000_000;

function run(command, args) {
  try {
    return execFileSync(command, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

/** Hosts that packages come from here, whatever the machine is set up to use. */
function registryHosts() {
  const addresses = [
    run('npm', ['config', 'get', 'registry']),
    run('python3', ['-m', 'pip', 'config', 'get', 'global.index-url']),
    process.env.PIP_INDEX_URL ?? '',
    process.env.UV_INDEX_URL ?? '',
    process.env.UV_DEFAULT_INDEX ?? '',
  ];
  const hosts = addresses.map((address) => (URL.canParse(address.trim()) ? new URL(address.trim()).host : ''));
  return [...new Set(hosts.filter((host) => host !== '' && host !== 'pypi.org'))].concat(PUBLIC_REGISTRY);
}

const problems = [];

const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
for (const [path, entry] of Object.entries(packages)) {
  // A link within the repository (a workspace) is no download.
  if (entry.resolved !== undefined && entry.link !== true) {
    problems.push(`package-lock.json: ${path} holds a download address (npm config omit-lockfile-registry-resolved)`);
  }
}
for (const { name, path } of missingEntries(packages)) {
  problems.push(
    `package-lock.json: lacks ${name}, optional for ${path}: npm ci fails; run \`node scripts/complete-lockfile.mjs\``,
  );
}

const hosts = registryHosts();
const here = [ROOT.slice(0, -1), homedir()].filter((path) => path.split('/').length > 1 && path !== '/');
const machinePath = /(?<![\w.*$}-])\/(?:work|root)\/[\w.-]+/;
const files = run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']).split('\0').filter(Boolean);
for (const file of files) {
  const stats = statSync(join(ROOT, file), { throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile() || stats.size > MAX_BYTES) continue;
  const text = readFileSync(join(ROOT, file), 'latin1');
  const path = here.find((start) => text.includes(`${start}/`)) ?? machinePath.exec(text)?.[0];
  if (path !== undefined) problems.push(`${file}: names a path of one machine: ${path}`);
  if (file === 'scripts/check-lockfile.mjs') continue;
  const host = hosts.find((name) => text.includes(name));
  if (host !== undefined) problems.push(`${file}: names a package registry: ${host}`);
}

finish('check-lockfile', problems, `${files.length} files, ${Object.keys(packages).length} locked packages`);
