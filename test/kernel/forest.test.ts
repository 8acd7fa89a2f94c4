import { describe, expect, it } from 'vitest';
import { CsrMatrix, DenseMatrix } from '../../src/data/dataset.ts';
import { Forest } from '../../src/kernel/forest.ts';
import type { TreeNodes } from '../../src/kernel/forest-spec.ts';
import { leafByDefinition, randomForest, randomRows, type Shape } from './random-forest.ts';

const SHAPES: Readonly<Record<string, Shape>> = {
  'float32, one value': { trees: 20, depth: 8, features: 7 },
  'float32, two values': { trees: 9, depth: 6, features: 3, leafWidth: 2 },
  'float32, five values': { trees: 5, depth: 6, features: 30, leafWidth: 5 },
  'float32, columns': { trees: 12, depth: 4, features: 5, outputs: 3 },
  'float32, x < t, float32 sums': { trees: 16, depth: 6, features: 5, rule: 'lt', sums: 'float32', outputs: 2 },
  'float32 that needs the large layout': { trees: 4, depth: 12, features: 2 ** 18, early: 0 },
  float64: { trees: 17, depth: 7, features: 9, inputs: 'float64' },
  'float64 with categories and zeros': { trees: 17, depth: 7, features: 9, inputs: 'float64', special: true },
  'one tree': { trees: 1, depth: 9, features: 4, leafWidth: 3 },
  'leaves alone': { trees: 8, depth: 0, features: 1 },
};

function sumsOf(forest: Forest, x: DenseMatrix | CsrMatrix, single: boolean): Float64Array | Float32Array {
  const sums = single ? new Float32Array(x.rows * forest.outputs) : new Float64Array(x.rows * forest.outputs);
  sums.fill(0.25);
  forest.addTo(x, sums);
  return sums;
}

describe.each(Object.entries(SHAPES))('Forest: %s', (_name, shape) => {
  const rows = shape.features > 1000 ? 9 : 203;

  it('finds the leaves of the definition, in both kernels, one row at a time and many', () => {
    for (let seed = 1; seed <= (shape.features > 1000 ? 1 : 5); seed++) {
      const { spec, trees } = randomForest(seed, shape);
      const data = randomRows(seed + 99, rows, shape.features);
      const x = new DenseMatrix(rows, shape.features, data);
      const expected = Array.from({ length: rows }, (_, i) => {
        const row = data.subarray(i * shape.features, (i + 1) * shape.features);
        return trees.map((tree) => leafByDefinition(tree, row, spec));
      });
      const single = spec.sums === 'float32';
      const wanted = sumsByDefinition(trees, expected, spec.outputs, shape, single);
      for (const choice of ['js', 'wasm'] as const) {
        const forest = Forest.build(spec, choice);
        const found = Array.from(forest.leaves(x), (leaf) => forest.leafNodes[leaf]);
        expect(found).toEqual(expected.flat());
        expect(sumsOf(forest, x, single)).toEqual(wanted);
        for (let i = 0; i < 7; i++) {
          const row = data.subarray(i * shape.features, (i + 1) * shape.features);
          const one = new DenseMatrix(1, shape.features, row);
          expect(sumsOf(forest, one, single)).toEqual(wanted.slice(i * spec.outputs, (i + 1) * spec.outputs));
        }
      }
    }
  });

  it('gives for sparse rows what it gives for dense ones', () => {
    const { spec } = randomForest(11, shape);
    const few = shape.features > 1000 ? 9 : 41;
    const dense = randomRows(12, few, shape.features).map((value, i) => (i % 3 === 0 ? value : 0));
    const indptr = new Int32Array(few + 1);
    const indices: number[] = [];
    const data: number[] = [];
    for (let i = 0; i < few; i++) {
      for (let j = shape.features - 1; j >= 0; j--) {
        const value = dense[i * shape.features + j] as number;
        if (value === 0) continue;
        indices.push(j);
        data.push(value);
      }
      indptr[i + 1] = indices.length;
    }
    const parts = { indptr, indices: Int32Array.from(indices), data: Float64Array.from(data) };
    const forest = Forest.build(spec);
    const single = spec.sums === 'float32';
    const wanted = sumsOf(forest, new DenseMatrix(few, shape.features, dense), single);
    expect(sumsOf(forest, new CsrMatrix([few, shape.features], parts), single)).toEqual(wanted);
  });
});

