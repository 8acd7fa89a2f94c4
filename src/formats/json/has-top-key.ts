/** A document names what it is this early, unless other tools wrote it. */
const SEARCHED = 65_536;
const WHITE_SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Whether the bytes begin as a JSON object with one of the keys at its top, judged by the first 64 KiB. */
export function hasTopKey(bytes: Uint8Array, keys: ReadonlySet<string>): boolean {
  if (!startsAsObject(bytes)) return false;
  const text = Buffer.from(bytes.subarray(0, SEARCHED)).toString('latin1');
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    else if (char === '"') {
      const start = at + 1;
      for (at = start; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at += 1;
      if (depth === 1 && keys.has(text.slice(start, at)) && /^"\s*:/.test(text.slice(at, at + 20))) return true;
    }
  }
  return false;
}

/** Whether the first byte that is no white space is `{`. */
export function startsAsObject(bytes: Uint8Array): boolean {
  let at = 0;
  while (WHITE_SPACE.has(bytes[at] ?? 0)) at += 1;
  return bytes[at] === 0x7b;
}
