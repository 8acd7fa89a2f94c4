import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Finding, LoaderDescriptor, ScanReport, ScanVerdict } from '../../index.ts';
import type { CliCommand } from '../cli-command.ts';
import type { Output, Style } from '../output.ts';
import { count } from '../text.ts';
import { filesBelow } from '../walk.ts';

/** What one scan of a file or directory found. */
interface Scan {
  /** As given. */
  readonly path: string;
  readonly ok: boolean;
  readonly counts: Readonly<Record<ScanVerdict | 'unknown', number>>;
  /** Every file, in the order of the walk. */
  readonly files: readonly ScannedFile[];
}

interface ScannedFile extends ScanReport {
  /** Beside a directory's models: no loader reads it, such as a README. */
  readonly unknown: boolean;
}

/** Findings of one file shown to a person; `--json` has all. */
const MAX_SHOWN = 20;

/** `scan`: whether model files are safe to read, without loading any. */
export const scan: CliCommand<Scan> = {
  name: 'scan',
  summary: 'looks for unsafe content in a model file, or in all files below a directory',
  usage: '<path>',
  options: [{ flags: '--strict', summary: 'files of a directory that no loader reads fail too' }],
  notes: `Nothing in a file is executed. Exit code 0 only if every file is safe: 1 where one is unsafe, malformed or
unsupported. Links to directories are not followed.`,
  async run({ args: [path = ''], options, out }) {
    const { LoaderRegistry, scanFile } = await import('../../index.ts');
    const loaders = new LoaderRegistry().list();
    const files: ScannedFile[] = [];
    const { isDirectory, paths } = await filesBelow(path);
    for await (const file of paths) {
      out.progress(`scanned ${count(files.length, 'file')}, now ${file}`);
      const report = await scanFile(file);
      const unknown = isDirectory && (isUnknown(report) || (isText(file) && !(await isRecognised(file, loaders))));
      files.push({ ...report, unknown });
    }
    const counts = { safe: 0, unsafe: 0, malformed: 0, unsupported: 0, unknown: 0 };
    for (const { verdict, unknown } of files) counts[unknown ? 'unknown' : verdict] += 1;
    const others = options['strict'] === true ? counts.unknown : 0;
    return { path, ok: counts.unsafe + counts.malformed + counts.unsupported + others === 0, counts, files };
  },
  async print({ files, counts, ok }, out) {
    const [only] = files;
    for (const file of files) {
      if (files.length > 1 && (file.verdict === 'safe' || file.unknown)) continue;
      printFile(file, out);
    }
    if (files.length === 1 && only !== undefined) return;
    const parts = Object.entries(counts).filter(([, number]) => number > 0);
    const text = parts.map(
      ([verdict, number]) => `${number} ${verdict === 'unknown' ? 'of no known format' : verdict}`,
    );
    out.line(`${count(files.length, 'file')}: ${text.join(', ') || 'nothing to scan'}`, ok ? 'green' : 'red');
  },
  failed: ({ ok }) => !ok,
};

const LOOKS: Readonly<Record<ScanVerdict, Style>> = {
  safe: 'green',
  unsafe: 'red',
  malformed: 'red',
  unsupported: 'yellow',
};

function printFile({ path, verdict, format, findings }: ScannedFile, out: Output): void {
  out.line(`${verdict.toUpperCase()}  ${path}${format === undefined ? '' : ` (${format})`}`, LOOKS[verdict]);
  for (const finding of findings.slice(0, MAX_SHOWN))
    out.line(`  ${placeOf(finding)}${finding.code}: ${finding.message}`);
  if (findings.length > MAX_SHOWN) out.line(`  and ${findings.length - MAX_SHOWN} more; --json lists all`);
}

function placeOf({ offset }: Finding): string {
  return offset === undefined ? '' : `byte ${offset}: `;
}

/** Extensions of model formats that are text, and of so much else beside a model: metadata, requirements. */
function isText(path: string): boolean {
  return /\.(?:json|txt)$/i.test(path);
}

/** Whether a loader knows the content, whatever its extension. */
async function isRecognised(path: string, loaders: readonly LoaderDescriptor[]): Promise<boolean> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return true;
  const content = { kind: 'file', name: basename(path), bytes, entries: [] } as const;
  return loaders.some((loader) => loader.detect?.(content) === true);
}

function isUnknown({ findings, format }: ScanReport): boolean {
  return format === undefined && findings.every(({ code }) => code === 'ML_FORMAT_UNKNOWN');
}
