import { standardRows } from '../contract/standard-rows.ts';
import type { Model } from '../spec/model.ts';
import type { StandardSchemaV1 } from '../spec/standard-schema.ts';
import { InterceptedModel } from './intercepted-model.ts';

/** What a schema of rows says nothing about: named tensors, results of a transformer, names of tensors. */
const NO_ROWS: ReadonlySet<string> = new Set(['run', 'inverseTransform', 'tensor']);

/** A model that is asked with rows as a schema gives them; rows that it refuses never reach the model. */
export function schemaModel<R, P>(model: Model<R, P>, schema: StandardSchemaV1): Model<R, P> {
  return new InterceptedModel(model, {
    call: (method, input) => (NO_ROWS.has(method) ? input : standardRows(schema, input)),
  });
}
