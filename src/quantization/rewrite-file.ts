import { FormatError } from '../errors/format-error.ts';
import { checkModel, throwWorst } from '../formats/onnx-proto/check.ts';
import { looksLikeOnnx } from '../formats/onnx-proto/looks-like-onnx.ts';
import { readModel } from '../formats/onnx-proto/read-model.ts';
import { serializeModel } from '../formats/onnx-proto/write-model.ts';
import { quantizeDynamic } from '../onnx/quantize/dynamic-int8.ts';
import { halveWeights } from '../onnx/quantize/half-weights.ts';
import type { SmallerModel } from '../onnx/quantize/graph-edit.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { Limits } from '../spec/limits.ts';
import type { QuantizationMethod } from './quantize-options.ts';

/** A smaller file, not written yet. */
export interface RewrittenFile extends Pick<SmallerModel, 'smaller' | 'kept'> {
  readonly bytes: Uint8Array;
  /** Bytes of the file that was read, external data included. */
  readonly sizeBefore: number;
}

/**
 * Judges an ONNX file as loading does, and writes it with smaller weights, external data included.
 *
 * @throws `ML_FORMAT_*`, `ML_ARTEFACT_*`
 */
export async function rewriteFile(
  artefact: Artefact,
  method: QuantizationMethod,
  limits: Limits,
): Promise<RewrittenFile> {
  if (!looksLikeOnnx(artefact.bytes)) {
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `${artefact.name} is no ONNX file; only ONNX graphs are quantised. Natively computed models have exact weights`,
    );
  }
  const model = readModel(artefact.bytes, limits);
  const { findings, externalFiles } = checkModel(model, limits);
  throwWorst(findings);
  const external = new Map<string, Uint8Array>();
  let sizeBefore = artefact.bytes.byteLength;
  for (const location of externalFiles.keys()) {
    const data = await artefact.read(location);
    external.set(location, data);
    sizeBefore += data.byteLength;
  }
  const { model: small, smaller, kept } = (method === 'int8' ? quantizeDynamic : halveWeights)(model, external);
  return { bytes: serializeModel(small), smaller, kept, sizeBefore };
}
