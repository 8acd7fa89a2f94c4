const NAMED: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
]);

const ESCAPE = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|(.))/gs;

/**
 * The text between the quotes of a string literal. The writer escapes what is not printable ASCII
 * byte by byte, in octal: the bytes are UTF-8 (torch/csrc/jit/frontend/lexer, `printQuotedString`).
 */
export function unescapeString(literal: string): string {
  if (!literal.includes('\\')) return literal;
  const bytes = literal.replace(ESCAPE, (whole: string, octal?: string, hex?: string, single?: string) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return NAMED.get(single ?? '') ?? whole;
  });
  // Characters beyond one byte stood in the text as they are: nothing was escaped bytewise then.
  for (let i = 0; i < bytes.length; i++) if (bytes.charCodeAt(i) > 0xff) return bytes;
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