// oxlint-disable-next-line max-params -- a definition in one place.
function sumsByDefinition(
  trees: readonly TreeNodes[],
  leaves: readonly (readonly number[])[],
  outputs: number,
  shape: Shape,
  single: boolean,
): Float64Array | Float32Array {
  const width = shape.leafWidth ?? 1;
  const round = single ? Math.fround : (value: number): number => value;
  const sums = single ? new Float32Array(leaves.length * outputs) : new Float64Array(leaves.length * outputs);
  sums.fill(0.25);
  for (const [i, row] of leaves.entries()) {
    for (const [t, leaf] of row.entries()) {
      for (let k = 0; k < width; k++) {
        const at = i * outputs + (t % (outputs - width + 1)) + k;
        sums[at] = (sums[at] as number) + round(trees[t]?.values[leaf * width + k] as number);
      }
    }
  }
  return sums;
}

describe('Forest', () => {
  const { spec, trees } = randomForest(3, { trees: 5, depth: 4, features: 3, early: 0 });
  const changed = (change: (tree: TreeNodes) => TreeNodes): (() => Forest) => {
    return () =>
      Forest.build({ ...spec, read: (i) => (i === 2 ? change(trees[i] as TreeNodes) : (trees[i] as TreeNodes)) });
  };
  const withLeft = (tree: TreeNodes, node: number, child: number): TreeNodes => {
    const left = tree.left.slice();
    left[node] = child;
    return { ...tree, left };
  };

  it.each([
    ['a child beyond the nodes', changed((tree) => withLeft(tree, 1, 31))],
    ['a cycle', changed((tree) => withLeft(tree, 1, 0))],
    ['a node reached twice', changed((tree) => withLeft(tree, 0, tree.right[0] as number))],
    ['a right child below 0', changed((tree) => ({ ...tree, right: tree.right.map(() => -2) }))],
    ['a feature beyond the features', changed((tree) => ({ ...tree, feature: tree.feature.map(() => 3) }))],
    ['a feature below 0', changed((tree) => ({ ...tree, feature: tree.feature.map(() => -2) }))],
    ['another number of nodes', changed((tree) => ({ ...tree, left: tree.left.slice(1) }))],
  ])('refuses %s', (_what, build) => {
    expect(build).toThrow(expect.objectContaining({ code: 'ML_FORMAT_MALFORMED' }));
  });

  it('refuses a forest beyond 2 GiB before it allocates', () => {
    const huge = { ...spec, trees: Array.from({ length: 4 }, () => ({ nodes: 2 ** 28, column: 0 })) };
    expect(() => Forest.build(huge)).toThrow(expect.objectContaining({ code: 'ML_FORMAT_LIMIT' }));
  });

  it.each([
    ['finite', Number.NaN, 'ML_INPUT_MISSING_VALUE'],
    ['finite', 1e39, 'ML_INPUT_DTYPE'],
    ['nan', -Infinity, 'ML_INPUT_DTYPE'],
  ] as const)('accepting %s refuses %d, in one row and many', (accepts, value, code) => {
    const forest = Forest.build({ ...spec, accepts });
    for (const rows of [1, 20]) {
      const data = new Float64Array(rows * 3).fill(1);
      data[rows * 3 - 2] = value;
      const details = { row: rows - 1, column: 1 };
      expect(() => forest.addTo(new DenseMatrix(rows, 3, data), new Float64Array(rows))).toThrow(
        expect.objectContaining({ code, details: expect.objectContaining(details) }),
      );
    }
  });

  it('counts its memory', () => {
    expect(Forest.build(spec).byteSize).toBeGreaterThan(65_536);
    expect(Forest.build(spec, 'js').byteSize).toBeLessThan(10_000);
  });
});

describe('Forest without trees or rows', () => {
  const { spec } = randomForest(1, { trees: 0, depth: 0, features: 2 });

  it.each(['js', 'wasm'] as const)('adds nothing (%s)', (choice) => {
    for (const rows of [0, 1, 9]) {
      const sums = new Float64Array(rows).fill(0.5);
      Forest.build(spec, choice).addTo(new DenseMatrix(rows, 2), sums);
      expect(sums).toEqual(new Float64Array(rows).fill(0.5));
    }
  });
});
