import { describe, expect, test } from 'vitest';
import {
  makeAttribute,
  makeGraph,
  makeModel,
  makeNode,
  makeTensor,
  makeTensorType,
  makeValueInfo,
} from '../../../src/formats/onnx-proto/build.ts';
import { edited } from '../../../src/formats/onnx-proto/onnx-model.ts';
import { readModel } from '../../../src/formats/onnx-proto/read-model.ts';
import { WireWriter } from '../../../src/formats/onnx-proto/wire-writer.ts';
import { serializeModel } from '../../../src/formats/onnx-proto/write-model.ts';
import { fixture, LIMITS, validFiles } from './onnx-files.ts';

const isList = (value: object): value is { values(): unknown } =>
  'values' in value && typeof value.values === 'function';

/** The message with every source forgotten, so that the writer spells out all of it. */
function forget(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || isList(value)) return value;
  if (Array.isArray(value)) return value.map(forget);
  const copy = Object.fromEntries(Object.entries(value).map(([key, field]) => [key, forget(field)]));
  // Only these are kept as bytes and have no fields of their own.
  const kept = Object.keys(value).length === 2 || ('kind' in value && value.kind === 'opaque');
  return kept ? value : { ...copy, source: undefined };
}

/** The content of a message without where it came from. */
function content(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (Array.isArray(value)) return value.map(content);
  if (isList(value)) return content(value.values());
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]) => (key === 'source' ? [] : [[key, content(field)]])),
  );
}

describe('real files', () => {
  const files = validFiles();

  test('there are many', () => expect(files.length).toBeGreaterThan(80));

  test.each(files.map(({ name, bytes }) => [name, bytes] as const))('%s', (_, bytes) => {
    const model = readModel(bytes, LIMITS);
    expect(serializeModel(model)).toBe(bytes);
    const touched = serializeModel(edited(model, { graph: model.graph && edited(model.graph, {}) }));
    expect(content(readModel(touched, LIMITS))).toEqual(content(model));
    const spelled = serializeModel(forget(model) as typeof model);
    expect(content(readModel(spelled, LIMITS))).toEqual(content(model));
  });
});

describe('editing', () => {
  test('fields that no reader knows survive', () => {
    const future = new WireWriter().text(900, 'kept').finish();
    const inner = new WireWriter()
      .raw(readModel(fixture('add_float32.onnx'), LIMITS).graph?.source ?? new Uint8Array())
      .raw(future);
    const file = new WireWriter().int(1, 8).message(7, inner).raw(future).finish();
    const model = readModel(file, LIMITS);
    const again = readModel(
      serializeModel(edited(model, { graph: model.graph && edited(model.graph, { name: 'new' }) })),
      LIMITS,
    );
    expect(again.graph?.name).toBe('new');
    expect(again.unknown).toEqual([future]);
    expect(again.graph?.unknown).toEqual([future]);
    expect(again.graph?.nodes).toHaveLength(model.graph?.nodes.length ?? -1);
  });

  test('tensors of an untouched part are copied, never decoded', () => {
    const bytes = fixture('zipmap_off_forest_binary.onnx');
    const model = readModel(bytes, LIMITS);
    const out = serializeModel(edited(model, { producerName: 'someone' }));
    expect(Buffer.from(out).includes(Buffer.from(model.graph?.source ?? []))).toBe(true);
  });

  test('a model that was built reads back', () => {
    const weights = new Uint8Array(Float32Array.of(1, 2).buffer);
    const built = makeModel(
      makeGraph('g', {
        nodes: [
          makeNode('Gemm', { inputs: ['x', 'w'], outputs: ['y'] }, [
            makeAttribute('alpha', { float: 0.5 }),
            makeAttribute('transB', { int: -1 }),
            makeAttribute('names', { texts: ['a', 'ü'] }),
            makeAttribute('axes', { ints: [3, -1] }),
            makeAttribute('scales', { floats: [0.25] }),
          ]),
        ],
        inputs: [makeValueInfo('x', makeTensorType(1, ['batch', 2, null]))],
        outputs: [makeValueInfo('y', makeTensorType(1, undefined))],
        initializers: [makeTensor('w', 1, [2], weights), makeTensor('s', 8, [1], ['text'])],
      }),
      { '': 17, 'ai.onnx.ml': 3 },
    );
    expect(content(readModel(serializeModel(built), LIMITS))).toEqual(content(built));
  });
});

describe('limits', () => {
  test('elements', () => {
    expect(() => readModel(fixture('columns_classifier.onnx'), { ...LIMITS, maxElements: 20 })).toThrow(
      expect.objectContaining({ code: 'ML_FORMAT_LIMIT' }),
    );
  });

  test.each(['broken/nested_200.onnx', 'broken/nested_800.onnx'])('nesting of %s', (name) => {
    expect(() => readModel(fixture(name), LIMITS)).toThrow(expect.objectContaining({ code: 'ML_FORMAT_LIMIT' }));
  });

  test('the stack is safe whatever limit is set', () => {
    expect(() => readModel(fixture('broken/nested_800.onnx'), { ...LIMITS, maxNesting: 1e9 })).toThrow(
      expect.objectContaining({ code: 'ML_FORMAT_LIMIT' }),
    );
  });

  test('honest nesting is read', () => {
    expect(readModel(fixture('nested_10.onnx'), LIMITS).graph?.nodes).not.toHaveLength(0);
  });

  test('types within types', () => {
    let type = new WireWriter().message(1, new WireWriter().int(1, 1));
    for (let i = 0; i < 3000; i++) type = new WireWriter().message(4, new WireWriter().message(1, type));
    const input = new WireWriter().text(1, 'x').message(2, type);
    const file = new WireWriter().int(1, 8).message(7, new WireWriter().message(11, input)).finish();
    expect(() => readModel(file, LIMITS)).toThrow(expect.objectContaining({ code: 'ML_FORMAT_LIMIT' }));
  });

  test('a field that protobuf readers would merge is refused', () => {
    const graph = new WireWriter().text(2, 'g');
    const file = new WireWriter().int(1, 8).message(7, graph).message(7, graph).finish();
    expect(() => readModel(file, LIMITS)).toThrow(expect.objectContaining({ code: 'ML_FORMAT_MALFORMED' }));
  });
});
