import { malformed } from './hdf5-problem.ts';

/**
 * Expands LZF data (Marc Lehmann's format, which h5py ships as filter 32000): runs of literal bytes, and copies of what
 * came up to 8 KiB before.
 *
 * @param maxBytes the most that may come out
 */
export function decompressLzf(input: Uint8Array, maxBytes: number): Uint8Array {
  const out = new Uint8Array(maxBytes);
  let from = 0;
  let to = 0;
  const next = (): number => {
    const byte = input[from++];
    if (byte === undefined) throw malformed('an LZF chunk ends too early');
    return byte;
  };
  while (from < input.length) {
    const control = next();
    if (control < 32) {
      const count = control + 1;
      if (from + count > input.length || to + count > maxBytes) throw malformed('an LZF run is too long');
      out.set(input.subarray(from, from + count), to);
      from += count;
      to += count;
      continue;
    }
    const short = control >> 5;
    const count = 2 + (short === 7 ? 7 + next() : short);
    const distance = ((control & 0x1f) << 8) + next() + 1;
    if (distance > to || to + count > maxBytes) throw malformed('an LZF copy lies outside its chunk');
    // Copies may overlap themselves, so they go byte by byte.
    for (let i = 0; i < count; i++, to++) out[to] = out[to - distance] ?? 0;
  }
  return out.subarray(0, to);
}
