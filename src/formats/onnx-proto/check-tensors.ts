import type { Limits } from '../../spec/limits.ts';
import type { CheckReport } from './check-report.ts';
import { DATA_TYPE } from './element-type.ts';
import type { OnnxSparseTensor, OnnxTensor } from './onnx-model.ts';
import { dimsText, quoted } from './quoted.ts';
import { decodeTensor } from './tensor-data.ts';
import { type TensorLayout, tensorLayout } from './tensor-layout.ts';

/** Checks tensors one by one and remembers what they need of other files. */
export class TensorChecker {
  /** Location to the bytes that the file must have at least. */
  readonly externalFiles: Map<string, number> = new Map();
  readonly #report: CheckReport;
  readonly #limits: Pick<Limits, 'maxModelBytes'>;

  constructor(report: CheckReport, limits: Pick<Limits, 'maxModelBytes'>) {
    this.#report = report;
    this.#limits = limits;
  }

  check(tensor: OnnxTensor): TensorLayout | undefined {
    // Only a path can still be worse than what was found.
    if (this.#report.isFull && tensor.externalData.length === 0) return undefined;
    const layout = this.#report.attempt(tensor, () => tensorLayout(tensor));
    if (layout?.external === undefined) return layout;
    const { location, offset, length } = layout.external;
    const end = offset + (length ?? layout.bytes);
    const name = quoted(tensor.name);
    if (layout.type.name === 'string') {
      this.#report.add('ML_FORMAT_MALFORMED', `tensor ${name} has its strings in another file`, tensor);
    } else if (end > this.#limits.maxModelBytes) {
      this.#report.add(
        'ML_FORMAT_LIMIT',
        `tensor ${name} ends at byte ${end} of ${quoted(location)}, beyond limits.maxModelBytes (${this.#limits.maxModelBytes})`,
        tensor,
      );
    } else {
      this.externalFiles.set(location, Math.max(this.externalFiles.get(location) ?? 0, end));
    }
    return layout;
  }

  /** Engines write out a sparse tensor in full, at the positions that the indices say. */
  checkSparse(sparse: OnnxSparseTensor): void {
    const { values, indices } = sparse;
    const name = quoted(values?.name);
    if (values === undefined || indices === undefined) {
      this.#report.add('ML_FORMAT_MALFORMED', `sparse tensor ${name} lacks values or indices`, sparse);
      return;
    }
    const valueLayout = this.check(values);
    const indexLayout = this.check(indices);
    if (valueLayout === undefined || indexLayout === undefined) return;
    if (valueLayout.external !== undefined || indexLayout.external !== undefined) {
      this.#report.add('ML_FORMAT_UNSUPPORTED', `sparse tensor ${name} has its values in another file`, sparse);
      return;
    }
    const dense = denseCount(sparse.dims);
    if (sparse.dims.length === 0 || sparse.dims.some((dim) => dim < 0n)) {
      this.#report.add('ML_FORMAT_MALFORMED', `sparse tensor ${name} has the dims ${dimsText(sparse.dims)}`, sparse);
    } else if (dense * BigInt(Math.max(valueLayout.type.bits, 8)) > 8n * BigInt(this.#limits.maxModelBytes)) {
      this.#report.add(
        'ML_FORMAT_LIMIT',
        `sparse tensor ${name} of dims ${dimsText(sparse.dims)} would take more than limits.maxModelBytes (${this.#limits.maxModelBytes}) when written out`,
        sparse,
      );
    } else if (!this.#indicesFit(sparse, indices, { count: valueLayout.count, shape: indexLayout.shape, dense })) {
      this.#report.add(
        'ML_FORMAT_MALFORMED',
        `sparse tensor ${name} of dims ${dimsText(sparse.dims)} has indices that do not fit its dims and values`,
        sparse,
      );
    }
  }

  #indicesFit(
    sparse: OnnxSparseTensor,
    indices: OnnxTensor,
    { count, shape, dense }: { count: number; shape: readonly number[]; dense: bigint },
  ): boolean {
    const rank = sparse.dims.length;
    if (indices.dataType !== DATA_TYPE.INT64 || shape[0] !== count) return false;
    const flat = shape.length === 1;
    if (!flat && !(shape.length === 2 && shape[1] === rank)) return false;
    const { data } = decodeTensor(indices);
    if (!(data instanceof BigInt64Array)) return false;
    return data.every((index, i) => index >= 0n && index < (flat ? dense : (sparse.dims[i % rank] ?? 0n)));
  }
}

/** Elements of the tensor when written out; stops where it is beyond every limit, as a product can grow without end. */
function denseCount(dims: readonly bigint[]): bigint {
  let product = 1n;
  for (const dim of dims) {
    product *= dim;
    if (product > BigInt(Number.MAX_SAFE_INTEGER)) break;
  }
  return product;
}
