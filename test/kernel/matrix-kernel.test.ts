import { describe, expect, it } from 'vitest';
import { DenseMatrix } from '../../src/data/dataset.ts';
import { matrixKernel } from '../../src/kernel/matrix-kernel.ts';
import { panelsOfColumns, panelsOfRows } from '../../src/kernel/panels.ts';
import { tiledMatrix } from '../../src/kernel/tiled-matrix.ts';
import { triangularSolve } from '../../src/kernel/triangular-solve.ts';
import { euclideanSearch, offerPartitioned } from '../../src/sklearn/neighbors/brute-search.ts';
import { NeighborHeap } from '../../src/sklearn/neighbors/neighbor-heap.ts';

let seed = 1;
/** Numbers of very different size, so that another order of a sum shows in its last bits. */
function random(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return (seed / 2 ** 32 - 0.5) * 10 ** (seed % 7);
}

function matrix(rows: number, cols: number): DenseMatrix {
  return new DenseMatrix(rows, cols, Float64Array.from({ length: rows * cols }, random));
}

function plain(a: DenseMatrix, b: DenseMatrix, term: (x: number, y: number) => number): Float64Array {
  const out = new Float64Array(a.rows * b.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < b.rows; k++) {
      let sum = 0;
      for (let j = 0; j < a.cols; j++) sum += term(a.data[i * a.cols + j] ?? 0, b.data[k * b.cols + j] ?? 0);
      out[i * b.rows + k] = sum;
    }
  }
  return out;
}

const SHAPES = [
  [1, 1, 1],
  [4, 4, 3],
  [5, 7, 9],
  [64, 65, 31],
  [67, 130, 1],
  [130, 9, 2500],
  [3, 3000, 40],
  [70, 2100, 33],
] as const;

describe('the matrix kernel', () => {
  it('is there on a machine with WebAssembly', () => {
    expect(matrixKernel()).toBeDefined();
  });

  it.each(SHAPES)('adds up %i by %i sums of %i terms to the last bit as a loop does', (rows, cols, inner) => {
    const [a, b] = [matrix(rows, inner), matrix(cols, inner)];
    const products = plain(a, b, (x, y) => x * y);
    expect(tiledMatrix('products', a, panelsOfRows(b))?.data).toEqual(products);
    expect(tiledMatrix('distances', a, panelsOfRows(b))?.data).toEqual(plain(a, b, (x, y) => (x - y) * (x - y)));
    const turned = new DenseMatrix(inner, cols);
    for (let k = 0; k < cols; k++)
      for (let j = 0; j < inner; j++) turned.data[j * cols + k] = b.data[k * inner + j] ?? 0;
    expect(tiledMatrix('products', a, panelsOfColumns(turned))?.data).toEqual(products);
  });

  it('leaves rows that are too long to a loop', () => {
    expect(tiledMatrix('products', matrix(4, 40_000), panelsOfRows(matrix(4, 40_000)))).toBeUndefined();
  });

  it.each([
    [5, 3000],
    [101, 64],
    [64, 9],
    [130, 70],
  ])('solves %i equations for %i columns as a loop does', (n, cols) => {
    const lower = matrix(n, n);
    for (let i = 0; i < n; i++) lower.data[i * n + i] = 1e7 + i;
    const right = matrix(n, cols);
    const want = new Float64Array(n * cols);
    for (let c = 0; c < cols; c++) {
      for (let i = 0; i < n; i++) {
        let sum = right.data[i * cols + c] ?? 0;
        for (let k = 0; k < i; k++) sum -= (lower.data[i * n + k] ?? 0) * (want[k * cols + c] ?? 0);
        want[i * cols + c] = sum / (lower.data[i * n + i] ?? 0);
      }
    }
    expect(triangularSolve(lower, right)?.data ?? want).toEqual(want);
    expect(n * n * cols < 20_000 || triangularSolve(lower, right) !== undefined).toBe(true);
  });

  it.each([
    [37, 301, 5, 1],
    [128, 2003, 20, 7],
    [130, 64, 3, 64],
  ])(
    'finds for %i rows among %i points of %i features the %i nearest, as one row alone does',
    (rows, count, cols, k) => {
      // Whole numbers make many distances equal.
      const whole = (m: DenseMatrix): DenseMatrix =>
        new DenseMatrix(
          m.rows,
          m.cols,
          m.data.map((value) => Math.round(value) % 3),
        );
      const [points, training] = [whole(matrix(rows, cols)), whole(matrix(count, cols))];
      for (const select of [undefined, offerPartitioned]) {
        const search = euclideanSearch(training, select);
        const seen: number[] = [];
        const done = search.nearestOfRows?.(points, (row, offer) => {
          const [many, one] = [new NeighborHeap(k), new NeighborHeap(k)];
          many.clear();
          one.clear();
          offer(many);
          search.nearest(points.data, row * cols, one);
          expect([many.indices, many.values]).toEqual([one.indices, one.values]);
          seen.push(row);
        });
        expect(done).toBe(true);
        expect(seen).toHaveLength(rows);
      }
    },
  );
});
