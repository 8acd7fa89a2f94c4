import type { LockReport } from '../../index.ts';
import type { CliCommand } from '../cli-command.ts';
import type { Cell } from '../output.ts';
import { count } from '../text.ts';

interface Locked extends Omit<LockReport, 'lock'> {
  readonly ok: boolean;
  readonly models: number;
  readonly files: number;
}

/** `lock`: pins what is in the models directory, outside of it. */
export const lock: CliCommand<Locked> = {
  name: 'lock',
  summary: 'pins the digests of all files of the models directory in a file outside of it',
  options: [
    { flags: '--out <file>', summary: 'the lock file (default: ML_MODELS_LOCK, else ./models.lock.json)' },
    { flags: '--check', summary: 'writes nothing; fails if anything was added, changed, or is missing' },
  ],
  notes: 'Registries with authenticity: { lockFile } or ML_MODELS_LOCK load only what is pinned: docs/authenticity.md.',
  async run({ options, modelsDir, out }) {
    const { lockModels } = await import('../../index.ts');
    const check = options['check'] === true;
    const { lock: pinned, ...report } = await lockModels({
      check,
      ...(modelsDir !== undefined && { modelsDir }),
      ...(typeof options['out'] === 'string' && { lockFile: options['out'] }),
      onProgress: (id) => out.progress(`hashing ${id}`),
    });
    const models = Object.keys(pinned.models).length;
    const files = Object.keys(pinned.files).length;
    return { ...report, ok: !check || report.differences.length === 0, models, files };
  },
  async print({ differences, written, lockFile, models, files }, out) {
    const rows = differences.map(({ id, change }): Cell[] => [[LOOKS[change], change], id]);
    if (rows.length > 0) {
      await out.table(['CHANGE', 'FILE'], rows);
      out.line();
    }
    const found = `${count(models, 'model')} and ${count(files, 'other file')}`;
    if (written) out.line(`${lockFile}: ${found} pinned`);
    else out.line(differences.length === 0 ? `${lockFile}: ${found} as pinned` : `not as ${lockFile} pins it`);
  },
  failed: ({ ok }) => !ok,
};

const LOOKS = { added: 'yellow', missing: 'red', changed: 'red' } as const;
