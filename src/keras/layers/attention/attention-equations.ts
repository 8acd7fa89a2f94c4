import type { LayerConfig } from '../../model/layer-config.ts';

/** The products of attention in Einstein's notation. */
export interface AttentionEquations {
  /** Keys and queries to scores. */
  readonly scores: string;
  /** Scores and values to the result. */
  readonly context: string;
  /** Axes of the input that attention goes over. */
  readonly axes: readonly number[];
  /** Rank of the scores: other axes and heads, then queries, then keys. */
  readonly rank: number;
}

/**
 * @param axes of the inputs
 * @param rank of queries, keys and values with their heads
 */
export function attendEquations(axes: readonly number[], rank: number, config: LayerConfig): AttentionEquations {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  if (rank + axes.length > letters.length) throw config.unsupported(`attends over tensors of rank ${rank - 1}`);
  const query = letters.slice(0, rank).split('');
  const key = query.map((letter, i) => {
    const at = axes.indexOf(i);
    return at < 0 ? letter : (letters[rank + at] as string);
  });
  const others = query.filter((_, i) => i < rank - 1 && !axes.includes(i));
  const pick = (from: readonly string[]): string => axes.map((axis) => from[axis]).join('');
  const scores = `${others.join('')}${pick(query)}${pick(key)}`;
  return {
    scores: `${key.join('')},${query.join('')}->${scores}`,
    context: `${scores},${key.join('')}->${query.join('')}`,
    axes,
    rank: scores.length,
  };
}
