import { MATRIX_KERNEL } from './matrix-kernel.gen.ts';
import { webAssembly } from './web-assembly.ts';

/** Bytes of the memory that all calls of a thread share; nothing in it outlives a call. */
const MEMORY_BYTES = 8 * 2 ** 20;
const PAGE_BYTES = 65_536;

/**
 * Where the parts of a call lie: `blocks` times four rows of `a`, `lda` bytes apart, against `panels` of four columns,
 * `bstep` bytes apart, over `k` terms; results `ldo` bytes from row to row and `ostep` from panel to panel.
 */
export interface TileCall {
  readonly a: number;
  readonly lda: number;
  readonly blocks: number;
  readonly b: number;
  readonly bstep: number;
  readonly panels: number;
  readonly k: number;
  readonly out: number;
  readonly ldo: number;
  readonly ostep: number;
}

/** Sums of `a * b`; of `(a - b)²`; the results that are there less sums of `a * b`, term after term. */
export type TileOperation = 'products' | 'distances' | 'subtract';

/** Four rows against four columns at once, each sum in the order of its terms. Addresses are in bytes. */
export interface MatrixKernel {
  readonly memory: Float64Array;
  run(operation: TileOperation, call: TileCall): void;
  /** `max(0, own - 2 * value + norm)` in the place of each value; an even number of them. */
  reduce(at: number, end: number, norms: number, own: number): void;
  /** The first address from `at` on, in steps of two, where a value is less than `limit` or NaN; else `end`. */
  scan(at: number, end: number, limit: number): number;
}

type Call = (...parameters: readonly number[]) => number;

let kernel: MatrixKernel | null | undefined;

/** The kernel of this thread; `undefined` where WebAssembly (or its SIMD) is not to be had. */
export function matrixKernel(): MatrixKernel | undefined {
  kernel ??= create() ?? null;
  return kernel ?? undefined;
}

function create(): MatrixKernel | undefined {
  const api = webAssembly();
  if (api === undefined) return undefined;
  try {
    const pages = MEMORY_BYTES / PAGE_BYTES;
    const memory = new api.Memory({ initial: pages, maximum: pages });
    const { exports } = new api.Instance(new api.Module(Buffer.from(MATRIX_KERNEL, 'base64')), { kernel: { memory } });
    const { products, distances, subtract, reduce, scan } = exports as Readonly<Record<string, Call>>;
    if (!products || !distances || !subtract || !reduce || !scan) return undefined;
    const operations = { products, distances, subtract };
    return {
      memory: new Float64Array(memory.buffer),
      run: (operation, { a, lda, blocks, b, bstep, panels, k, out, ldo, ostep }) =>
        void operations[operation](a, lda, blocks, b, bstep, panels, k, out, ldo, ostep),
      reduce: (at, end, norms, own) => void reduce(at, end, norms, own),
      scan,
    };
  } catch {
    // No SIMD, or no address space for the memory.
    return undefined;
  }
}
