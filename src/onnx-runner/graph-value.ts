import type { ValueInfo } from '../spec/model.ts';
import type { DType } from '../spec/tensor.ts';

/** A tensor that enters or leaves the graph, as the file declares it. */
export interface GraphValue {
  readonly name: string;
  /** `undefined` where the file does not say. */
  readonly dtype: DType | undefined;
  /** Extents; a symbolic name or `null` where any is allowed. `undefined` where even the rank is unknown. */
  readonly shape: readonly (number | string | null)[] | undefined;
}

/** The public description; an unknown rank is shown as no dimensions. */
export function toValueInfo(value: GraphValue): ValueInfo {
  return { name: value.name, dtype: value.dtype, shape: value.shape ?? [] };
}

/** The type that travels through the engine: half-precision edges of the graph are cast to float32. */
export function engineDType(dtype: DType): DType {
  return dtype === 'float16' || dtype === 'bfloat16' ? 'float32' : dtype;
}

/** A declared shape for a message, e.g. `[batch, 30]`. */
export function shapeText(shape: GraphValue['shape']): string {
  return shape === undefined ? 'any shape' : `[${shape.map((extent) => extent ?? '?').join(', ')}]`;
}

/** Whether a shape is one that the declaration allows. */
export function fits(shape: readonly number[], declared: GraphValue['shape']): boolean {
  if (declared === undefined) return true;
  return (
    shape.length === declared.length && declared.every((extent, i) => typeof extent !== 'number' || extent === shape[i])
  );
}
