import type { Column } from '../data/column-list.ts';
import { FormatError } from '../errors/format-error.ts';
import type { Label } from '../spec/model.ts';
import { columnListTransformer } from '../sklearn/base/column-list-transformer.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';

/** The columns that an encoder was fitted with. */
export interface EncoderInput {
  readonly className: string;
  /** Names in order; positions where it was fitted on an array. */
  readonly names: readonly Label[];
  /** Those that are encoded. */
  readonly encoded: readonly Label[];
}

/** Output columns that take the place of one input column. */
export interface Block {
  /** The position of the input column. */
  readonly column: number;
  readonly names: readonly string[];
  readonly encode: (values: Column, rows: number) => readonly Column[];
}

/**
 * The input of an encoder. Before 2.6 its names are those of the encoder of numbers inside, which changes no names.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` where the file does not say which columns there were, or has combined ones
 */
export function encoderInput(state: EstimatorState): EncoderInput {
  const members = state.get('composite_members_');
  if (typeof members === 'object' && members?.kind === 'dict' && members.size > 0) {
    throw state.unsupported('composite_cols', { attribute: 'composite_members_' });
  }
  return {
    className: state.className,
    names: inputNames(state),
    encoded: state.has('cols') ? state.labels('cols') : [],
  };
}

function inputNames(state: EstimatorState): readonly Label[] {
  if (state.has('feature_names_in_')) return state.labels('feature_names_in_');
  const inner = state.has('ordinal_encoder') ? state.part('ordinal_encoder') : state;
  const width = inner.optionalNumber('_dim');
  if (width === undefined) {
    throw new FormatError('ML_FORMAT_NOT_FITTED', `${state.describe()} was never fitted: save the model after fit()`, {
      details: { class: state.className, path: state.path },
    });
  }
  const names = inner.has('feature_names') ? inner.labels('feature_names') : [];
  if (names.length === width) return names;
  throw withoutNames(state);
}

/** An error for files of old versions that cannot be matched to columns. */
export function withoutNames(state: EstimatorState): FormatError {
  return state.unsupported('a file that does not say which columns the encoder was fitted with (before 2.6)');
}

/** The position of a column that the state names. */
export function positionIn(state: EstimatorState, { names }: EncoderInput, name: Label): number {
  const at = names.indexOf(name);
  if (at < 0) throw state.unsupported(`column ${String(name)}, which is no column of the file,`);
  return at;
}

/** The transformer that puts each block in the place of its column and leaves other columns as they are. */
export function blockEncoder(state: EstimatorState, input: EncoderInput, blocks: readonly Block[]): Estimator {
  const byColumn = new Map(blocks.map((block) => [block.column, block]));
  const intercept = hasIntercept(state, input);
  const outputs = input.names.flatMap((name, j) => byColumn.get(j)?.names ?? [String(name)]);
  const kept = keptOutputs(state, outputs);
  return columnListTransformer(input, (columns, rows) => {
    const all = columns.flatMap((column, j) => byColumn.get(j)?.encode(column, rows) ?? [column]);
    if (intercept) return [new Float64Array(rows).fill(1), ...all];
    return kept === undefined ? all : kept.map((at) => all[at] as Column);
  });
}

/** Whether the encoders of contrasts put a column of ones first, as they did before 2.7. */
function hasIntercept(state: EstimatorState, { names }: EncoderInput): boolean {
  const name = state.firstOf('feature_names_out_', 'feature_names');
  const found = state.has(name) && state.labels(name)[0] === 'intercept';
  if (found && names.includes('intercept')) throw state.unsupported('a column that is called "intercept"');
  return found;
}

/** Positions of the outputs that are not dropped as constant; `undefined` where all are kept. */
export function keptOutputs(state: EstimatorState, outputs: readonly string[]): readonly number[] | undefined {
  if (!state.booleanOr('drop_invariant', false)) return undefined;
  const name = state.firstOf('invariant_cols', 'drop_cols');
  const dropped = new Set(state.has(name) ? state.labels(name).map(String) : []);
  return outputs.flatMap((output, at) => (dropped.has(output) ? [] : [at]));
}
