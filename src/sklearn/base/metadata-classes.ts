import type { LoadContext, LoadedModel } from '../../spec/model-loader.ts';

/**
 * A model of a file that holds no labels, with those of its metadata: the names of the columns of `predictProba`, in
 * order. A warning, and no labels, where they are not as many as the columns.
 *
 * @param columns of `predictProba`
 */
export function withMetadataClasses(
  model: LoadedModel,
  { metadata, warn }: Pick<LoadContext, 'metadata' | 'warn'>,
  columns: number,
): LoadedModel {
  const classes = metadata?.classes;
  if (classes === undefined || model.predictProba === undefined || model.info?.classes !== undefined) return model;
  if (classes.length === columns) return { ...model, info: { ...model.info, classes } };
  warn({
    code: 'metadata-classes',
    message: `the metadata names ${classes.length} classes, the model has ${columns}; they are left out`,
  });
  return model;
}
