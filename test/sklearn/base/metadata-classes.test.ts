import { expect, it } from 'vitest';
import { withMetadataClasses } from '../../../src/sklearn/base/metadata-classes.ts';

const predictProba = (): never => {
  throw new Error('not asked here');
};

it('takes the labels of the metadata where they are as many as the columns', () => {
  const warnings: string[] = [];
  const context = { metadata: { classes: ['no', 'yes'] }, warn: ({ code }: { code: string }) => warnings.push(code) };
  const model = { predictProba, info: { task: 'binary-classification' } } as const;
  expect(withMetadataClasses(model, context as never, 2).info?.classes).toEqual(['no', 'yes']);
  expect(withMetadataClasses({ info: model.info }, context as never, 2).info?.classes).toBeUndefined();
  expect(warnings).toEqual([]);
  expect(withMetadataClasses(model, context as never, 3).info?.classes).toBeUndefined();
  expect(warnings).toEqual(['metadata-classes']);
});
