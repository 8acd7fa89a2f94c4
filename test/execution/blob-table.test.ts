import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlobTable } from '../../src/execution/blob-table.ts';

/** A pipe that gives its pieces when it is told to. */
async function* pieces(
  bytes: Uint8Array,
  cuts: readonly number[],
  turn: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    await turn();
    if (cut > at) yield bytes.subarray(at, cut);
    at = Math.max(at, cut);
  }
}

describe('BlobTable', () => {
  it('gives each announced blob its bytes, however the pipe cuts them and whenever they are announced', async () => {
    const blobs = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(blobs, fc.array(fc.nat(240), { maxLength: 12 }), fc.scheduler(), async (all, cuts, s) => {
        const bytes = Uint8Array.from(all.flatMap((one) => [...one]));
        const sorted = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
        const table = new BlobTable();
        const reading = table.read(pieces(bytes, sorted, () => s.schedule(Promise.resolve(), 'piece')));
        const asked = s.scheduleSequence(
          all.map(({ length: size }, blob) => ({
            label: `announce ${blob}`,
            builder: () => Promise.resolve(table.announce({ type: 'blob', blob, size })),
          })),
        );
        await s.waitFor(asked.task);
        const given = Promise.all(all.map((_, blob) => table.resolve({ blob })));
        await s.waitFor(Promise.all([given, reading]));
        expect(await given).toEqual(all);
      }),
    );
  });

  it('gives bytes that came within the message as they are', async () => {
    const bytes = Uint8Array.of(1, 2);
    expect(await new BlobTable().resolve({ bytes })).toBe(bytes);
  });
});
