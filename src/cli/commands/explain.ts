import type { Explanation, ModelArea } from '../../index.ts';
import type { CliCommand } from '../cli-command.ts';
import { count } from '../text.ts';

const AREAS: readonly ModelArea[] = ['trained', 'preprocessing', 'checkpoints'];

/** `explain`: which file a name and version stand for, and why. */
export const explain: CliCommand<Explanation> = {
  name: 'explain',
  summary: 'which file a model name and version stand for, and why not the others',
  usage: '<name> [version]',
  options: [{ flags: '--area <area>', summary: 'folder of the models directory (default: trained)', choices: AREAS }],
  notes: 'Exit code 1 if no file satisfies the request.',
  async run({ args: [name = '', version], options, registry }) {
    const area = AREAS.find((known) => known === options['area']);
    return (await registry()).explain(name, version, area === undefined ? {} : { area });
  },
  async print(explanation, out) {
    const { name, requested, chosen, candidates, via, location, knownNames } = explanation;
    out.line(`${name} ${requested} -> ${chosen?.id ?? 'no file'}`, chosen === undefined ? 'red' : 'green');
    for (const sentence of via) out.line(`  ${sentence}`);
    out.line();
    out.line(`${count(candidates.length, 'candidate')} in ${location}`, 'dim');
    if (candidates.length > 0) {
      const rows = candidates.map(({ id, chosen, reason }) => [chosen ? '>' : '', id, reason]);
      await out.table(['', 'FILE', 'WHY'], rows);
    }
    if (chosen === undefined && knownNames.length > 0) out.line(`Known models: ${knownNames.join(', ')}`);
  },
  failed: ({ chosen }) => chosen === undefined,
};
