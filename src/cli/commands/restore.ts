import type { Restored } from '../../index.ts';
import type { CliCommand } from '../cli-command.ts';
import { percent } from '../percent.ts';
import { count, humanBytes } from '../text.ts';

/** `restore`: puts a backup back. */
export const restore: CliCommand<Restored> = {
  name: 'restore',
  summary: 'puts a backup back: all of it at once, after all of it was compared with its digests',
  usage: '<from>',
  options: [
    { flags: '--backup <id>', summary: 'one backup of a directory (default: the newest)' },
    { flags: '--only <models>', summary: 'name or name@version, several with commas' },
    { flags: '--replace', summary: 'replace files that differ (default: nothing is restored then)' },
    { flags: '--dry-run', summary: 'read and compare everything, write nothing' },
  ],
  async run({ args: [from = ''], options, modelsDir, out }) {
    const { restoreModels } = await import('../../index.ts');
    const { only, backup } = options;
    return restoreModels({
      ...(modelsDir !== undefined && { modelsDir }),
      from,
      ...(typeof backup === 'string' && { backup }),
      ...(typeof only === 'string' && { only: only.split(',').map((model) => model.trim()) }),
      replace: options['replace'] === true,
      dryRun: options['dryRun'] === true,
      onProgress: (done, total) => out.progress(`comparing: ${percent(done, total)}`),
    });
  },
  async print({ backup, created, modelsDir, models, added, replaced, same, bytes, dryRun }, out) {
    out.line(`backup ${backup} of ${created} ${dryRun ? 'is intact' : `is restored into ${modelsDir}`}`, 'green');
    out.pairs([
      ['models', count(models.length, 'model')],
      ['added', count(added.length, 'file')],
      ['replaced', count(replaced.length, 'file')],
      ['as before', count(same.length, 'file')],
      [dryRun ? 'to write' : 'written', humanBytes(bytes)],
    ]);
    for (const id of replaced) out.line(`  replaced: ${id}`, 'yellow');
  },
};
