/** Why a text is no acceptable JSON, without saying which text. */
export class JsonProblem extends Error {}

const MAX_DEPTH = 32;
const QUOTE = 34;
const BACKSLASH = 92;

/**
 * Parses JSON that another program has to understand in the same way: UTF-8 without a byte order mark, no key twice in
 * one object, at most 32 levels deep.
 *
 * @throws JsonProblem
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new JsonProblem('it is no UTF-8');
  }
  checkDepth(text);
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new JsonProblem(`it is no JSON (${error instanceof Error ? error.message.slice(0, 120) : 'unreadable'})`);
  }
  checkKeys(text);
  return value;
}

/** Before anything is parsed. In a text that is no JSON it counts wrongly, and the parser then refuses it. */
function checkDepth(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else if (char === '{' || char === '[') {
      depth += 1;
      if (depth > MAX_DEPTH) throw new JsonProblem(`it is nested more than ${MAX_DEPTH} deep`);
    } else if (char === '}' || char === ']') depth -= 1;
  }
}

/** `JSON.parse` takes the last of two equal keys; others take the first. The text is known to be JSON. */
function checkKeys(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  let isKey = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '{' || char === '[') {
      open.push(char === '{' ? new Set() : undefined);
      isKey = char === '{';
    } else if (char === '}' || char === ']') {
      open.pop();
      isKey = false;
    } else if (char === ',') {
      isKey = open.at(-1) !== undefined;
    } else if (char === '"') {
      const end = endOfString(text, at);
      if (isKey) {
        const key = JSON.parse(text.slice(at, end + 1)) as string;
        const keys = open.at(-1);
        if (keys?.has(key) === true) throw new JsonProblem(`it has the key ${JSON.stringify(key.slice(0, 80))} twice`);
        keys?.add(key);
        isKey = false;
      }
      at = end;
    }
  }
}

/** Where the string that starts at `start` ends, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
  }
  return text.length;
}
