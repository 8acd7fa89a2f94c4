import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MLServiceError } from '../../src/index.ts';
import { readAnswer } from '../../src/sidecar/answer-frame.ts';
import { callFrame, type CallInput, inputOf } from '../../src/sidecar/call-frames.ts';
import { type AnswerFrame, FrameReader } from '../../src/sidecar/frame-reader.ts';
import type { DType, TensorData, TensorLike } from '../../src/spec/tensor.ts';

const MAX_ANSWER = 1000;
const KIND = { answer: 0x41, failure: 0x46 } as const;

/** test_calls.py reads and writes the same bytes. */
const GOLDEN =
  '43070000003d0000000d0000001000000000000000' +
  '070000007072656469637402000000' +
  '0300000068c3a402020000000100000000000000020000000000000001000000740001000000' +
  `0200000000000000${Buffer.from('[["ö",null]]').toString('hex')}` +
  '000000000000f83f000000000000f87f';

/** An answer has the layout of a call without a method. */
function answerFrame(inputs: readonly CallInput[], id = 1, kind: number = KIND.answer): Buffer {
  const frame = callFrame(id, '', inputs);
  frame[0] = kind;
  return frame;
}

function framesOf(bytes: Buffer): AnswerFrame[] {
  return new FrameReader({ maxAnswerBytes: MAX_ANSWER }).push(bytes) as AnswerFrame[];
}

const inputs = fc.uniqueArray(
  fc.record({
    name: fc.string({ maxLength: 5, unit: 'grapheme' }),
    tensor: fc.oneof(
      fc.array(fc.double(), { maxLength: 6 }).map((all) => tensor(Float64Array.from(all), 'float64')),
      fc
        .array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
        .map((all) => tensor(BigInt64Array.from(all), 'int64')),
      fc.array(fc.integer({ min: 0, max: 1 })).map((all) => tensor(Uint8Array.from(all), 'bool')),
      fc.array(fc.oneof(fc.string({ maxLength: 9 }), fc.integer(), fc.boolean())).map((all) => tensor(all, 'string')),
    ),
  }),
  { selector: ({ name }) => name, maxLength: 4 },
);

function tensor(data: TensorData, dtype: DType): TensorLike {
  return { data, shape: [1, data.length], dtype };
}

describe('a call', () => {
  it('is laid out as the worker reads it', () => {
    const call = callFrame(7, 'predict', [
      inputOf('hä', { data: Float64Array.of(1.5, Number.NaN), shape: [1, 2], dtype: 'float64' }),
      inputOf('t', { data: ['ö', null], shape: [2], dtype: 'string' }),
    ]);
    expect(call.toString('hex')).toBe(GOLDEN);
  });

  it('keeps what is large in one piece', () => {
    const data = new Uint8Array(40 * 2 ** 20).fill(7);
    const call = callFrame(1, 'run', [inputOf('y', { data, shape: [data.length], dtype: 'uint8' })]);
    expect(call.readBigUInt64LE(13)).toBe(BigInt(data.length));
    expect(Buffer.compare(call.subarray(call.length - data.length), data)).toBe(0);
  });

  it('takes no array that does not fit its shape, and no type that Python is not given', () => {
    for (const shape of [[3], [2, 2], [-1, -2], [0.5, 4], [Number.NaN]]) {
      expect(() => inputOf('x', { data: Float64Array.of(1, 2), shape, dtype: 'float64' })).toThrow(
        expect.objectContaining({ code: 'ML_INPUT_SHAPE' }),
      );
    }
    expect(() => inputOf('x', { data: Float32Array.of(1), shape: [1], dtype: 'float16' })).toThrow(
      expect.objectContaining({ code: 'ML_INPUT_DTYPE' }),
    );
  });
});

