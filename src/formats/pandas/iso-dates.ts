import { FormatError } from '../../errors/format-error.ts';
import type { NdArray } from '../npy/nd-array.ts';

/** The value of NaT. */
const NAT = -(2n ** 63n);

/** Length of a unit in nanoseconds; attoseconds and femtoseconds are finer than any date here. */
const NANOSECONDS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['D', 86_400_000_000_000n],
  ['W', 604_800_000_000_000n],
]);

/** Milliseconds that a JavaScript date reaches either way. */
const MAX_MILLISECONDS = 8_640_000_000_000_000n;

/**
 * The datetimes of a numpy array as ISO text: `2024-01-31` for units of a day and longer, else
 * `2024-01-31T12:00:00`, with as many decimals as it needs. NaT is `null`.
 *
 * @param suffix what follows a time, such as `Z`
 * @throws `ML_FORMAT_UNSUPPORTED` for units finer than nanoseconds and for dates beyond JavaScript's
 */
export function isoDates(array: NdArray, suffix = ''): (string | null)[] {
  const { unit = 'generic', count = 1 } = array.dtype.time ?? {};
  const counts = array.toTypedArray() as BigInt64Array;
  return Array.from(counts, (value) => {
    if (value === NAT) return null;
    const scaled = value * BigInt(count);
    if (unit === 'Y' || unit === 'M') return monthText(unit === 'Y' ? scaled * 12n : scaled);
    const step = NANOSECONDS.get(unit);
    if (step === undefined) throw beyond(`datetimes in units of ${unit}`);
    const text = timeText(scaled * step);
    return unit === 'D' || unit === 'W' ? text.slice(0, text.indexOf('T')) : text + suffix;
  });
}

/** Months since 1970 as the first day of the month. */
function monthText(months: bigint): string {
  const milliseconds = months > 4_000_000n || months < -4_000_000n ? Number.NaN : Date.UTC(1970, Number(months), 1);
  if (Number.isNaN(milliseconds)) throw beyond(`the datetime ${months} months after 1970`);
  return new Date(milliseconds).toISOString().replace(/T.*/, '');
}

/** Nanoseconds since 1970 as `2024-01-31T12:00:00`, with as many decimals as it needs. */
export function timeText(nanoseconds: bigint): string {
  const second = 1_000_000_000n;
  const fraction = ((nanoseconds % second) + second) % second;
  const milliseconds = (nanoseconds - fraction) / 1_000_000n;
  if (milliseconds > MAX_MILLISECONDS || milliseconds < -MAX_MILLISECONDS)
    throw beyond(`the datetime ${nanoseconds} ns after 1970`);
  const text = new Date(Number(milliseconds)).toISOString().replace(/\.000Z$/, '');
  return fraction === 0n ? text : `${text}.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`;
}

function beyond(what: string): FormatError {
  return new FormatError('ML_FORMAT_UNSUPPORTED', `${what} cannot be given as text`);
}
