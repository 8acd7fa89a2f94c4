import type { Kernel, KernelForest } from './kernel.ts';
import { align, inputBytes, LANES, type Layout, pagesOf } from './layout.ts';
import { TREE_KERNEL } from './tree-kernel.gen.ts';
import { type WasmMemory, type WasmModule, webAssembly } from './web-assembly.ts';

type Walk = (...parameters: readonly number[]) => void;

let compiled: WasmModule | null | undefined;

/** The module, compiled once a thread; `undefined` where WebAssembly (or its SIMD) is not to be had. */
function compile(): WasmModule | undefined {
  if (compiled === undefined) {
    const api = webAssembly();
    try {
      compiled = api === undefined ? null : new api.Module(Buffer.from(TREE_KERNEL, 'base64'));
    } catch {
      compiled = null;
    }
  }
  return compiled ?? undefined;
}

/** Where the tile of rows lies: after the forest. */
function tileOf(
  layout: Layout,
  shape: { readonly features: number; readonly outputs: number; readonly trees: number },
) {
  const x = layout.end;
  const leaves = align(x + layout.tileRows * shape.features * inputBytes(layout), 64);
  const sums = align(leaves + align(Math.max(layout.tileRows, shape.trees), LANES) * 4, 64);
  return { x, leaves, sums, end: sums + layout.tileRows * shape.outputs * layout.valueBytes };
}

/**
 * Memory of WebAssembly for a forest and its tile; `undefined` where that cannot be had, and the forest then works
 * without. Every forest has a memory of its own, which goes when the forest is garbage: nothing has to be freed.
 */
export function wasmMemory(
  layout: Layout,
  shape: { readonly features: number; readonly outputs: number; readonly trees: number },
): WasmMemory | undefined {
  const api = webAssembly();
  if (api === undefined || compile() === undefined) return undefined;
  const pages = pagesOf(tileOf(layout, shape).end);
  try {
    return new api.Memory({ initial: pages, maximum: pages });
  } catch {
    // Address space for another memory is not to be had.
    return undefined;
  }
}

/** The kernel in WebAssembly. */
export class WasmKernel implements Kernel {
  readonly x: Float32Array | Float64Array;
  readonly leaves: Int32Array;
  readonly sums: Float64Array | Float32Array;
  readonly #forest: KernelForest;
  readonly #tile: ReturnType<typeof tileOf>;
  readonly #walks: { readonly rows: Walk; readonly rowsFull: Walk; readonly trees: Walk; readonly treesFull: Walk };
  readonly #adds: { readonly rows: Walk; readonly trees: Walk };
  readonly #columns: Int32Array;

  private constructor(forest: KernelForest, memory: WasmMemory, functions: ReadonlyMap<string, Walk>) {
    const { layout, features, outputs, roots } = forest;
    const { buffer } = memory;
    const tile = tileOf(layout, { features, outputs, trees: roots.length });
    this.#forest = forest;
    this.#tile = tile;
    const values = layout.tileRows * features;
    this.x =
      layout.type === 'f32' ? new Float32Array(buffer, tile.x, values) : new Float64Array(buffer, tile.x, values);
    this.leaves = new Int32Array(buffer, tile.leaves, align(Math.max(layout.tileRows, roots.length), LANES));
    const sums = layout.tileRows * outputs;
    this.sums =
      layout.valueBytes === 8 ? new Float64Array(buffer, tile.sums, sums) : new Float32Array(buffer, tile.sums, sums);
    this.#columns = new Int32Array(buffer, layout.columns, roots.length);
    const find = (name: string): Walk => functions.get(name) ?? (() => {});
    const sumType = layout.valueBytes === 8 ? 'f64' : 'f32';
    this.#walks = {
      rows: find(`rows_${layout.type}`),
      rowsFull: find(`rows_${layout.type}_full`),
      trees: find(`trees_${layout.type}`),
      treesFull: find(`trees_${layout.type}_full`),
    };
    this.#adds = { rows: find(`add_rows_${sumType}`), trees: find(`add_trees_${sumType}`) };
  }

  /** `undefined` where WebAssembly is not to be had. */
  static create(forest: KernelForest, memory: WasmMemory): WasmKernel | undefined {
    const api = webAssembly();
    const module = compile();
    if (api === undefined || module === undefined) return undefined;
    const { exports } = new api.Instance(module, { kernel: { memory } });
    return new WasmKernel(forest, memory, new Map(Object.entries(exports) as [string, Walk][]));
  }

  walkRows(tree: number, blocks: number, full: boolean): void {
    const { layout, features, roots, rounds } = this.#forest;
    const walk = full ? this.#walks.rowsFull : this.#walks.rows;
    const blockBytes = features * LANES * inputBytes(layout);
    walk(
      roots[tree] as number,
      rounds[tree] as number,
      this.#tile.x,
      blocks,
      blockBytes,
      this.#tile.leaves,
      layout.shift,
      layout.mask,
    );
  }

  walkTrees(full: boolean): void {
    const { layout, roots } = this.#forest;
    const walk = full ? this.#walks.treesFull : this.#walks.trees;
    const groups = (roots.length + LANES - 1) >> 3;
    walk(layout.groups, groups, this.#tile.x, this.#tile.leaves, layout.shift, layout.mask);
  }

  addRows(tree: number, rows: number): void {
    const { layout, leafWidth, outputs } = this.#forest;
    const to = this.#tile.sums + (this.#columns[tree] as number);
    this.#adds.rows(this.#tile.leaves, rows, layout.values, leafWidth, to, outputs * layout.valueBytes);
  }

  addTrees(): void {
    const { layout, leafWidth, roots } = this.#forest;
    this.#adds.trees(this.#tile.leaves, roots.length, layout.values, leafWidth, this.#tile.sums, layout.columns);
  }
}
