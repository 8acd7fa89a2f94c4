import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readInferRequest, wantsBinary, writeInferRequest } from '../../src/protocol/infer-request.ts';
import { readInferResponse, writeInferResponse } from '../../src/protocol/infer-response.ts';
import type { InferRequest, NamedTensor } from '../../src/protocol/messages.ts';
import { splitBody } from '../../src/protocol/split-body.ts';
import type { WrittenTensors } from '../../src/protocol/tensor-list.ts';
import { anyTensor, plain } from './arbitrary-tensors.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** One body of the two parts, as it goes over the wire. */
function bodyOf({ json, binary }: WrittenTensors): { body: Uint8Array; jsonLength: string } {
  const head = Buffer.from(json, 'utf8');
  return { body: Buffer.concat([head, ...binary]), jsonLength: String(head.length) };
}

function request(json: string, jsonLength?: string): InferRequest {
  return readInferRequest(splitBody(bytes(json), jsonLength));
}

function single(tensor: object): NamedTensor {
  return request(JSON.stringify({ inputs: [tensor] })).inputs[0] as NamedTensor;
}

describe('round trips', () => {
  it('of requests, any mixture of JSON and binary', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyTensor, fc.boolean()), { minLength: 1, maxLength: 4 }), (pairs) => {
        const inputs = pairs.map(([tensor]) => tensor);
        const binary = new Set(pairs.filter(([, isBinary]) => isBinary).map(([tensor]) => tensor));
        const written = writeInferRequest({ id: 'a"b', parameters: { timeout: 5 }, inputs, outputs: undefined }, (t) =>
          binary.has(t),
        );
        const { body, jsonLength } = bodyOf(written);
        const read = readInferRequest(splitBody(body, jsonLength));
        expect(read.inputs.map(plain)).toEqual(inputs.map(plain));
        expect(read).toMatchObject({ id: 'a"b', parameters: { timeout: 5 }, outputs: undefined });
      }),
    );
  });

  it('of a large number that JSON writes without a point, beside 64-bit integers', () => {
    const long = { name: 'n', datatype: 'INT64', dtype: 'int64', shape: [1], parameters: {} } as const;
    const wide = { name: 'x', datatype: 'FP64', dtype: 'float64', shape: [1], parameters: {} } as const;
    const inputs = [
      { ...long, data: BigInt64Array.of(2n ** 62n) },
      { ...wide, data: Float64Array.of(-100304170900795690000) },
    ];
    const { body } = bodyOf(
      writeInferRequest({ id: undefined, parameters: {}, inputs, outputs: undefined }, () => false),
    );
    expect(readInferRequest(splitBody(body, undefined)).inputs.map(plain)).toEqual(inputs.map(plain));
  });

  it('of responses', () => {
    fc.assert(
      fc.property(fc.array(anyTensor, { maxLength: 3 }), fc.boolean(), (outputs, isBinary) => {
        const response = { modelName: 'm', modelVersion: 'v1', id: '7', parameters: { a: 'b' }, outputs };
        const { body, jsonLength } = bodyOf(writeInferResponse(response, () => isBinary));
        const read = readInferResponse(splitBody(body, isBinary ? jsonLength : undefined));
        expect(read.outputs.map(plain)).toEqual(outputs.map(plain));
        expect(read).toMatchObject({ modelName: 'm', modelVersion: 'v1', id: '7', parameters: { a: 'b' } });
      }),
    );
  });

  it('keeps bytes that are no text', () => {
    const tensor = { name: 'x', datatype: 'BYTES', dtype: 'object', shape: [2], parameters: {} } as const;
    const data = [Uint8Array.of(0xff, 0xfe), bytes('ab')];
    const written = writeInferRequest(
      { id: undefined, parameters: {}, inputs: [{ ...tensor, data }], outputs: undefined },
      () => true,
    );
    const { body, jsonLength } = bodyOf(written);
    const [read] = readInferRequest(splitBody(body, jsonLength)).inputs;
    expect(read?.dtype).toBe('object');
    expect(((read?.data ?? []) as Uint8Array[]).map((v) => [...v])).toEqual([
      [0xff, 0xfe],
      [97, 98],
    ]);
  });
});

