import type { Recovered } from '../../index.ts';
import type { CliCommand } from '../cli-command.ts';

/** `recover`: undoes what a killed command left. */
export const recover: CliCommand<Recovered> = {
  name: 'recover',
  summary: 'undoes what a killed publish, restore or prune left half done',
  notes: 'The next publish, restore or prune does so too, before it begins.',
  async run({ modelsDir }) {
    const { recoverModels } = await import('../../index.ts');
    return recoverModels(modelsDir === undefined ? {} : { modelsDir });
  },
  async print({ modelsDir, undone }, out) {
    if (undone.length === 0) out.line(`${modelsDir}: nothing was left half done`, 'green');
    else out.line(`${modelsDir}: an interrupted change was undone; it concerned`, 'yellow');
    for (const id of undone) out.line(`  ${id}`);
  },
};
