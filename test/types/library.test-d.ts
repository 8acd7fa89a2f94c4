import { expectTypeOf, test } from 'vitest';
import {
  type ErrorCode,
  FormatError,
  type LoadContext,
  loadModel,
  LoaderRegistry,
  MLServiceError,
  MLServiceRegistry,
  type Model,
  type ModelLoader,
  scanFile,
  type ScanReport,
  type StoredTensor,
  type TensorInfo,
} from '../../src/index.ts';

test('a file or bytes become a model', () => {
  expectTypeOf(loadModel('model.onnx')).toEqualTypeOf<Promise<Model>>();
  expectTypeOf(loadModel({ bytes: new Uint8Array(), name: 'model.onnx' })).toEqualTypeOf<Promise<Model>>();
  // @ts-expect-error bytes need a name, which messages and the extension come from
  void loadModel({ bytes: new Uint8Array() });
});

test('a scan gives one of four verdicts', () => {
  expectTypeOf(scanFile('model.onnx')).toEqualTypeOf<Promise<ScanReport>>();
  expectTypeOf<ScanReport['verdict']>().toEqualTypeOf<'safe' | 'unsafe' | 'malformed' | 'unsupported'>();
});

test('an unknown error narrows to one with a known code', () => {
  const error: unknown = new Error('something');
  if (MLServiceError.isInstance(error)) {
    expectTypeOf(error).toEqualTypeOf<MLServiceError>();
    expectTypeOf(error.code).toEqualTypeOf<ErrorCode>();
    expectTypeOf(error.retryable).toEqualTypeOf<boolean>();
    expectTypeOf(error.details).toEqualTypeOf<Readonly<Record<string, unknown>>>();
    // @ts-expect-error no such code: a comparison that can never hold
    if (error.code === 'ML_NO_SUCH_CODE') throw error;
  }
  expectTypeOf<FormatError>().toExtend<MLServiceError>();
  // @ts-expect-error a class takes only its own codes
  void new FormatError('ML_ABORTED', 'the signal aborted');
});

test('a loader has three required members', () => {
  const loader: ModelLoader = { name: 'echo', formats: ['echo'], load: () => ({ predict: () => [1] }) };
  expectTypeOf<Parameters<ModelLoader['load']>>().toEqualTypeOf<[LoadContext]>();
  expectTypeOf(new LoaderRegistry().register(loader, { overwrite: true })).toEqualTypeOf<LoaderRegistry>();
  // @ts-expect-error `load` is missing
  const incomplete: ModelLoader = { name: 'echo', formats: ['echo'] };
  void incomplete;
  // @ts-expect-error no version of the contract but v1 exists
  const later: ModelLoader = { ...loader, specVersion: 'v2' };
  void later;
});

test('options are checked by name and value', () => {
  void new MLServiceRegistry({ modelsDir: 'models', verification: 'require', cache: { maxBytes: 1e9 } });
  // @ts-expect-error no such mode
  void new MLServiceRegistry({ verification: 'always' });
  // @ts-expect-error no such option
  void new MLServiceRegistry({ modelDir: 'models' });
});

test('rows may come from Arrow, tensors have rows and arrays', () => {
  const model = {} as Model;
  const table = {
    numRows: 1,
    schema: { fields: [{ name: 'a' }] },
    getChild: (_name: string) => ({ toArray: () => new Float64Array(1), get: (_index: number): unknown => 1 }),
  };
  void model.predict(table);
  expectTypeOf(
    model.run({ input: { data: new BigInt64Array(1), shape: [1], dtype: 'int64' } }),
  ).resolves.toHaveProperty('x');
  // @ts-expect-error no such element type
  void model.run({ input: { data: [1], shape: [1], dtype: 'float' } });
});

test('tensors of a file have names, and bytes beside their numbers', () => {
  expectTypeOf<Model['tensors']>().toEqualTypeOf<ReadonlyMap<string, TensorInfo>>();
  expectTypeOf<Model['tensor']>().returns.resolves.toEqualTypeOf<StoredTensor>();
  expectTypeOf<StoredTensor['bytes']>().toEqualTypeOf<Uint8Array>();
});
