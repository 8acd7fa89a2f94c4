import { type CsrMatrix, type Dataset, type DenseMatrix, toDense } from '../data/dataset.ts';
import { FormatError } from '../errors/format-error.ts';
import { InputError } from '../errors/input-error.ts';
import { fillBlocks, fillRow, HAS_INFINITY, HAS_NAN, roundToFloat32 } from './fill-tile.ts';
import type { ForestSpec } from './forest-spec.ts';
import { JsKernel } from './js-kernel.ts';
import type { Kernel, KernelForest } from './kernel.ts';
import { LANES, type Layout, layOut } from './layout.ts';
import { packForest, type Views, viewsOf } from './pack-forest.ts';
import { WasmKernel, wasmMemory } from './wasm-kernel.ts';
import type { WasmMemory } from './web-assembly.ts';

/** From this many trees on, WebAssembly is worth a memory of its own. */
const MIN_WASM_TREES = 4;

/** `auto` is WebAssembly for several trees, where it is to be had. */
export type KernelChoice = 'auto' | 'js' | 'wasm';

/**
 * Trees in flat memory, and the kernel that walks rows through them. Every leaf holds `leafWidth` values, which are
 * added to the result from the column of its tree on, tree after tree: so the sums are those of a framework that
 * adds in the same order and precision.
 *
 * A forest frees itself when it is garbage.
 */
export class Forest {
  /** Bytes of memory. */
  readonly byteSize: number;
  readonly trees: number;
  /** Values per row of `addTo`'s result. */
  readonly outputs: number;
  /** Values per row of the input. */
  readonly features: number;
  readonly #spec: Pick<ForestSpec, 'className' | 'accepts' | 'inputs'>;
  #built: KernelForest | undefined;
  #work: Generator<void, void> | undefined;
  readonly #memory: WasmMemory | undefined;
  #kernel: Kernel | undefined;

  private constructor(spec: ForestSpec, byteSize: number, memory: WasmMemory | undefined) {
    this.#spec = { className: spec.className, accepts: spec.accepts, inputs: spec.inputs };
    this.#memory = memory;
    this.byteSize = byteSize;
    this.trees = spec.trees.length;
    this.outputs = spec.outputs;
    this.features = spec.features;
  }

  /**
   * Lays trees out in memory.
   *
   * @throws `ML_FORMAT_MALFORMED` for trees that are none, `ML_FORMAT_LIMIT` for more than 2 GiB
   */
  static build(spec: ForestSpec, choice: KernelChoice = 'auto'): Forest {
    const { forest, work } = Forest.#begin(spec, choice);
    while (work.next().done !== true);
    return forest;
  }

  /**
   * The same, the work left to the caller: a step per tree, which throws what `build` does. What is left when the
   * forest is first used, it does by itself.
   */
  static buildLater(spec: ForestSpec, later: (work: Generator<void, void>) => void): Forest {
    const { forest, work } = Forest.#begin(spec, 'auto');
    later(work);
    return forest;
  }

