import { PyBytes, type PyObject } from '../pickle/nodes.ts';
import { timeText } from './iso-dates.ts';

/**
 * Python's `date` and `datetime` and pandas' `Timestamp` as ISO text, where they have no time zone; `undefined` for
 * anything else.
 *
 * Source: Lib/_pydatetime.py, `date._getstate` and `datetime._getstate`.
 */
export function pythonDate({ cls, args }: PyObject): string | undefined {
  const [first] = args;
  if (cls.path === 'datetime.date' && first instanceof PyBytes) return dateText(first.data);
  if (cls.path === 'datetime.datetime' && first instanceof PyBytes && (args[1] ?? null) === null) {
    const [hour = 0, minute = 0, second = 0, high = 0, middle = 0, low = 0] = first.data.subarray(4);
    const micro = (high << 16) | (middle << 8) | low;
    const fraction = micro === 0 ? '' : `.${pad(micro, 6).replace(/0+$/, '')}`;
    return `${dateText(first.data)}T${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}${fraction}`;
  }
  return cls.name === '_unpickle_timestamp' ? timestamp(args) : undefined;
}

/** Ticks of the resolution by pandas' number for it: seconds, milliseconds, microseconds, nanoseconds. */
const TICKS: ReadonlyMap<unknown, bigint> = new Map([
  [7, 1_000_000_000n],
  [8, 1_000_000n],
  [9, 1_000n],
  [10, 1n],
]);

/** Source: pandas/_libs/tslibs/timestamps.pyx, `_unpickle_timestamp(value, freq, tz, reso)`. */
function timestamp([value, , zone = null, resolution = 10]: PyObject['args']): string | undefined {
  const tick = TICKS.get(resolution);
  if (zone !== null || tick === undefined) return undefined;
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  return Number.isInteger(Number(value)) ? timeText(BigInt(value) * tick) : undefined;
}

function dateText([high = 0, low = 0, month = 0, day = 0]: Uint8Array): string {
  // Python 3 marks a "fold" in the month's highest bit.
  return `${pad((high << 8) | low, 4)}-${pad(month & 0x7f, 2)}-${pad(day, 2)}`;
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0');
