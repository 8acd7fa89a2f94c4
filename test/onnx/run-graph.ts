import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { OnnxModel } from '../../src/formats/onnx-proto/onnx-model.ts';
import { serializeModel } from '../../src/formats/onnx-proto/write-model.ts';

/** Runs a model in onnxruntime; values by output name. */
export async function runGraph(
  model: OnnxModel,
  feeds: Readonly<Record<string, { readonly type: string; readonly data: unknown; readonly dims: readonly number[] }>>,
): Promise<Record<string, { readonly type: string; readonly data: unknown[]; readonly dims: readonly number[] }>> {
  const session = await InferenceSession.create(serializeModel(model), { logSeverityLevel: 4, intraOpNumThreads: 1 });
  try {
    const tensors = Object.entries(feeds).map(
      ([name, { type, data, dims }]) => [name, new Tensor(type as 'float32', data as Float32Array, dims)] as const,
    );
    const results = await session.run(Object.fromEntries(tensors));
    return Object.fromEntries(
      Object.entries(results).map(([name, { type, data, dims }]) => [
        name,
        { type, data: Array.from(data as ArrayLike<unknown>), dims },
      ]),
    );
  } finally {
    await session.release();
  }
}
