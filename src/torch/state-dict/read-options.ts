import type { FormatError } from '../../errors/format-error.ts';
import type { PickleOptions } from '../../formats/pickle/pickle-options.ts';
import type { Limits } from '../../spec/limits.ts';

/** How a file of PyTorch is read. */
export interface TorchReadOptions {
  readonly limits: Limits;
  readonly signal: AbortSignal;
  /** Takes what is unsafe, so that a scan can list all of it. Without it, the first one is thrown. */
  readonly onUnsafe?: (error: FormatError) => void;
}

/** Opcodes per element: what a pickle spends on one value, its memo entry and its place in a container. */
const OPCODES_PER_ELEMENT = 10;

export function pickleOptions({
  limits: { maxElements },
  signal,
  onUnsafe,
}: TorchReadOptions): PickleOptions & { readonly signal: AbortSignal } {
  return {
    limits: { maxOpcodes: maxElements * OPCODES_PER_ELEMENT, maxNodes: maxElements, maxMemo: maxElements },
    signal,
    ...(onUnsafe !== undefined && { onUnsafe }),
  };
}
