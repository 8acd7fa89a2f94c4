import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MLServiceError } from '../../src/index.ts';
import { FrameReader, jsonFrame } from '../../src/sidecar/frame-reader.ts';

function bytesFrame(content: Uint8Array): Buffer {
  const header = Buffer.alloc(5);
  header[0] = 0x42;
  header.writeUInt32BE(content.length, 1);
  return Buffer.concat([header, content]);
}

describe('frames', () => {
  it('are the same however the pipe cuts them', () => {
    const stream = Buffer.concat([jsonFrame({ a: 'ä' }), bytesFrame(new Uint8Array([1, 2, 3])), jsonFrame({})]);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 8 }), (cuts) => {
        const reader = new FrameReader({ maxBytes: 1000 });
        const places = [0, ...cuts.sort((a, b) => a - b), stream.length];
        const frames = places.slice(1).flatMap((end, i) => reader.push(stream.subarray(places[i], end)));
        expect(frames).toEqual([
          { kind: 'json', message: { a: 'ä' } },
          { kind: 'bytes', bytes: Buffer.from([1, 2, 3]) },
          { kind: 'json', message: {} },
        ]);
        expect(reader.between).toBe(true);
      }),
    );
  });

  it('that are none are refused with a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          new FrameReader({ maxBytes: 1000 }).push(Buffer.from(bytes));
        } catch (error) {
          expect(MLServiceError.isInstance(error) && error.code).toBe('ML_SIDECAR_PROTOCOL');
        }
      }),
    );
    expect(() => new FrameReader({ maxBytes: 10 }).push(Buffer.alloc(11))).toThrow(
      expect.objectContaining({ code: 'ML_SIDECAR_LIMIT' }),
    );
    const announced = Buffer.from([0x42, 0xff, 0xff, 0xff, 0xff]);
    expect(() => new FrameReader({ maxBytes: 1000 }).push(announced)).toThrow(
      expect.objectContaining({ code: 'ML_SIDECAR_PROTOCOL' }),
    );
    for (const text of ['[]', 'null', '1', '{', '']) {
      const frame = Buffer.concat([Buffer.from([0x4a, 0, 0, 0, text.length]), Buffer.from(text)]);
      expect(() => new FrameReader({ maxBytes: 1000 }).push(frame)).toThrow(
        expect.objectContaining({ code: 'ML_SIDECAR_PROTOCOL' }),
      );
    }
  });
});
