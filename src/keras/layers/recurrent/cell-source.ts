import type { DType } from '../../../spec/tensor.ts';
import type { LayerWeights } from '../../graph/layer-weights.ts';
import type { KerasLayer } from '../../model/keras-layer.ts';

/** What a cell is made of. */
export interface CellSource {
  /** The cell, or the layer that has the cell's parameters (`LSTM`). */
  readonly layer: KerasLayer;
  /** The cell's own variables. */
  readonly weights: LayerWeights;
  /** Features of the input; `null` where nothing says it, then the kernel does. */
  readonly width: number | null;
  readonly dtype: DType;
}
