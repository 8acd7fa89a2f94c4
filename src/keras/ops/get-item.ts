import { plainConstant } from '../graph/call-arguments.ts';
import { KerasTensor } from '../graph/keras-tensor.ts';
import { isRecord, own, shown } from '../model/layer-config.ts';
import type { OpArguments } from './op-arguments.ts';

interface Slice {
  readonly start: number | null;
  readonly stop: number | null;
  readonly step: number | null;
}

/** One part of what stands in the brackets of `x[...]`. */
type Index = number | Slice | 'new axis' | 'ellipsis';

/** `x[...]` with numbers, slices, `...` and new axes, as numpy reads them. */
export function getItem(a: OpArguments): KerasTensor {
  const x = a.tensor('x');
  const key = expanded(indicesOf(a), x.rank, a);
  const starts: number[] = [];
  const ends: number[] = [];
  const axes: number[] = [];
  const steps: number[] = [];
  const dropped: number[] = [];
  const shape: (number | null)[] = [];
  const added: number[] = [];
  let axis = 0;
  for (const index of key) {
    if (index === 'new axis') {
      added.push(shape.length);
      shape.push(1);
      continue;
    }
    const extent = x.shape[axis] ?? null;
    const { start, stop, step } = bounds(index);
    if (typeof index === 'number') dropped.push(axis);
    else shape.push(extentOf(index, extent));
    if (start !== 0 || stop !== FAR || step !== 1) {
      starts.push(start);
      ends.push(stop);
      axes.push(axis);
      steps.push(step);
    }
    axis += 1;
  }
  let value = x.plain();
  if (axes.length > 0)
    value = a.g.op('Slice', [value, a.g.ints(starts), a.g.ints(ends), a.g.ints(axes), a.g.ints(steps)]);
  if (dropped.length > 0) value = a.g.op('Squeeze', [value, a.g.ints(dropped)]);
  if (added.length > 0) value = a.g.op('Unsqueeze', [value, a.g.ints(added)]);
  return KerasTensor.of(a.g, value, { shape, dtype: x.dtype });
}

/** Beyond every extent; ONNX stops at the end. */
const FAR = 2 ** 31 - 1;

function bounds(index: number | Slice | 'ellipsis'): {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
} {
  if (typeof index === 'number') return { start: index, stop: index === -1 ? FAR : index + 1, step: 1 };
  if (index === 'ellipsis') return { start: 0, stop: FAR, step: 1 };
  const step = index.step ?? 1;
  return step > 0
    ? { start: index.start ?? 0, stop: index.stop ?? FAR, step }
    : { start: index.start ?? FAR, stop: index.stop ?? -FAR, step };
}

function extentOf(index: Slice | 'ellipsis', extent: number | null): number | null {
  if (index === 'ellipsis') return extent;
  // How far a slice reaches into an unknown extent, only the run can tell.
  if (extent === null) return null;
  const step = index.step ?? 1;
  const clamp = (n: number, low: number, high: number): number => Math.min(Math.max(n < 0 ? n + extent : n, low), high);
  const [start, stop] =
    step > 0
      ? [clamp(index.start ?? 0, 0, extent), clamp(index.stop ?? extent, 0, extent)]
      : [
          clamp(index.start ?? extent - 1, -1, extent - 1),
          index.stop === null ? -1 : clamp(index.stop, -1, extent - 1),
        ];
  return Math.max(Math.ceil((stop - start) / step), 0);
}

/** With the ellipsis, and what is missing at the end, as whole slices. */
function expanded(key: readonly Index[], rank: number, a: OpArguments): readonly Index[] {
  const used = key.filter((index) => index !== 'new axis' && index !== 'ellipsis').length;
  const at = key.indexOf('ellipsis');
  if (used > rank || at !== key.lastIndexOf('ellipsis'))
    throw a.config.malformed(`takes ${used} indices of a tensor of rank ${rank}`);
  const rest = Array.from({ length: rank - used }, (): Index => WHOLE);
  return at < 0 ? [...key, ...rest] : [...key.slice(0, at), ...rest, ...key.slice(at + 1)];
}

const WHOLE: Slice = { start: null, stop: null, step: null };

function indicesOf(a: OpArguments): readonly Index[] {
  const given = a.value('key');
  if (given === undefined || given instanceof KerasTensor) throw a.unsupported('is indexed by a tensor');
  const plain = plainConstant(given);
  if (typeof plain === 'symbol') throw a.unsupported('is indexed by a tensor');
  const list = Array.isArray(plain) ? (plain as readonly unknown[]) : [plain];
  return list.map((item): Index => {
    if (item === null) return 'new axis';
    if (typeof item === 'number' && Number.isSafeInteger(item)) return item;
    const record = item instanceof Map ? Object.fromEntries(item as Map<string, unknown>) : item;
    if (isRecord(record)) {
      const className = own(record, 'class_name');
      if (className === '__ellipsis__' || own(record, 'value') === 'Ellipsis') return 'ellipsis';
      const config = className === '__slice__' ? own(record, 'config') : record;
      if (isRecord(config)) {
        const [start, stop, step] = ['start', 'stop', 'step'].map((part) => own(config, part) ?? null);
        const whole = (n: unknown): n is number | null => n === null || Number.isSafeInteger(n);
        if (whole(start) && whole(stop) && whole(step) && step !== 0) return { start, stop, step };
      }
    }
    throw a.unsupported(`is indexed by ${shown(record)}`);
  });
}
