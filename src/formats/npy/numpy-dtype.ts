import { badArray, unsupportedArray } from './npy-problem.ts';

/** numpy's kind letters: bool, int, unsigned, float, complex, object, bytes, text, void, datetime64, timedelta64. */
export type DTypeKind = 'b' | 'i' | 'u' | 'f' | 'c' | 'O' | 'S' | 'U' | 'V' | 'M' | 'm';

/** One field of a structured type. `offset` in bytes. */
export interface DTypeField {
  readonly dtype: NumpyDType;
  readonly offset: number;
}

/** The unit of a datetime64 or timedelta64: `count` times `unit` (`ns`, `D`, ...; `generic` where there is none). */
export interface TimeUnit {
  readonly unit: string;
  readonly count: number;
}

/** Everything that a type may be changed in while its pickle is read. */
export interface DTypeLayout {
  readonly itemSize: number;
  readonly littleEndian: boolean;
  readonly fields: ReadonlyMap<string, DTypeField> | undefined;
  readonly subarray: { readonly dtype: NumpyDType; readonly shape: readonly number[] } | undefined;
  readonly time: TimeUnit | undefined;
}

const SIZES: Readonly<Record<string, readonly number[]>> = {
  b: [1],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  f: [2, 4, 8],
  c: [8, 16],
  M: [8],
  m: [8],
};

/** Letters of one character, as `numpy.dtype('d')` and old files have them. */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ['?', 'b1'],
  ['b', 'i1'],
  ['B', 'u1'],
  ['h', 'i2'],
  ['H', 'u2'],
  ['i', 'i4'],
  ['I', 'u4'],
  ['l', 'i8'],
  ['L', 'u8'],
  ['q', 'i8'],
  ['Q', 'u8'],
  ['e', 'f2'],
  ['f', 'f4'],
  ['d', 'f8'],
  ['F', 'c8'],
  ['D', 'c16'],
  ['O', 'O8'],
  ['S', 'S0'],
  ['U', 'U0'],
  ['V', 'V0'],
  ['M', 'M8'],
  ['m', 'm8'],
]);

const TIME_UNITS: ReadonlySet<string> = new Set([
  'generic',
  'Y',
  'M',
  'W',
  'D',
  'h',
  'm',
  's',
  'ms',
  'us',
  'ns',
  'ps',
  'fs',
  'as',
]);

const MAX_ITEM_SIZE = 2 ** 31 - 1;
const MAX_DEPTH = 16;

/**
 * A numpy element type. It is changed only while its own pickle is read (`update`), and never again once an
 * array uses it (`freeze`), so that the sizes that an array was checked against stay true.
 */
export class NumpyDType {
  readonly type: DTypeKind;
  #layout: DTypeLayout;
  #frozen = false;
  // Kept rather than computed: types that share their parts could be walked without end.
  #hasObjects: boolean;
  #depth = 1;

  constructor(type: DTypeKind, layout: Partial<DTypeLayout> & { readonly itemSize: number }) {
    this.type = type;
    this.#layout = { littleEndian: true, fields: undefined, subarray: undefined, time: undefined, ...layout };
    this.#hasObjects = type === 'O';
  }