describe('JSON of others', () => {
  it('reads nested data as the shape says', () => {
    const tensor = single({
      name: 'x',
      datatype: 'INT32',
      shape: [2, 2],
      data: [
        [1, 2],
        [3, 4],
      ],
    });
    expect(tensor.data).toEqual(Int32Array.of(1, 2, 3, 4));
  });

  it("reads Python's NaN and Infinity, and null", () => {
    const json = '{"inputs":[{"name":"NaN","datatype":"FP64","shape":[5],"data":[NaN,-Infinity,Infinity,null,1e300]}]}';
    const [tensor] = request(json).inputs;
    expect(tensor?.name).toBe('NaN');
    expect(tensor?.data).toEqual(
      Float64Array.of(Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN, 1e300),
    );
  });

  it('reads 64-bit integers with all their digits, and nothing else as such', () => {
    const json =
      '{"id":"12345678901234567890","inputs":[' +
      '{"name":"i","datatype":"INT64","shape":[3],"data":[9007199254740993,-9223372036854775808,3]},' +
      '{"name":"u","datatype":"UINT64","shape":[1],"data":[18446744073709551615]},' +
      '{"name":"f","datatype":"FP64","shape":[4],"data":[12345678901234567890,0.1234567890123456789,1e-1000000000000000000,-1234567890123456.5]}]}';
    const { id, inputs } = request(json);
    expect(id).toBe('12345678901234567890');
    expect(inputs[0]?.data).toEqual(BigInt64Array.of(9007199254740993n, -(2n ** 63n), 3n));
    expect(inputs[1]?.data).toEqual(BigUint64Array.of(2n ** 64n - 1n));
    expect(inputs[2]?.data).toEqual(Float64Array.of(12345678901234567168, 0.12345678901234568, 0, -1234567890123456.5));
  });

  it('leaves strings alone, with quotes and slashes in them', () => {
    const texts = ['a\\', '"NaN"', '\\"1234567890123456', 'Infinity', ''];
    const json = `{"inputs":[{"name":"x","datatype":"BYTES","shape":[5],"data":${JSON.stringify(texts)}},{"name":"y","datatype":"FP32","shape":[1],"data":[NaN]}]}`;
    expect(request(json).inputs[0]?.data).toEqual(texts);
  });

  it('keeps a missing text', () => {
    const tensor = single({ name: 'x', datatype: 'BYTES', shape: [2], data: ['a', null] });
    expect(tensor).toMatchObject({ dtype: 'object', data: ['a', null] });
  });

  it('takes what is named like a member of every object for what it is', () => {
    const json =
      '{"__proto__":{"id":"x"},"inputs":[{"name":"__proto__","datatype":"FP64","shape":[1],"data":[1],"parameters":{"__proto__":{"content_type":"pd"}}}]}';
    const read = request(json);
    expect(read.id).toBeUndefined();
    expect(read.inputs[0]?.name).toBe('__proto__');
    expect(({} as Record<string, unknown>)['content_type']).toBeUndefined();
  });

  it('tells which outputs are wanted binary', () => {
    const read = request(
      JSON.stringify({
        inputs: [{ name: 'x', datatype: 'FP32', shape: [1], data: [1] }],
        parameters: { binary_data_output: true },
        outputs: [{ name: 'a', parameters: { binary_data: false } }, { name: 'b' }],
      }),
    );
    expect([wantsBinary(read, 'a'), wantsBinary(read, 'b')]).toEqual([false, true]);
  });
});

