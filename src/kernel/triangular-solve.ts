import { DenseMatrix } from '../data/dataset.ts';
import { type MatrixKernel, matrixKernel } from './matrix-kernel.ts';
import { PANEL } from './panels.ts';

/** Values of the kernel's memory for four rows of the matrix; the rest holds columns that are solved for. */
const ROW_VALUES = 2 ** 17;
const MEMORY_VALUES = 2 ** 20;
const MIN_TERMS = 20_000;

/**
 * Solves `lower · X = right` for a lower triangular matrix, each sum in the order of its terms: the same to the last bit
 * as a plain loop. `undefined` where that is not worth it or the kernel is not to be had.
 */
export function triangularSolve(lower: DenseMatrix, right: DenseMatrix): DenseMatrix | undefined {
  const n = lower.rows;
  const padded = Math.ceil(n / PANEL) * PANEL;
  const fitting = Math.floor((MEMORY_VALUES - ROW_VALUES) / (padded * PANEL));
  if (right.cols < PANEL || n * n * right.cols < MIN_TERMS || padded * PANEL > ROW_VALUES || fitting === 0)
    return undefined;
  const kernel = matrixKernel();
  if (kernel === undefined) return undefined;
  const out = new DenseMatrix(n, right.cols);
  const width = fitting * PANEL;
  for (let column = 0; column < right.cols; column += width) {
    const cols = Math.min(width, right.cols - column);
    const place = { padded, panels: Math.ceil(cols / PANEL) };
    move(kernel, right, { ...place, column, cols }, 'in');
    solveTile(kernel, lower, place);
    move(kernel, out, { ...place, column, cols }, 'out');
  }
  return out;
}

interface Place {
  /** Rows of a panel. */
  readonly padded: number;
  readonly panels: number;
}

function solveTile(kernel: MatrixKernel, lower: DenseMatrix, { padded, panels }: Place): void {
  const n = lower.rows;
  const { memory } = kernel;
  for (let first = 0; first < n; first += PANEL) {
    const rows = Math.min(PANEL, n - first);
    for (let r = 0; r < PANEL; r++) {
      const from = (first + r) * n;
      if (r < rows) memory.set(lower.data.subarray(from, from + first), r * first);
      else memory.fill(0, r * first, (r + 1) * first);
    }
    kernel.run('subtract', {
      a: 0,
      lda: first * 8,
      blocks: 1,
      b: ROW_VALUES * 8,
      bstep: padded * PANEL * 8,
      panels,
      k: first,
      out: (ROW_VALUES + first * PANEL) * 8,
      ldo: PANEL * 8,
      ostep: padded * PANEL * 8,
    });
    for (let panel = 0; panel < panels; panel++)
      solveCorner(memory, lower, { first, rows, at: ROW_VALUES + (panel * padded + first) * PANEL });
  }
}

/** The triangle on the diagonal, for one panel. */
function solveCorner(
  memory: Float64Array,
  { data, cols }: DenseMatrix,
  { first, rows, at }: { readonly first: number; readonly rows: number; readonly at: number },
): void {
  for (let r = 0; r < rows; r++) {
    const row = (first + r) * cols + first;
    for (let c = 0; c < PANEL; c++) {
      let sum = memory[at + r * PANEL + c] as number;
      for (let q = 0; q < r; q++) sum -= (data[row + q] as number) * (memory[at + q * PANEL + c] as number);
      memory[at + r * PANEL + c] = sum / (data[row + r] as number);
    }
  }
}

/** Moves columns of a matrix into panels or back. */
function move(
  { memory }: MatrixKernel,
  matrix: DenseMatrix,
  { padded, panels, column, cols }: Place & { readonly column: number; readonly cols: number },
  way: 'in' | 'out',
): void {
  if (way === 'in') memory.fill(0, ROW_VALUES, ROW_VALUES + panels * padded * PANEL);
  for (let i = 0; i < matrix.rows; i++) {
    const row = i * matrix.cols + column;
    for (let c = 0; c < cols; c++) {
      const at = ROW_VALUES + (Math.floor(c / PANEL) * padded + i) * PANEL + (c % PANEL);
      if (way === 'in') memory[at] = matrix.data[row + c] as number;
      else matrix.data[row + c] = memory[at] as number;
    }
  }
}