  /**
   * A type by its description: `<f8`, `|S3`, `>U4`, `M8[ns]`, `?`.
   *
   * @throws FormatError `ML_FORMAT_UNSUPPORTED` for types without a counterpart here (long double, StringDType),
   * `ML_FORMAT_MALFORMED` for what numpy would not accept either.
   */
  static parse(description: string): NumpyDType {
    const match = /^([<>=|]?)([a-zA-Z?])(\d{0,10})(?:\[(\d{0,9})([a-z]{1,2}|[YMWD]|generic)\])?$/.exec(description);
    if (match === null) throw badArray(`the type ${JSON.stringify(description.slice(0, 60))} is unknown`);
    const [, order = '', letter = '', digits = '', count, unit] = match;
    const spelled = digits === '' ? (LETTERS.get(letter) ?? letter) : `${letter}${digits}`;
    const type = spelled.charAt(0) as DTypeKind;
    const number = Number(spelled.slice(1));
    if (/^(?:[fgG]|f(?:12|16)|c(?:24|32)|G|T\d*)$/.test(spelled) && !SIZES['f']?.includes(number)) {
      throw unsupportedArray(`the type ${description} (long double or variable-length text) has no counterpart`);
    }
    const littleEndian = order !== '>';
    if (type === 'O') return new NumpyDType('O', { itemSize: 8 });
    if (type === 'S' || type === 'V' || type === 'U' || letter === 'a') {
      const itemSize = type === 'U' ? number * 4 : number;
      if (!(itemSize <= MAX_ITEM_SIZE)) throw badArray(`the type ${description} is too large`);
      return new NumpyDType(letter === 'a' ? 'S' : type, { itemSize, littleEndian });
    }
    if (!(SIZES[type]?.includes(number) ?? false)) throw badArray(`the type ${description} is unknown`);
    if (unit !== undefined && (!TIME_UNITS.has(unit) || (type !== 'M' && type !== 'm'))) {
      throw badArray(`the unit of ${description} is unknown`);
    }
    const time = type === 'M' || type === 'm' ? { unit: unit ?? 'generic', count: Number(count || 1) } : undefined;
    return new NumpyDType(type, { itemSize: number, littleEndian, time });
  }

  get kind(): 'dtype' {
    return 'dtype';
  }

  /** Bytes of one element. 8 for object types, which are not stored as bytes here. */
  get itemSize(): number {
    return this.#layout.itemSize;
  }

  get littleEndian(): boolean {
    return this.#layout.littleEndian;
  }

  /** Fields of a structured type in their order. */
  get fields(): ReadonlyMap<string, DTypeField> | undefined {
    return this.#layout.fields;
  }

  /** The element type and shape of a type such as `(3,)f8`. */
  get subarray(): DTypeLayout['subarray'] {
    return this.#layout.subarray;
  }

  get time(): TimeUnit | undefined {
    return this.#layout.time;
  }

  /** numpy's name without the byte order: `f8`, `U5`, `M8[ns]`; `V56` for structured types. */
  get name(): string {
    const { itemSize, time } = this.#layout;
    const suffix =
      time === undefined || time.unit === 'generic' ? '' : `[${time.count === 1 ? '' : time.count}${time.unit}]`;
    return `${this.type}${this.type === 'U' ? itemSize / 4 : itemSize}${suffix}`;
  }

  /** Whether elements hold Python objects, in a field or themselves. */
  get hasObjects(): boolean {
    return this.#hasObjects;
  }

  /** The level of nesting: 1 for a plain type. */
  get depth(): number {
    return this.#depth;
  }

  /** From now on `update` is refused: something depends on the sizes. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Changes the layout while the pickle of this type is read. */
  update(layout: Partial<DTypeLayout>): void {
    if (this.#frozen) throw badArray('a type is changed after it was used');
    const next = { ...this.#layout, ...layout };
    const parts = checkLayout(next);
    this.#layout = next;
    this.#frozen = true;
    this.#hasObjects ||= parts.some((part) => part.hasObjects);
    this.#depth = 1 + parts.reduce((deepest, part) => Math.max(deepest, part.depth), 0);
    if (this.#depth > MAX_DEPTH) throw badArray(`structured types are nested more than ${MAX_DEPTH} levels`);
  }
}

/** Fields and subarrays must lie inside the element. Gives the types that it is made of. */
function checkLayout(layout: DTypeLayout): readonly NumpyDType[] {
  const { itemSize, fields, subarray } = layout;
  if (!Number.isInteger(itemSize) || itemSize < 0 || itemSize > MAX_ITEM_SIZE)
    throw badArray('an element size is wrong');
  const parts: NumpyDType[] = [];
  for (const [name, { dtype, offset }] of fields ?? []) {
    if (!Number.isInteger(offset) || offset < 0 || offset + dtype.itemSize > itemSize) {
      throw badArray(`the field ${JSON.stringify(name.slice(0, 60))} lies outside its element`);
    }
    parts.push(dtype);
  }
  if (subarray !== undefined) {
    const bytes = subarray.shape.reduce((product, extent) => product * extent, subarray.dtype.itemSize);
    if (bytes !== itemSize) throw badArray('a subarray does not fill its element');
    parts.push(subarray.dtype);
  }
  for (const part of parts) part.freeze();
  return parts;
}
