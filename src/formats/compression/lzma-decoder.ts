// The LZMA decoder proper: range coder, literals, matches. Used by `.lzma` files and by LZMA2 chunks of `.xz`.
import { badData, cutOff } from './compression-problem.ts';
import type { OutputBuffer } from './output-buffer.ts';

const FORMAT = 'LZMA';
const STATES = 12;
const POSITION_STATES = 16;
const END_POSITION = 14;
const ALIGN_BITS = 4;

/** The three numbers of an LZMA stream: literal context bits, literal position bits, position bits. */
export interface LzmaProperties {
  readonly lc: number;
  readonly lp: number;
  readonly pb: number;
}

/** The properties byte, or `undefined` where it is no valid one. */
export function lzmaProperties(byte: number): LzmaProperties | undefined {
  if (byte >= 225) return undefined;
  return { lc: byte % 9, lp: Math.floor(byte / 9) % 5, pb: Math.floor(byte / 45) };
}

const probabilities = (count: number): Uint16Array => new Uint16Array(count).fill(1024);

/** Lengths of matches: 2 to 273. */
class LengthModel {
  readonly choice = probabilities(2);
  readonly low = probabilities(POSITION_STATES * 8);
  readonly middle = probabilities(POSITION_STATES * 8);
  readonly high = probabilities(256);
}

/** Decodes into an output buffer, as far as it is told, and goes on where it stopped. */
export class LzmaDecoder {
  readonly #out: OutputBuffer;
  /** Copies reach back to here at most. */
  readonly #windowStart: number;
  readonly #dictionarySize: number;
  #properties: LzmaProperties;
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #range = 0;
  #code = 0;
  #state = 0;
  // The last four distances, minus one.
  #distance0 = 0;
  #distance1 = 0;
  #distance2 = 0;
  #distance3 = 0;
  #isMatch = probabilities(0);
  #isRepeat = probabilities(0);
  #isRepeat0 = probabilities(0);
  #isRepeat1 = probabilities(0);
  #isRepeat2 = probabilities(0);
  #isRepeat0Long = probabilities(0);
  #slots = probabilities(0);
  #special = probabilities(0);
  #align = probabilities(0);
  #literals = probabilities(0);
  #matchLength = new LengthModel();
  #repeatLength = new LengthModel();

  constructor(out: OutputBuffer, properties: LzmaProperties, dictionarySize: number) {
    this.#out = out;
    this.#windowStart = out.length;
    this.#dictionarySize = dictionarySize;
    this.#properties = properties;
    this.resetState(properties);
  }

  /** Where the range coder stands in the input. */
  get position(): number {
    return this.#at;
  }

  /** Reads the last byte that the range coder is owed. Whether it ended as it must. */
  finish(): boolean {
    this.#normalize();
    return this.#code === 0;
  }

  resetState(properties: LzmaProperties): void {
    this.#properties = properties;
    this.#state = 0;
    this.#distance0 = 0;
    this.#distance1 = 0;
    this.#distance2 = 0;
    this.#distance3 = 0;
    this.#isMatch = probabilities(STATES * POSITION_STATES);
    this.#isRepeat = probabilities(STATES);
    this.#isRepeat0 = probabilities(STATES);
    this.#isRepeat1 = probabilities(STATES);
    this.#isRepeat2 = probabilities(STATES);
    this.#isRepeat0Long = probabilities(STATES * POSITION_STATES);
    this.#slots = probabilities(4 * 64);
    this.#special = probabilities(115);
    this.#align = probabilities(1 << ALIGN_BITS);
    this.#literals = probabilities(0x300 << (properties.lc + properties.lp));
    this.#matchLength = new LengthModel();
    this.#repeatLength = new LengthModel();
  }

  /** Begins a stretch of compressed bytes: the first five feed the range coder. */
  begin(input: Uint8Array, at: number, end: number): void {
    if (at + 5 > end) throw cutOff(FORMAT);
    if (input[at] !== 0) throw badData(FORMAT, 'the coder does not begin with 0');
    this.#input = input;
    this.#end = end;
    this.#range = 0xffffffff;
    this.#code =
      (((input[at + 1] as number) << 24) |
        ((input[at + 2] as number) << 16) |
        ((input[at + 3] as number) << 8) |
        (input[at + 4] as number)) >>>
      0;
    this.#at = at + 5;
  }

