import type { Backup } from '../../index.ts';
import type { CliCommand } from '../cli-command.ts';
import { printProblems } from '../print-problems.ts';
import { percent } from '../percent.ts';
import { count, humanBytes } from '../text.ts';

/** `backup`: copies the models directory, comparing it with its checksums. */
export const backup: CliCommand<Backup> = {
  name: 'backup',
  summary: 'copies the models directory into a backup directory or one archive, comparing checksums on the way',
  usage: '<to>',
  notes: `<to> is a directory, where each backup adds only what is new, or a new file: .tar, .tar.gz, .tgz.
Nothing is backed up, with exit code 3, where a file is not as its metadata says.`,
  async run({ args: [to = ''], modelsDir, out }) {
    const { backupModels } = await import('../../index.ts');
    return backupModels({
      ...(modelsDir !== undefined && { modelsDir }),
      to,
      onProgress: (done, total) => out.progress(`backing up: ${percent(done, total)}`),
    });
  },
  async print({ id, to, files, models, verified, bytes, newBlobs, newBytes, problems }, out) {
    out.line(`backup ${id} in ${to}`, 'green');
    out.pairs([
      ['models', `${models} (${verified} compared with a checksum)`],
      ['files', `${files}, ${humanBytes(bytes)}`],
      ['new', `${count(newBlobs, 'content')}, ${humanBytes(newBytes)}`],
    ]);
    await printProblems(problems, out);
  },
};
