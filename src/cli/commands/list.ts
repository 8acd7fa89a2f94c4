import type { ModelRecord, RepositoryProblem } from '../../index.ts';
import type { CliCommand } from '../cli-command.ts';
import type { Cell } from '../output.ts';
import { printProblems } from '../print-problems.ts';
import { count, humanBytes, humanDate } from '../text.ts';

interface ListedModel {
  readonly id: string;
  readonly area: ModelRecord['area'];
  readonly name: string;
  readonly label: string | undefined;
  readonly version: string | undefined;
  readonly date: string | undefined;
  readonly format: string;
  readonly kind: ModelRecord['kind'];
  readonly bytes: number;
  /** ISO 8601. */
  readonly modified: string;
  /** Whether a loader takes files of this extension. */
  readonly readable: boolean;
  /** Whether a metadata file describes it, and whether it names exactly this file. */
  readonly metadata: 'declared' | 'found' | 'none';
  /** Algorithm of the checksum that the metadata gives for it, or `none`. */
  readonly checksum: string;
}

interface Listing {
  readonly modelsDir: string;
  readonly models: readonly ListedModel[];
  readonly problems: readonly RepositoryProblem[];
}

/** `list`: everything in the models directory. */
export const list: CliCommand<Listing> = {
  name: 'list',
  summary: 'all models with version, date, format, size and the state of their metadata',
  async run(call) {
    const registry = await call.registry();
    // Models whose path was set are not in the directory; `explain` speaks of them.
    const records = (await registry.models()).filter(({ setBy }) => setBy === undefined);
    const models = records.map((record): ListedModel => {
      const { id, area, name, label, version, date, kind, metadata } = record;
      return {
        id,
        area,
        name,
        label,
        version,
        date,
        format: record.extension,
        kind,
        bytes: record.size,
        modified: new Date(record.modifiedMs).toISOString(),
        readable: registry.loaders.reads(record.extension),
        metadata: metadata === undefined ? 'none' : record.declared ? 'declared' : 'found',
        checksum: metadata?.checksum?.split(':', 1)[0]?.toLowerCase() ?? 'none',
      };
    });
    models.sort((a, b) => AREAS.indexOf(a.area) - AREAS.indexOf(b.area));
    return { modelsDir: registry.config.modelsDir, models, problems: await registry.problems() };
  },
  async print({ modelsDir, models, problems }, out) {
    out.line(`${count(models.length, 'file')} in ${modelsDir}`, 'dim');
    if (models.length > 0) {
      out.line();
      const head = ['MODEL', 'VERSION', 'DATE', 'FORMAT', 'SIZE', 'METADATA', 'CHECKSUM', 'FILE'];
      await out.table(head, models.map(rowOf), ['SIZE']);
    }
    await printProblems(problems, out);
  },
};

const AREAS: readonly ModelRecord['area'][] = ['trained', 'preprocessing', 'checkpoints'];

function rowOf(model: ListedModel): Cell[] {
  const { label, version } = model;
  return [
    model.name,
    label === undefined
      ? (version ?? '-')
      : version === undefined || label === `v${version}`
        ? label
        : `${label} (${version})`,
    humanDate(model.date),
    model.readable ? model.format : ['dim', `${model.format || '-'} (no loader)`],
    humanBytes(model.bytes),
    model.metadata === 'none' ? ['yellow', 'none'] : 'yes',
    model.checksum === 'sha256' ? 'sha256' : ['yellow', model.checksum],
    model.id,
  ];
}
