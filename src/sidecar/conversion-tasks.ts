import { SidecarError } from '../errors/sidecar-error.ts';
import type { ConversionNeed } from '../spec/converter.ts';

/** Framework, with the form of its file where it has several, to the tasks of the worker that are tried in turn. */
const TASKS: ReadonlyMap<string, readonly string[]> = new Map([
  ['scikit-learn', ['convert-sklearn']],
  // The first takes one of the others, by the operators of the file, and says which.
  ['torch torchscript', ['convert-torchscript-best', 'convert-torchscript', 'convert-torchscript-program']],
  ['torch program', ['convert-torch-program']],
  ['torch module', ['convert-torch-module']],
  ['tensorflow graph', ['convert-tensorflow']],
  ['tensorflow keras', ['convert-keras']],
]);

/** Framework to the task that keeps a model of it. */
const SERVING: ReadonlyMap<string, string> = new Map([
  ['scikit-learn', 'serve-sklearn'],
  ['torch', 'serve-network'],
  ['tensorflow', 'serve-network'],
]);

/**
 * The task whose worker stays and answers.
 *
 * @throws `ML_SIDECAR_FAILED` where there is none
 */
export function servingTask({ framework }: ConversionNeed): string {
  const task = SERVING.get(framework);
  if (task !== undefined) return task;
  throw new SidecarError('ML_SIDECAR_FAILED', `Python does not answer for files of ${framework}`);
}

/**
 * The tasks that may convert a file, the best first.
 *
 * @throws `ML_SIDECAR_FAILED` where there is none
 */
export function conversionTasks({ framework, form }: ConversionNeed): readonly string[] {
  const tasks = TASKS.get(form === undefined ? framework : `${framework} ${form}`);
  if (tasks !== undefined) return tasks;
  throw new SidecarError('ML_SIDECAR_FAILED', `there is no converter for files of ${framework}`);
}
