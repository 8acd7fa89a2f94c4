import type { FeatureType, InputFeature } from '../spec/input-contract.ts';
import type { ModelMetadata } from '../spec/metadata.ts';
import type { InputColumns } from './input-columns.ts';

/** What both sides say. */
export interface Statements {
  /** Names that the model itself knows. */
  readonly own: readonly string[] | undefined;
  /** Names that count. */
  readonly names: readonly string[] | undefined;
  readonly width: number;
  readonly columns: InputColumns | undefined;
  readonly stated: ReadonlyMap<string, InputFeature>;
  readonly metadata: Partial<Pick<ModelMetadata, 'features'>>;
}

/** Where the metadata says something else than the model, a sentence each. */
export function disagreements({ own, names, width, columns, stated, metadata }: Statements): string[] {
  const problems: string[] = [];
  const { features } = metadata;
  if (features !== undefined && features.length !== width)
    problems.push(`"features" has ${features.length} names, the model takes ${width} values`);
  else if (features !== undefined && own !== undefined) problems.push(...differentNames(features, own));
  if (features !== undefined && columns?.names !== undefined)
    problems.push(...differentInputs(features, columns.names));
  if (stated.size > 0 && names === undefined)
    problems.push('"input_schema" speaks of features by name, and the model knows no names');
  for (const [name, { type }] of stated) {
    const at = names?.indexOf(name) ?? 0;
    if (at < 0) problems.push(`"input_schema" has ${quote(name)}, which is no feature of the model`);
    else if (names !== undefined && !goTogether(type, columns?.typeAt(at)))
      problems.push(`"input_schema" says that ${quote(name)} is a ${type}, the model takes a ${columns?.typeAt(at)}`);
  }
  return problems;
}

function differentNames(features: readonly string[], own: readonly string[]): string[] {
  const missing = own.filter((name) => !features.includes(name));
  const extra = features.filter((name) => !own.includes(name));
  if (missing.length > 0 || extra.length > 0)
    return [`"features" lacks ${listed(missing)} of the model and has ${listed(extra)} that it does not know`];
  const at = own.findIndex((name, i) => features[i] !== name);
  // Records would be read rightly, arrays wrongly.
  return at < 0
    ? []
    : [`"features" has another order than the model, from position ${at} on (${quote(own[at] ?? '')})`];
}

/** Names of inputs that have nothing to do with the features are the exporter's own: then the order counts. */
function differentInputs(features: readonly string[], inputs: readonly string[]): string[] {
  const missing = inputs.filter((name) => !features.includes(name));
  if (missing.length === 0 || missing.length === inputs.length) return [];
  return [`"features" lacks the inputs ${listed(missing)} of the model`];
}

/** Text is never a number; which numbers a model takes, it knows best itself. */
function goTogether(stated: FeatureType | undefined, own: FeatureType | undefined): boolean {
  if (stated === undefined || own === undefined) return true;
  return (stated === 'string') === (own === 'string');
}

const quote = (text: string): string => JSON.stringify(text);

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 6).map(quote).join(', ');
  return names.length > 6 ? `${shown} and ${names.length - 6} more` : shown || 'none';
}
