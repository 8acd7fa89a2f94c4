import type { BinBlock } from './bin-block.ts';
import type { CatboostModel, Combination, CtrFeature } from './catboost-model.ts';
import { CombinationHash } from './combination-hash.ts';
import { ctrKey } from './ctr-key.ts';
import { CtrTable } from './ctr-table.ts';
import { ctrValue } from './ctr-value.ts';
import { modelError } from './model-error.ts';

/** Where the parts of a combination are found: the columns of bins that its conditions look at. */
export interface ConditionPlaces {
  /** Column and smallest bin of "numeric feature `index` is above `border`". */
  floatCondition(index: number, border: number): { readonly column: number; readonly bin: number } | undefined;
  /** Column of "categorical feature `index` has the hash `value`". */
  oneHotColumn(index: number, value: number): number | undefined;
}

interface Group {
  readonly categories: readonly number[];
  readonly conditions: readonly { readonly column: number; readonly bin: number }[];
  readonly members: { readonly feature: CtrFeature; readonly table: CtrTable; readonly at: number }[];
}

/** The features computed from target statistics. */
export class CtrFeatures {
  readonly byteSize: number;
  readonly #groups: readonly Group[];
  readonly #hash = new CombinationHash();

  /**
   * @param catPositions positions of categorical features by their index
   * @throws `ML_FORMAT_MALFORMED` for features without tables or about features that are not there
   */
  constructor(model: CatboostModel, catPositions: ReadonlyMap<number, number>, places: ConditionPlaces) {
    const tables = new Map<string, CtrTable>();
    for (const source of model.ctrTables) tables.set(ctrKey(source.base), new CtrTable(source));
    const groups = new Map<string, Group>();
    for (const [at, feature] of model.ctrFeatures.entries()) {
      const table = tables.get(ctrKey(feature.base));
      if (table === undefined) throw modelError('ML_FORMAT_MALFORMED', 'the table of a target statistic is missing');
      checkBorder(feature, table);
      const key = ctrKey({ ...feature.base, type: 'Borders', classifier: 0 });
      let group = groups.get(key);
      if (group === undefined) {
        group = groupOf(feature.base.combination, catPositions, places);
        groups.set(key, group);
      }
      group.members.push({ feature, table, at });
    }
    this.#groups = [...groups.values()];
    this.byteSize = [...tables.values()].reduce((sum, table) => sum + table.byteSize, 0);
  }

  /**
   * Computes every feature for a block of rows.
   *
   * @param hashes hashes of categories by position and row, of which the block's are from `start` on
   * @param block what the conditions look at
   * @param take gets a feature's index, the row and the value
   */
  compute(
    hashes: readonly Int32Array[],
    start: number,
    { data, stride, count }: BinBlock,
    take: (feature: number, row: number, value: number) => void,
  ): void {
    const hash = this.#hash;
    for (const { categories, conditions, members } of this.#groups) {
      for (let row = 0; row < count; row++) {
        hash.reset();
        for (const position of categories) hash.add((hashes[position] as Int32Array)[start + row] as number);
        for (const { column, bin } of conditions) hash.add((data[column * stride + row] as number) >= bin ? 1 : 0);
        for (const { feature, table, at } of members)
          take(at, row, ctrValue(feature, table, table.find(hash.high, hash.low)));
      }
    }
  }
}

function groupOf(
  { categories, floatSplits, oneHotSplits }: Combination,
  catPositions: ReadonlyMap<number, number>,
  places: ConditionPlaces,
): Group {
  return {
    categories: Array.from(categories, (index) => found(catPositions.get(index), `categorical feature ${index}`)),
    conditions: [
      ...floatSplits.map(({ index, border }) =>
        found(places.floatCondition(index, border), `border ${border} of numeric feature ${index}`),
      ),
      ...oneHotSplits.map(({ index, value }) => ({
        column: found(places.oneHotColumn(index, value), `value ${value} of categorical feature ${index}`),
        bin: 1,
      })),
    ],
    members: [],
  };
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw modelError('ML_FORMAT_MALFORMED', `a combination needs ${what}, which is not there`);
  return value;
}

function checkBorder({ base, targetBorder }: CtrFeature, { width }: CtrTable): void {
  const counted = base.type === 'Buckets' || (base.type === 'Borders' && width > 2);
  if (counted && !(targetBorder >= 0 && targetBorder < width))
    throw modelError('ML_FORMAT_MALFORMED', `target border ${targetBorder} of ${width} classes`);
}
