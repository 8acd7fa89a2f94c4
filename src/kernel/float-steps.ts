const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);

/** The largest float32 that is not above a double: for every float32 `x`, `x <= t` and `x <= floorToFloat32(t)` agree. */
export function floorToFloat32(value: number): number {
  const rounded = Math.fround(value);
  return rounded > value ? below(rounded) : rounded;
}

/** The float32 just below: for every float32 `x`, `x < t` and `x <= below(t)` agree. NaN below minus infinity. */
export function below(value: number): number {
  if (value === -Infinity || Number.isNaN(value)) return Number.NaN;
  if (value === 0) return -(2 ** -149);
  single[0] = value;
  singleBits[0] = (singleBits[0] as number) + (value > 0 ? -1 : 1);
  return single[0];
}
