/** One parameter of an operator. */
export interface Parameter {
  readonly name: string;
  /** As PyTorch writes it, without alias marks: `Tensor?`, `SymInt[2]`, `Scalar`. */
  readonly type: string;
  /** Python text of the default; `undefined` for a parameter that must be given. */
  readonly fallback: string | undefined;
  readonly named: boolean;
}

/** One overload of an operator: `add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1)`. */
export interface Signature {
  readonly overload: string;
  readonly parameters: readonly Parameter[];
}

const parsed = new Map<string, Signature>();

/**
 * Reads a signature of the generated table.
 *
 * @param text `overload(type name=default, ..., *, type name)`; the overload is empty for `default`
 */
export function parseSignature(text: string): Signature {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const open = text.indexOf('(');
  const parameters: Parameter[] = [];
  let named = false;
  for (const piece of splitTop(text.slice(open + 1, -1))) {
    if (piece === '*') {
      named = true;
      continue;
    }
    const [declared, fallback] = splitDefault(piece);
    const space = declared.lastIndexOf(' ');
    parameters.push({ name: declared.slice(space + 1), type: declared.slice(0, space), fallback, named });
  }
  const signature = { overload: text.slice(0, open) || 'default', parameters };
  parsed.set(text, signature);
  return signature;
}

function splitDefault(piece: string): [string, string | undefined] {
  const equals = piece.indexOf('=');
  return equals < 0 ? [piece, undefined] : [piece.slice(0, equals), piece.slice(equals + 1)];
}

/** Splits at commas outside of brackets and quotes. */
function splitTop(text: string): string[] {
  const pieces: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = text[i];
    if (c === '"' || c === "'") quoted = !quoted;
    if (c === '(' || c === '[') depth++;
    if (c === ')' || c === ']') depth--;
    if (c === undefined || (c === ',' && depth === 0 && !quoted)) {
      const piece = text.slice(start, i).trim();
      if (piece !== '') pieces.push(piece);
      start = i + 1;
    }
  }
  return pieces;
}
