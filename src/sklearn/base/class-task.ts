import type { Label, Task } from '../../spec/model.ts';

/** The task of a classifier with these classes. */
export function classTask(classes: readonly Label[]): Task {
  return classes.length > 2 ? 'multiclass-classification' : 'binary-classification';
}
