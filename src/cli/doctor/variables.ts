import { variableNames } from '../../service/environment.ts';

/** One `ML_...` variable of the environment. */
export interface Variable {
  readonly name: string;
  /** Absent for a variable that is not ours: it may be a secret. */
  readonly value: string | undefined;
  /** What it does, or why it does nothing. */
  readonly effect: string;
  readonly used: boolean;
}

const GENERAL: ReadonlyMap<string, string> = new Map([
  ['ML_MODELS_DIR', 'the models directory, where no option says otherwise'],
  ['ML_MODELS_LOCK', 'the lock file of the models directory, where no option says otherwise'],
  ['ML_MAX_MODEL_BYTES', 'bytes that one model may have, where no option says otherwise'],
  ['ML_SIDECAR', 'whether Python converts what has no native way: off or auto, where no option says otherwise'],
  ['ML_PYTHON', 'the interpreter of the sidecar, in place of an environment of its own'],
  ['ML_CACHE_DIR', 'where conversions and environments of the sidecar are kept'],
]);

const OF_A_MODEL = /^ML_MODEL_.+_(PATH|VERSION|FALLBACK)$/;

/** Every `ML_...` variable that is set, and what it does to the models that are known. */
export function variablesOf(
  env: Readonly<Record<string, string | undefined>>,
  models: readonly string[],
): readonly Variable[] {
  const ofModels = new Map(
    models.flatMap((model) => {
      const names = variableNames(model);
      return [
        [names.path, `the file of ${model}, or its address on a server, in place of the models directory`] as const,
        [names.fallback, `which answers first where ${model} is on a server: that one, or the file here`] as const,
        [names.version, `the version of ${model}, whatever is asked for`] as const,
      ];
    }),
  );
  return Object.keys(env)
    .filter((name) => name.startsWith('ML_'))
    .sort()
    .map((name): Variable => {
      const effect = GENERAL.get(name) ?? ofModels.get(name);
      const value = env[name];
      if ((value ?? '').trim() === '') return { name, value, effect: 'nothing: it is empty', used: false };
      if (effect !== undefined) return { name, value, effect, used: true };
      if (OF_A_MODEL.test(name)) return { name, value, effect: 'nothing: no file here is of that model', used: false };
      return { name, value: undefined, effect: 'nothing: not a variable of this library', used: false };
    });
}