describe('an answer', () => {
  it('is the arrays that were sent, however the pipe cuts it', () => {
    fc.assert(
      fc.property(inputs, fc.array(fc.nat(200), { maxLength: 6 }), (sent, places) => {
        const frame = answerFrame(
          sent.map(({ name, tensor: one }) => inputOf(name, one)),
          2 ** 32 - 1,
        );
        const stream = Buffer.concat([frame, answerFrame([], 3, KIND.failure).fill(0, 5).subarray(0, 21)]);
        const cuts = [0, ...places.map((at) => Math.min(at, stream.length)).sort((a, b) => a - b), stream.length];
        const reader = new FrameReader({ maxAnswerBytes: 2 ** 20 });
        const frames = cuts.slice(1).flatMap((end, i) => reader.push(stream.subarray(cuts[i], end))) as AnswerFrame[];
        expect(frames.map(({ kind, id }) => [kind, id])).toEqual([
          ['answer', 2 ** 32 - 1],
          ['failure', 3],
        ]);
        const found = readAnswer(frames[0] as AnswerFrame);
        expect([...found]).toEqual(sent.map(({ name, tensor: one }) => [name, one]));
      }),
    );
  });

  it('that is garbage is a typed error, or arrays that are whole', () => {
    const whole = answerFrame([
      inputOf('a', { data: Float64Array.of(1, 2, 3), shape: [3], dtype: 'float64' }),
      inputOf('b', { data: ['x', 'y'], shape: [2], dtype: 'string' }),
    ]);
    const damaged = fc
      .array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    const made = fc
      .tuple(fc.nat(60), fc.nat(20), fc.nat(20), fc.uint8Array({ maxLength: 100 }))
      .map(([about, texts, numbers, rest]) => {
        const head = Buffer.alloc(21);
        head[0] = KIND.answer;
        head.writeUInt32LE(about, 5);
        head.writeUInt32LE(texts, 9);
        head.writeUInt32LE(numbers, 13);
        return Buffer.concat([head, rest]);
      });
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(
        fc.oneof(
          damaged,
          made,
          fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
        ),
        (bytes) => {
          try {
            for (const frame of framesOf(bytes)) {
              if (frame.kind !== 'answer') continue;
              for (const { data, shape } of readAnswer(frame).values()) {
                expect(shape.reduce((product, extent) => product * extent, 1)).toBe(data.length);
                outcomes.add('arrays');
              }
            }
          } catch (error) {
            if (!MLServiceError.isInstance(error)) throw error;
            expect(['ML_SIDECAR_PROTOCOL', 'ML_SIDECAR_LIMIT']).toContain(error.code);
            outcomes.add(error.code);
          }
        },
      ),
      { numRuns: 3000 },
    );
    expect([...outcomes].sort()).toEqual(['ML_SIDECAR_LIMIT', 'ML_SIDECAR_PROTOCOL', 'arrays']);
  });

  it('is refused by its head where it is too long, before the rest has come', () => {
    const head = (change: (head: Buffer) => void, kind: number = KIND.answer): Buffer => {
      const bytes = Buffer.alloc(21);
      bytes[0] = kind;
      change(bytes);
      return bytes;
    };
    const limit = expect.objectContaining({ code: 'ML_SIDECAR_LIMIT' });
    const protocol = expect.objectContaining({ code: 'ML_SIDECAR_PROTOCOL' });
    expect(() => framesOf(head((bytes) => bytes.writeUInt32LE(MAX_ANSWER + 1, 13)))).toThrow(limit);
    expect(() => framesOf(head((bytes) => bytes.writeUInt32LE(1, 17)))).toThrow(limit);
    expect(() => framesOf(head((bytes) => bytes.writeUInt32LE(2 ** 24 + 1, 9)))).toThrow(protocol);
    expect(() => framesOf(head((bytes) => bytes.writeUInt32LE(8, 13), KIND.failure))).toThrow(protocol);
    // A worker with one task answers no calls.
    expect(() => new FrameReader({ maxBytes: 1000 }).push(head(() => undefined))).toThrow(protocol);
  });
});
