import { DenseMatrix } from '../data/dataset.ts';
import { type MatrixKernel, matrixKernel } from './matrix-kernel.ts';
import { PANEL, type Panels } from './panels.ts';

/** Values of the three parts of the kernel's memory: rows, panels, results. */
const ROW_VALUES = 2 ** 17;
const PANEL_VALUES = 2 ** 18;
const RESULT_VALUES = 2 ** 19;
const PANELS_AT = ROW_VALUES;
const RESULTS_AT = PANELS_AT + PANEL_VALUES;
const MAX_TILE_ROWS = 64;
/** Sums of fewer terms than this are sooner done than moved into the kernel's memory. */
const MIN_TERMS = 20_000;

/** Whether a product of this size is worth a kernel. */
export function isLarge(rows: number, { cols, inner }: Pick<Panels, 'cols' | 'inner'>): boolean {
  return rows >= PANEL && cols >= PANEL && rows * cols * inner >= MIN_TERMS;
}

/**
 * Sums over the columns of `a` and the terms of the panels, of products or of squared differences, each in the order of
 * its terms: the same to the last bit as a plain loop. `undefined` where the kernel is not to be had, or one row of
 * values is too long for it.
 */
export function tiledMatrix(
  operation: 'products' | 'distances',
  a: DenseMatrix,
  panels: Panels,
): DenseMatrix | undefined {
  const kernel = matrixKernel();
  const tile = tileRows(a.rows, panels.inner);
  if (kernel === undefined || tile === 0 || panels.inner * PANEL > PANEL_VALUES) return undefined;
  const out = new DenseMatrix(a.rows, panels.cols);
  const chunk = Math.min(Math.floor(PANEL_VALUES / (panels.inner * PANEL)), Math.floor(RESULT_VALUES / (tile * PANEL)));
  for (let first = 0; first < panels.count; first += chunk) {
    const count = Math.min(chunk, panels.count - first);
    loadPanels(kernel, panels, first, count);
    for (let row = 0; row < a.rows; row += tile) {
      const rows = loadRows(kernel, a, row, tile);
      const stride = count * PANEL;
      runTile(kernel, operation, { rows, inner: panels.inner, count, to: RESULTS_AT, stride });
      copyOut(kernel, out, { row, rows, column: first * PANEL, stride });
    }
  }
  return out;
}

/**
 * Rows of products with all panels, a tile at a time: `use` is given the row and where its results begin in the
 * kernel's memory, in values. `false`, and nothing was done, where the kernel cannot.
 */
export function tiledRows(
  a: DenseMatrix,
  panels: Panels,
  use: (kernel: MatrixKernel, row: number, at: number) => void,
): boolean {
  const kernel = matrixKernel();
  const stride = panels.count * PANEL;
  const fitting = Math.floor(RESULT_VALUES / stride / PANEL) * PANEL;
  const tile = Math.min(tileRows(a.rows, panels.inner), fitting);
  if (kernel === undefined || tile === 0 || panels.inner * PANEL > PANEL_VALUES) return false;
  const chunk = Math.floor(PANEL_VALUES / (panels.inner * PANEL));
  for (let row = 0; row < a.rows; row += tile) {
    const rows = loadRows(kernel, a, row, tile);
    for (let first = 0; first < panels.count; first += chunk) {
      const count = Math.min(chunk, panels.count - first);
      // What fits as a whole stays from tile to tile.
      if (row === 0 || panels.count > chunk) loadPanels(kernel, panels, first, count);
      runTile(kernel, 'products', { rows, inner: panels.inner, count, to: RESULTS_AT + first * PANEL, stride });
    }
    for (let i = 0; i < rows; i++) use(kernel, row + i, RESULTS_AT + i * stride);
  }
  return true;
}

/** Where values that a caller keeps beside rows and panels may lie, in values, and how many. */
export const EXTRA_AT: number = RESULTS_AT + RESULT_VALUES;
export const EXTRA_VALUES: number = 2 ** 20 - EXTRA_AT;

function tileRows(rows: number, inner: number): number {
  const fitting = Math.floor(ROW_VALUES / Math.max(1, inner) / PANEL) * PANEL;
  return Math.min(MAX_TILE_ROWS, fitting, Math.ceil(rows / PANEL) * PANEL);
}

function loadPanels({ memory }: MatrixKernel, { data, inner }: Panels, first: number, count: number): void {
  const size = inner * PANEL;
  memory.set(data.subarray(first * size, (first + count) * size), PANELS_AT);
}

/** Copies up to `tile` rows; those that are missing to a multiple of four are zeros. */
function loadRows({ memory }: MatrixKernel, a: DenseMatrix, row: number, tile: number): number {
  const rows = Math.min(tile, a.rows - row);
  const end = rows * a.cols;
  memory.set(a.data.subarray(row * a.cols, row * a.cols + end), 0);
  memory.fill(0, end, Math.ceil(rows / PANEL) * PANEL * a.cols);
  return rows;
}

interface Tile {
  readonly rows: number;
  readonly inner: number;
  readonly count: number;
  /** Where results go, in values, and how many there are from row to row. */
  readonly to: number;
  readonly stride: number;
}

function runTile(kernel: MatrixKernel, operation: 'products' | 'distances', tile: Tile): void {
  const { rows, inner, count, to, stride } = tile;
  kernel.run(operation, {
    a: 0,
    lda: inner * 8,
    blocks: Math.ceil(rows / PANEL),
    b: PANELS_AT * 8,
    bstep: inner * PANEL * 8,
    panels: count,
    k: inner,
    out: to * 8,
    ldo: stride * 8,
    ostep: PANEL * 8,
  });
}

function copyOut(
  { memory }: MatrixKernel,
  out: DenseMatrix,
  part: { readonly row: number; readonly rows: number; readonly column: number; readonly stride: number },
): void {
  const { row, rows, column, stride } = part;
  const width = Math.min(stride, out.cols - column);
  for (let i = 0; i < rows; i++) {
    const from = RESULTS_AT + i * stride;
    out.data.set(memory.subarray(from, from + width), (row + i) * out.cols + column);
  }
}
