/** One element of DER, its content not copied. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** Why bytes are no DER. */
export class DerProblem extends Error {}

/** Universal and context tags that certificates use. */
export const DER = { boolean: 1, integer: 2, bits: 3, octets: 4, oid: 6, sequence: 0x30, extensions: 0xa3 } as const;

/**
 * The elements that bytes consist of, one level deep. Lengths are definite and as short as can be, as DER demands.
 *
 * @throws DerProblem
 */
export function derElements(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] as number;
    if ((tag & 0x1f) === 0x1f) throw new DerProblem('a tag is of more than one byte');
    const { length, start } = lengthAt(bytes, at + 1);
    if (length > bytes.length - start) throw new DerProblem('an element is longer than what is left');
    elements.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}

/**
 * The one element that bytes are.
 *
 * @throws DerProblem
 */
export function derElement(bytes: Uint8Array, tag: number): Uint8Array {
  const elements = derElements(bytes);
  const [only] = elements;
  if (elements.length !== 1 || only?.tag !== tag) throw new DerProblem(`one element of tag ${tag} is expected`);
  return only.content;
}

function lengthAt(bytes: Uint8Array, at: number): { readonly length: number; readonly start: number } {
  const first = bytes[at];
  if (first === undefined) throw new DerProblem('an element has no length');
  if (first < 0x80) return { length: first, start: at + 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 4 || at + count >= bytes.length) throw new DerProblem('a length is none');
  let length = 0;
  for (let i = 1; i <= count; i++) length = length * 256 + (bytes[at + i] as number);
  if (length < 0x80 || bytes[at + 1] === 0) throw new DerProblem('a length is longer than it need be');
  return { length, start: at + 1 + count };
}
