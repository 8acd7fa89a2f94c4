/** The part of the WebAssembly interface that the kernel uses; the compiler's library for Node has no types for it. */
export interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: object };
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => WasmMemory;
}

/** A compiled module. */
export type WasmModule = object;

/** Linear memory; this library never lets one grow, so that views of `buffer` stay valid. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** `undefined` where the process runs without (`--jitless`). */
export function webAssembly(): WebAssemblyApi | undefined {
  return Reflect.get(globalThis, 'WebAssembly') as WebAssemblyApi | undefined;
}
