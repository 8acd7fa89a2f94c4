import { malformedZip, unsafeZip, unsupportedZip } from './zip-problem.ts';

/** What the upper half of code page 437 stands for, which names without the UTF-8 flag are in. */
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

const MAX_NAME = 4096;

/**
 * The name of an entry, judged. Nothing is ever extracted, but a name that is dangerous to others is refused all the
 * same, and one that different readers understand differently is refused so that there is one answer.
 *
 * @throws `ML_FORMAT_UNSAFE` for absolute names, drives, `..`, control characters; `ML_FORMAT_UNSUPPORTED` for
 * backslashes and doubled separators; `ML_FORMAT_MALFORMED`
 */
export function entryName(bytes: Uint8Array, utf8: boolean, offset: number): string {
  const name = decode(bytes, utf8, offset);
  if (name === '' || name.length > MAX_NAME) throw malformedZip(`a name has ${name.length} characters`, offset);
  const shown = JSON.stringify(name.slice(0, 200));
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) throw unsafeZip(`the name ${shown} has a control character`, offset);
  }
  const parts = name.split(/[/\\]/);
  if (parts.includes('..')) throw unsafeZip(`the name ${shown} leaves its folder`, offset);
  if (parts[0] === '' || /^[A-Za-z]:/.test(name)) throw unsafeZip(`the name ${shown} is absolute`, offset);
  if (name.includes('\\')) {
    throw unsupportedZip(`the name ${shown} has a backslash, which is a separator to some and none to others`, offset);
  }
  if (parts.some((part, i) => part === '.' || (part === '' && i < parts.length - 1))) {
    throw unsupportedZip(`the name ${shown} has a part that is empty or a dot`, offset);
  }
  return name;
}

function decode(bytes: Uint8Array, utf8: boolean, offset: number): string {
  if (utf8) {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw malformedZip('a name is declared as UTF-8 and is not', offset);
    }
  }
  let name = '';
  for (const byte of bytes) name += byte < 0x80 ? String.fromCharCode(byte) : (CP437[byte - 0x80] as string);
  return name;
}