describe('refuses', () => {
  const x = { name: 'x', datatype: 'FP64', shape: [2], data: [1, 2] };
  it.each<[string, unknown, RegExp]>([
    ['no object', [], /must be a JSON object with "inputs"/],
    ['no inputs', {}, /"inputs" must be an array/],
    ['empty inputs', { inputs: [] }, /at least one/],
    ['an input that is none', { inputs: [1] }, /input 0 must be an object/],
    ['no name', { inputs: [{ ...x, name: '' }] }, /name of input 0/],
    ['an unknown datatype', { inputs: [{ ...x, datatype: 'FP128' }] }, /datatype of input "x" must be one of BOOL/],
    ['a datatype of every object', { inputs: [{ ...x, datatype: 'constructor' }] }, /must be one of/],
    ['no shape', { inputs: [{ ...x, shape: undefined }] }, /shape of input "x"/],
    ['a negative extent', { inputs: [{ ...x, shape: [-1] }] }, /integers from 0 on/],
    ['a huge shape', { inputs: [{ ...x, shape: [2 ** 40, 2 ** 40] }] }, /larger than any tensor/],
    ['many empty rows', { inputs: [{ ...x, shape: [2 ** 40, 0], data: [] }] }, /larger than any tensor/],
    ['too many dimensions', { inputs: [{ ...x, shape: Array.from({ length: 65 }, () => 1) }] }, /65 dimensions/],
    ['too few elements', { inputs: [{ ...x, shape: [1e9] }] }, /has 2 elements; its shape \[1000000000\] needs/],
    ['no data', { inputs: [{ ...x, data: undefined }] }, /has no data/],
    ['ragged data', { inputs: [{ ...x, shape: [2, 2], data: [[1, 2], [3]] }] }, /nest it as the shape says/],
    ['data nested otherwise', { inputs: [{ ...x, shape: [2, 1], data: [[1, 2]] }] }, /nest it as the shape says/],
    ['data nested deeper', { inputs: [{ ...x, shape: [1], data: [[1]] }] }, /element 0 of input "x" must be a number/],
    ['data less deep in places', { inputs: [{ ...x, shape: [2, 1], data: [[1], 2] }] }, /less deep in some places/],
    ['a text as number', { inputs: [{ ...x, data: [1, '1.5'] }] }, /element 1 of input "x" must be a number, got the/],
    ['a fraction as integer', { inputs: [{ ...x, datatype: 'INT8', data: [1, 1.5] }] }, /integer from -128 to 127/],
    ['an integer out of range', { inputs: [{ ...x, datatype: 'UINT8', data: [0, 256] }] }, /integer from 0 to 255/],
    ['a long out of range', { inputs: [{ ...x, datatype: 'UINT64', data: [0, '-1'] }] }, /integer from 0 to 1844/],
    ['an inexact long', { inputs: [{ ...x, datatype: 'INT64', data: [0, 1e300] }] }, /without point or exponent/],
    ['a number as text', { inputs: [{ ...x, datatype: 'BYTES', data: ['a', 1] }] }, /must be a string/],
    ['a number as bool', { inputs: [{ ...x, datatype: 'BOOL', data: [1, 2] }] }, /must be true or false/],
    ['parameters that are none', { inputs: [{ ...x, parameters: [1] }] }, /parameters of input 0/],
    ['outputs that are none', { inputs: [x], outputs: ['predict'] }, /requested output 0 must be an object/],
    ['an id that is none', { inputs: [x], id: 7 }, /"id" must be a string/],
    ['binary data that is not there', { inputs: [{ ...x, parameters: { binary_data_size: 16 } }] }, /0 bytes are left/],
  ])('%s', (_, document, message) => {
    expect(() => request(JSON.stringify(document))).toThrow(message);
  });

  it('text that is no JSON, or no UTF-8', () => {
    expect(() => request('{"inputs": [')).toThrow(/not valid JSON/);
    expect(() => readInferRequest(splitBody(Uint8Array.of(0x22, 0xff, 0x22), undefined))).toThrow(/UTF-8/);
  });

  it.each(['-1', '1e9', 'x', '99', ''])('a JSON length of %j', (length) => {
    expect(() => request('{}', length)).toThrow(/Inference-Header-Content-Length/);
  });

  it('binary data of another size, of no tensor, or beside "data"', () => {
    const binary = (tensor: object, tail: Uint8Array): void => {
      const json = JSON.stringify({ inputs: [tensor] });
      readInferRequest(splitBody(Buffer.concat([bytes(json), tail]), String(json.length)));
    };
    const head = { name: 'x', datatype: 'FP64', shape: [2] };
    const sized = (size: unknown, more = {}): object => ({ ...head, parameters: { binary_data_size: size }, ...more });
    expect(() => binary(sized(8), new Uint8Array(8))).toThrow(/2 elements of FP64 take 16/);
    expect(() => binary(sized(16), new Uint8Array(17))).toThrow(/1 bytes behind the JSON belong to no input/);
    expect(() => binary(sized(-1), new Uint8Array(16))).toThrow(/binary_data_size of input 0 is -1/);
    expect(() => binary(sized('16'), new Uint8Array(16))).toThrow(/binary_data_size of input 0 is "16"/);
    expect(() => binary(sized(16, { data: [1, 2] }), new Uint8Array(16))).toThrow(/both/);
  });

  it('texts whose lengths go beyond their bytes', () => {
    const framed = (shape: number[], tail: Uint8Array): void => {
      const tensor = { name: 'x', datatype: 'BYTES', shape, parameters: { binary_data_size: tail.length } };
      const json = JSON.stringify({ inputs: [tensor] });
      readInferRequest(splitBody(Buffer.concat([bytes(json), tail]), String(json.length)));
    };
    expect(() => framed([1], Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1))).toThrow(/middle of an element/);
    expect(() => framed([1e9], Uint8Array.of(0, 0, 0, 0))).toThrow(/middle of an element/);
    expect(() => framed([2], Uint8Array.of(1, 0, 0, 0, 65, 1, 0, 0))).toThrow(/middle of an element/);
    expect(() => framed([1], Uint8Array.of(1, 0, 0, 0, 65, 66))).toThrow(/end after 5/);
  });

  it('whatever bytes there are, with a typed error', () => {
    fc.assert(
      fc.property(anyTensor, fc.nat(), fc.nat(255), (tensor, at, value) => {
        const written = writeInferRequest(
          { id: undefined, parameters: {}, inputs: [tensor], outputs: undefined },
          () => true,
        );
        const { body, jsonLength } = bodyOf(written);
        const damaged = Uint8Array.from(body);
        damaged[at % body.length] = value;
        for (const bad of [damaged, body.subarray(0, at % body.length)]) {
          try {
            readInferRequest(splitBody(bad, jsonLength));
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^ML_PROTOCOL_/) });
          }
        }
      }),
    );
  });
});

describe('does not write', () => {
  const write = (tensor: object, isBinary: boolean): void => {
    const named = { name: 'x', parameters: {}, ...tensor } as NamedTensor;
    writeInferRequest({ id: undefined, parameters: {}, inputs: [named], outputs: undefined }, () => isBinary);
  };
  it('a missing text in binary, bytes in JSON', () => {
    const texts = { datatype: 'BYTES', dtype: 'object', shape: [1] };
    expect(() => write({ ...texts, data: [null] }, true)).toThrow(/element 0 of input "x" is missing/);
    expect(() => write({ ...texts, data: [Uint8Array.of(1)] }, false)).toThrow(/send the tensor binary/);
    expect(() => write({ ...texts, data: [1] }, false)).toThrow(/BYTES are texts/);
  });
});
