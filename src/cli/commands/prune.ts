import type { ModelArea, Pruned } from '../../index.ts';
import type { CliCommand } from '../cli-command.ts';
import type { Cell } from '../output.ts';
import { count, humanBytes, humanDate } from '../text.ts';

const AREAS: readonly ModelArea[] = ['trained', 'preprocessing', 'checkpoints'];

/** `prune`: removes old versions. */
export const prune: CliCommand<Pruned> = {
  name: 'prune',
  summary: 'says which old versions a rule would remove, and removes them with --apply',
  usage: '[name]',
  options: [
    { flags: '--keep <number>', summary: 'versions of each model that stay, newest first (default: 3)' },
    { flags: '--keep-days <days>', summary: 'versions of the last so many days stay too' },
    { flags: '--area <area>', summary: 'default: trained', choices: AREAS },
    { flags: '--protect <models>', summary: 'name or name@version, several with commas: stay whatever else is said' },
    { flags: '--apply', summary: 'remove (default: only say what would go, and why)' },
  ],
  notes: `The newest version of a model stays, and so does what an alias, ML_MODEL_<NAME>_VERSION or ..._PATH names.
A version that a service or a route names in code is not known here: --protect it.`,
  async run({ args: [name], options, modelsDir }) {
    const { pruneModels } = await import('../../index.ts');
    const { protect, keepDays } = options;
    return pruneModels({
      ...(modelsDir !== undefined && { modelsDir }),
      ...(name !== undefined && { name }),
      keep: Number(options['keep'] ?? 3),
      ...(keepDays !== undefined && { keepDays: Number(keepDays) }),
      area: AREAS.find((area) => area === options['area']) ?? 'trained',
      ...(typeof protect === 'string' && { protect: protect.split(',').map((model) => model.trim()) }),
      apply: options['apply'] === true,
    });
  },
  async print({ releases, removed, rewritten, bytes, dryRun }, out) {
    const gone = dryRun ? 'would go' : 'removed';
    const rows = releases.map(({ name, version, date, removed: isRemoved, bytes: size, reason }): Cell[] => [
      name,
      version ?? '-',
      humanDate(date),
      isRemoved ? ['yellow', gone] : 'stays',
      humanBytes(size),
      reason,
    ]);
    if (rows.length > 0) await out.table(['MODEL', 'VERSION', 'DATE', '', 'SIZE', 'BECAUSE'], rows, ['SIZE']);
    out.line();
    out.line(`${count(removed.length, 'file')}, ${humanBytes(bytes)} ${gone}`);
    for (const id of removed) out.line(`  ${id}`, 'dim');
    for (const id of rewritten) out.line(`  ${id}: its other entries stay`, 'dim');
    if (dryRun && removed.length > 0) out.line('Nothing was removed; do so with --apply.');
  },
};
