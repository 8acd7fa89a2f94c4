import { expect, test } from 'vitest';
import { DenseMatrix } from '../../src/data/dataset.ts';
import { panelDistances, panelProducts } from '../../src/kernel/panel-row.ts';
import { panelsOfRows } from '../../src/kernel/panels.ts';

test.each([1, 2, 3, 4, 5, 11])('sums of one row with %i columns are those of a plain loop to the last bit', (count) => {
  const inner = 7;
  const value = (at: number): number => Math.sin(at + 1) * 10 ** (at % 9);
  const columns = new DenseMatrix(
    count,
    inner,
    Float64Array.from({ length: count * inner }, (_, at) => value(at)),
  );
  const rows = Float64Array.from({ length: 2 * inner }, (_, at) => value(3 * at));
  const products = new Float64Array(count);
  const distances = new Float64Array(count);
  panelProducts(panelsOfRows(columns), rows, inner, products);
  panelDistances(panelsOfRows(columns), rows, inner, distances);
  for (let k = 0; k < count; k++) {
    let product = 0;
    let distance = 0;
    for (let j = 0; j < inner; j++) {
      const x = rows[inner + j] as number;
      const y = columns.data[k * inner + j] as number;
      product += x * y;
      distance += (x - y) * (x - y);
    }
    expect(products[k]).toBe(product);
    expect(distances[k]).toBe(distance);
  }
});
