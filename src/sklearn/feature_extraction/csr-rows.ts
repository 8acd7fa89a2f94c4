import { CsrMatrix } from '../../data/dataset.ts';

/** Collects the rows of a sparse matrix one after another. */
export class CsrRows {
  readonly #cols: number;
  readonly #ends: number[] = [0];
  #indices = new Int32Array(256);
  #data = new Float64Array(256);
  #used = 0;

  constructor(cols: number) {
    this.#cols = cols;
  }

  /** Adds a value to the row that is being written. */
  add(column: number, value: number): void {
    if (this.#used === this.#indices.length) this.#grow();
    this.#indices[this.#used] = column;
    this.#data[this.#used] = value;
    this.#used += 1;
  }

  /** Adds how often each column occurs in a list, which is sorted by this. */
  addCounts(columns: Int32Array, binary: boolean): void {
    columns.sort();
    for (let i = 0; i < columns.length; ) {
      const column = columns[i] as number;
      const start = i;
      while (i < columns.length && columns[i] === column) i++;
      this.add(column, binary ? 1 : i - start);
    }
  }

  endRow(): void {
    this.#ends.push(this.#used);
  }

  matrix(): CsrMatrix {
    return new CsrMatrix([this.#ends.length - 1, this.#cols], {
      indptr: Int32Array.from(this.#ends),
      indices: this.#indices.slice(0, this.#used),
      data: this.#data.slice(0, this.#used),
    });
  }

  #grow(): void {
    const indices = new Int32Array(this.#used * 2);
    indices.set(this.#indices);
    this.#indices = indices;
    const data = new Float64Array(this.#used * 2);
    data.set(this.#data);
    this.#data = data;
  }
}

/** A matrix with the same places and other values. */
export function withData(x: CsrMatrix, data: Float64Array): CsrMatrix {
  return new CsrMatrix([x.rows, x.cols], { indptr: x.indptr, indices: x.indices, data });
}

/**
 * Divides each row by its norm, as `sklearn.preprocessing.normalize`; rows of zeros stay. In place.
 *
 * @param float32 whether the values are float32, which are squared and divided in their own precision
 */
export function normalizeRows(x: CsrMatrix, norm: 'l1' | 'l2', float32: boolean): void {
  const round = float32 ? Math.fround : (value: number): number => value;
  const { data, indptr } = x;
  for (let i = 0; i < x.rows; i++) {
    const start = indptr[i] as number;
    const end = indptr[i + 1] as number;
    let sum = 0;
    for (let k = start; k < end; k++) {
      const value = data[k] as number;
      sum += norm === 'l2' ? round(value * value) : Math.abs(value);
    }
    if (sum === 0) continue;
    const length = norm === 'l2' ? Math.sqrt(sum) : sum;
    for (let k = start; k < end; k++) data[k] = round((data[k] as number) / length);
  }
}
