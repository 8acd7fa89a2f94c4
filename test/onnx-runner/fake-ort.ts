import type { OrtModule, OrtSession, OrtTensor } from '../../src/engines/onnxruntime-api.ts';
import type { OnnxRuntime } from '../../src/engines/onnxruntime-import.ts';

/** A tensor that only remembers what it was made of. */
export class FakeTensor implements OrtTensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];

  constructor(type: string, data: unknown, dims: readonly number[]) {
    this.type = type;
    this.data = data;
    this.dims = dims;
  }
}

/** A runtime whose sessions answer from a function. */
export function fakeOrt(run: OrtSession['run'] = () => Promise.resolve({})): OrtModule {
  const session: OrtSession = { inputNames: [], outputNames: [], run, release: () => Promise.resolve() };
  return {
    env: { versions: { node: '1.30.0' } },
    Tensor: FakeTensor,
    InferenceSession: { create: () => Promise.resolve(session) },
  };
}

export function fakeRuntime(run?: OrtSession['run']): OnnxRuntime {
  return { name: 'onnxruntime-node', version: '1.30.0', ort: fakeOrt(run) };
}