  /** Decodes until the output has `target` bytes, or at most one match more. Returns whether the end marker was read. */
  decode(target: number, limit: number): boolean {
    const out = this.#out;
    const { lc, lp, pb } = this.#properties;
    const positionMask = (1 << pb) - 1;
    const literalMask = (1 << lp) - 1;
    while (out.length < target) {
      const position = out.length - this.#windowStart;
      const positionState = position & positionMask;
      const state = this.#state;
      if (this.#bit(this.#isMatch, state * POSITION_STATES + positionState) === 0) {
        const bytes = out.reserve(1);
        const at = out.length;
        const before = position > 0 ? (bytes[at - 1] as number) : 0;
        const context = 0x300 * (((position & literalMask) << lc) + (before >> (8 - lc)));
        bytes[at] =
          state < 7 ? this.#literal(context) : this.#matchedLiteral(context, bytes[at - this.#distance0 - 1] ?? 0);
        out.advance(1);
        this.#state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
        continue;
      }
      let length: number;
      if (this.#bit(this.#isRepeat, state) === 0) {
        length = this.#length(this.#matchLength, positionState);
        this.#distance3 = this.#distance2;
        this.#distance2 = this.#distance1;
        this.#distance1 = this.#distance0;
        this.#distance0 = this.#distance(length);
        this.#state = state < 7 ? 7 : 10;
        if (this.#distance0 === 0xffffffff) return true;
      } else if (this.#bit(this.#isRepeat0, state) === 1) {
        this.#rotateDistances(state);
        length = this.#length(this.#repeatLength, positionState);
        this.#state = state < 7 ? 8 : 11;
      } else if (this.#bit(this.#isRepeat0Long, state * POSITION_STATES + positionState) === 1) {
        length = this.#length(this.#repeatLength, positionState);
        this.#state = state < 7 ? 8 : 11;
      } else {
        length = 1;
        this.#state = state < 7 ? 9 : 11;
      }
      const distance = this.#distance0 + 1;
      if (distance > position || distance > this.#dictionarySize)
        throw badData(FORMAT, 'a copy reaches before the beginning');
      if (out.length + length > limit) throw badData(FORMAT, 'the content is longer than declared');
      out.copyBack(distance, length);
    }
    return false;
  }

  /** Reads the end marker, which may follow a content of known size. */
  readEndMarker(): boolean {
    const positionState = (this.#out.length - this.#windowStart) & ((1 << this.#properties.pb) - 1);
    if (this.#bit(this.#isMatch, this.#state * POSITION_STATES + positionState) === 0) return false;
    if (this.#bit(this.#isRepeat, this.#state) === 1) return false;
    return this.#distance(this.#length(this.#matchLength, positionState)) === 0xffffffff;
  }

  /** One of the three distances before the last is used again and becomes the first. */
  #rotateDistances(state: number): void {
    let distance = this.#distance1;
    if (this.#bit(this.#isRepeat1, state) === 1) {
      if (this.#bit(this.#isRepeat2, state) === 0) {
        distance = this.#distance2;
      } else {
        distance = this.#distance3;
        this.#distance3 = this.#distance2;
      }
      this.#distance2 = this.#distance1;
    }
    this.#distance1 = this.#distance0;
    this.#distance0 = distance;
  }

  #normalize(): void {
    if (this.#range < 0x1000000) {
      if (this.#at >= this.#end) throw cutOff(FORMAT);
      this.#range = (this.#range << 8) >>> 0;
      this.#code = ((this.#code << 8) | (this.#input[this.#at++] as number)) >>> 0;
    }
  }

  #bit(model: Uint16Array, index: number): number {
    this.#normalize();
    const probability = model[index] as number;
    const bound = (this.#range >>> 11) * probability;
    if (this.#code < bound) {
      this.#range = bound;
      model[index] = probability + ((2048 - probability) >> 5);
      return 0;
    }
    this.#range -= bound;
    this.#code -= bound;
    model[index] = probability - (probability >> 5);
    return 1;
  }

  #directBits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      this.#normalize();
      this.#range >>>= 1;
      const one = this.#code >= this.#range ? 1 : 0;
      if (one === 1) this.#code -= this.#range;
      value = (value << 1) | one;
    }
    return value >>> 0;
  }

  #tree(model: Uint16Array, base: number, bits: number): number {
    let symbol = 1;
    for (let i = 0; i < bits; i++) symbol = (symbol << 1) | this.#bit(model, base + symbol);
    return symbol - (1 << bits);
  }

  #reverseTree(model: Uint16Array, base: number, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.#bit(model, base + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  #literal(context: number): number {
    let symbol = 1;
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(this.#literals, context + symbol);
    return symbol & 0xff;
  }

  #matchedLiteral(context: number, match: number): number {
    let symbol = 1;
    let byte = match;
    while (symbol < 0x100) {
      const matchBit = (byte >> 7) & 1;
      byte <<= 1;
      const bit = this.#bit(this.#literals, context + ((1 + matchBit) << 8) + symbol);
      symbol = (symbol << 1) | bit;
      if (matchBit !== bit) {
        while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(this.#literals, context + symbol);
      }
    }
    return symbol & 0xff;
  }

  #length(model: LengthModel, positionState: number): number {
    if (this.#bit(model.choice, 0) === 0) return 2 + this.#tree(model.low, positionState * 8, 3);
    if (this.#bit(model.choice, 1) === 0) return 10 + this.#tree(model.middle, positionState * 8, 3);
    return 18 + this.#tree(model.high, 0, 8);
  }

  /** The distance minus one; 0xffffffff is the end marker. */
  #distance(length: number): number {
    const slot = this.#tree(this.#slots, Math.min(length - 2, 3) * 64, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = ((2 | (slot & 1)) << bits) >>> 0;
    if (slot < END_POSITION) return base + this.#reverseTree(this.#special, base - slot, bits);
    const direct = this.#directBits(bits - ALIGN_BITS);
    return (base + direct * 16 + this.#reverseTree(this.#align, 0, ALIGN_BITS)) >>> 0;
  }
}
