import { ContractError } from '../errors/contract-error.ts';
import type { ContractFeature, FeatureType, InputContract, InputFeature } from '../spec/input-contract.ts';
import type { ModelMetadata } from '../spec/metadata.ts';
import type { ModelInfo } from '../spec/model.ts';
import { CompiledContract } from './compiled-contract.ts';
import { columnsOf } from './input-columns.ts';
import { disagreements } from './disagreements.ts';
import { readInputSchema } from './read-input-schema.ts';

/** What a model says of its input. */
export type ContractFacts = Partial<Pick<ModelInfo, 'featureNames' | 'inputs' | 'optionalFeatures' | 'categories'>>;

/**
 * Compiles what a model and its metadata say of rows into one validator.
 *
 * @param facts as in `model.info`
 * @throws `ML_CONTRACT_INVALID` where nothing is known of rows or `input_schema` cannot be used; `ML_CONTRACT_MISMATCH`
 *   where model and metadata contradict each other
 */
export function compileInputContract(
  facts: ContractFacts,
  metadata: Partial<Pick<ModelMetadata, 'features' | 'input_schema'>> = {},
): InputContract {
  const stated = readInputSchema(metadata.input_schema);
  const columns = columnsOf(facts.inputs ?? []);
  const names = facts.featureNames ?? metadata.features ?? columns?.names;
  const width = columns?.width ?? names?.length;
  if (width === undefined) {
    throw new ContractError(
      'ML_CONTRACT_INVALID',
      'there is no contract for the rows of this model: it says neither names nor number of its features; add "features" to the metadata',
    );
  }
  const problems = disagreements({ own: facts.featureNames, names, width, columns, stated, metadata });
  if (problems.length > 0) {
    throw new ContractError(
      'ML_CONTRACT_MISMATCH',
      `the metadata and the model disagree: ${problems.join('; ')}; correct the metadata`,
      { details: { problems } },
    );
  }
  const optional = new Set(facts.optionalFeatures);
  return new CompiledContract(
    Array.from({ length: width }, (_, i) => {
      const name = names?.[i];
      const own = (name !== undefined && stated.get(name)) || {};
      return featureOf(name, { own, type: columns?.typeAt(i), categories: facts.categories?.[i], optional });
    }),
  );
}

interface FeatureFacts {
  readonly own: InputFeature;
  readonly type: FeatureType | undefined;
  readonly categories: readonly unknown[] | undefined;
  readonly optional: ReadonlySet<string>;
}

/** What the metadata says, and where it says nothing what the model does. */
function featureOf(name: string | undefined, { own, type, categories, optional }: FeatureFacts): ContractFeature {
  const isMissing = (value: unknown): boolean => value === null || Number.isNaN(value);
  const known = categories?.filter((value) => !isMissing(value)) as ContractFeature['values'];
  return {
    name,
    type: own.type ?? type ?? 'any',
    min: own.min,
    max: own.max,
    // An encoder that refuses unknown values knows whether missing ones are among them.
    nullable: own.nullable ?? categories?.some(isMissing) ?? true,
    optional: name !== undefined && optional.has(name),
    values: own.enum ?? known,
  };
}