  static #begin(
    spec: ForestSpec,
    choice: KernelChoice,
  ): { readonly forest: Forest; readonly work: Generator<void, void> } {
    const layout = layOut(spec);
    const { features, outputs } = spec;
    const shape = { features, outputs, trees: spec.trees.length };
    const wasm = choice === 'wasm' || (choice === 'auto' && spec.trees.length >= MIN_WASM_TREES);
    const memory = wasm && spec.trees.length > 0 ? wasmMemory(layout, shape) : undefined;
    const views = viewsOf(memory?.buffer ?? plainMemory(spec, layout.end));
    const bytes = views.words.byteLength + (layout.leafCount + 2 * spec.trees.length) * Int32Array.BYTES_PER_ELEMENT;
    const forest = new Forest(spec, bytes, memory);
    const work = forest.#pack(spec, layout, views);
    forest.#work = work;
    return { forest, work };
  }

  *#pack(spec: ForestSpec, layout: Layout, views: Views): Generator<void, void> {
    const packed = yield* packForest(spec, layout, views);
    const { features, outputs, leafWidth } = spec;
    this.#built = { ...packed, layout, features, leafWidth, outputs, views };
    // The work holds the file.
    this.#work = undefined;
  }

  /** Trees that are used before their work was done by others do it themselves. */
  get #forest(): KernelForest {
    if (this.#built === undefined) while (this.#work?.next().done === false);
    return this.#built as KernelForest;
  }

  /** The framework's node index of each leaf, by leaf number. */
  get leafNodes(): Int32Array {
    return this.#forest.leafNodes;
  }

  /**
   * Adds, for every row, the values of the leaves that it reaches to `sums`, `[rows, outputs]`.
   *
   * @throws `ML_INPUT_MISSING_VALUE`, `ML_INPUT_DTYPE` for values that the model refuses
   */
  addTo(x: Dataset, sums: Float64Array | Float32Array): void {
    const rows = x.kind === 'frame' ? toDense(x) : x;
    const { outputs } = this;
    const kernel = this.#open();
    if (rows.rows < LANES) {
      for (let row = 0; row < rows.rows; row++) this.#addRow(kernel, rows, row, sums);
      return;
    }
    this.#walkTiles(rows, {
      open: (start, count) => kernel.sums.set(sums.subarray(start * outputs, (start + count) * outputs)),
      tree: (tree, _start, count) => kernel.addRows(tree, count),
      close: (start, count) => sums.set(kernel.sums.subarray(0, count * outputs), start * outputs),
    });
  }

  /**
   * The number of the leaf that every row reaches in every tree, `[rows, trees]`. Leaf numbers run through the
   * whole forest; `leafNodes` has the framework's.
   *
   * @throws as `addTo`
   */
  leaves(x: Dataset): Int32Array {
    const rows = x.kind === 'frame' ? toDense(x) : x;
    const { trees } = this;
    const out = new Int32Array(rows.rows * trees);
    const kernel = this.#open();
    if (rows.rows < LANES) {
      for (let row = 0; row < rows.rows; row++) {
        this.#walkRow(kernel, rows, row);
        out.set(kernel.leaves.subarray(0, trees), row * trees);
      }
      return out;
    }
    this.#walkTiles(rows, {
      open: () => {},
      tree: (tree, start, count) => {
        const { leaves } = kernel;
        for (let i = 0; i < count; i++) out[(start + i) * trees + tree] = leaves[i] as number;
      },
      close: () => {},
    });
    return out;
  }

  #open(): Kernel {
    this.#kernel ??= (this.#memory && WasmKernel.create(this.#forest, this.#memory)) ?? new JsKernel(this.#forest);
    return this.#kernel;
  }

  /** One row through all trees. */
  #walkRow(kernel: Kernel, x: DenseMatrix | CsrMatrix, row: number): void {
    const found = this.#check(fillRow(x, row, kernel.x), x, 1);
    kernel.walkTrees(this.#forest.special || found !== 0);
  }

  #addRow(kernel: Kernel, x: DenseMatrix | CsrMatrix, row: number, sums: Float64Array | Float32Array): void {
    this.#walkRow(kernel, x, row);
    const { outputs } = this;
    const target = kernel.sums;
    const at = row * outputs;
    for (let k = 0; k < outputs; k++) target[k] = sums[at + k] as number;
    kernel.addTrees();
    for (let k = 0; k < outputs; k++) sums[at + k] = target[k] as number;
  }

  #walkTiles(x: DenseMatrix | CsrMatrix, on: Visitor): void {
    const kernel = this.#open();
    const { layout, special } = this.#forest;
    for (let start = 0; start < x.rows; start += layout.tileRows) {
      const count = Math.min(layout.tileRows, x.rows - start);
      const blocks = Math.ceil(count / LANES);
      const found = this.#check(fillBlocks(x, { start, count }, kernel.x), x, blocks * LANES);
      on.open(start, count);
      for (let tree = 0; tree < this.trees; tree++) {
        kernel.walkRows(tree, blocks, special || found !== 0);
        on.tree(tree, start, count);
      }
      on.close(start, count);
    }
  }

  #check(filled: number, x: DenseMatrix | CsrMatrix, rows: number): number {
    const { accepts, inputs } = this.#spec;
    const rounds = inputs === 'float32' && this.#forest.layout.type === 'f64';
    const found = rounds ? roundToFloat32(this.#open().x, rows * x.cols) : filled;
    if (found === 0 || accepts === 'any') return found;
    // scikit-learn's trees take missing values in dense data alone.
    const nanRefused = accepts === 'finite' || x.kind === 'csr';
    if ((found & HAS_INFINITY) !== 0 || (nanRefused && (found & HAS_NAN) !== 0)) this.#refuse(x, nanRefused);
    return found;
  }

  /** Finds the first value that is not accepted, and throws. */
  #refuse(x: DenseMatrix | CsrMatrix, nanRefused: boolean): void {
    const { className, inputs } = this.#spec;
    for (let at = 0; at < x.data.length; at++) {
      const value = x.data[at] as number;
      const rounded = inputs === 'float32' ? Math.fround(value) : value;
      if (Number.isFinite(rounded) || (Number.isNaN(rounded) && !nanRefused)) continue;
      const place = x.kind === 'dense' ? { row: Math.floor(at / x.cols), column: at % x.cols } : { value: at };
      const where = Object.entries(place).map(([name, index]) => `${name} ${index}`);
      throw Number.isNaN(value)
        ? new InputError('ML_INPUT_MISSING_VALUE', `${className} takes no missing values; ${where.join(', ')} is NaN`, {
            details: place,
          })
        : new InputError(
            'ML_INPUT_DTYPE',
            `${className} takes no ${value} (${where.join(', ')}): not finite as ${inputs}`,
            {
              details: place,
            },
          );
    }
  }
}

function plainMemory(spec: ForestSpec, bytes: number): ArrayBuffer {
  try {
    return new ArrayBuffer(bytes);
  } catch (cause) {
    throw new FormatError('ML_FORMAT_LIMIT', `${spec.className}: no memory for ${bytes} bytes of trees`, { cause });
  }
}

/** What is done with the leaves that a walk found. */
interface Visitor {
  /** Before the trees of a tile of rows. */
  open(start: number, count: number): void;
  /** The rows of a tile went through one tree. */
  tree(tree: number, start: number, count: number): void;
  close(start: number, count: number): void;
}
