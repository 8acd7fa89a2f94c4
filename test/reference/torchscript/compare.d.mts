import type { Tensor, TensorLike } from '../../../src/spec/tensor.ts';

export interface NamedTensor extends TensorLike {
  readonly name: string;
}

export function feedsOf(inputs: readonly NamedTensor[]): Record<string, TensorLike>;
export function difference(
  got: Readonly<Record<string, Tensor>>,
  expected: readonly NamedTensor[],
  rtol: number,
): string | undefined;
