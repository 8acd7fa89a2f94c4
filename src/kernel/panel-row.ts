import { PANEL, type Panels } from './panels.ts';

/**
 * Products of one row, which begins at `at`, with every column: a panel at a time, so that its sums do not wait for each
 * other, each in the order of its terms.
 */
export function panelProducts(
  { cols, inner, count, data }: Panels,
  row: Float64Array,
  at: number,
  out: Float64Array,
): void {
  for (let panel = 0, from = 0; panel < count; panel++) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let j = 0; j < inner; j++, from += PANEL) {
      const value = row[at + j] as number;
      a += value * (data[from] as number);
      b += value * (data[from + 1] as number);
      c += value * (data[from + 2] as number);
      d += value * (data[from + 3] as number);
    }
    const k = panel * PANEL;
    out[k] = a;
    if (k + 1 < cols) out[k + 1] = b;
    if (k + 2 < cols) out[k + 2] = c;
    if (k + 3 < cols) out[k + 3] = d;
  }
}

/** The same for squared distances. */
export function panelDistances(
  { cols, inner, count, data }: Panels,
  row: Float64Array,
  at: number,
  out: Float64Array,
): void {
  for (let panel = 0, from = 0; panel < count; panel++) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let j = 0; j < inner; j++, from += PANEL) {
      const value = row[at + j] as number;
      const da = value - (data[from] as number);
      const db = value - (data[from + 1] as number);
      const dc = value - (data[from + 2] as number);
      const dd = value - (data[from + 3] as number);
      a += da * da;
      b += db * db;
      c += dc * dc;
      d += dd * dd;
    }
    const k = panel * PANEL;
    out[k] = a;
    if (k + 1 < cols) out[k + 1] = b;
    if (k + 2 < cols) out[k + 2] = c;
    if (k + 3 < cols) out[k + 3] = d;
  }
}
