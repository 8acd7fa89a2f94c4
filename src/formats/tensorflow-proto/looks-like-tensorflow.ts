/** What a file of TensorFlow is. */
export type TensorflowFile = 'saved-model' | 'graph';

/** Wire type of each field: 0 for numbers, 2 for text and messages. */
type Fields = ReadonlyMap<number, number>;

const SAVED_MODEL: Fields = new Map([
  [1, 0],
  [2, 2],
]);
const META_GRAPH: Fields = new Map([1, 2, 3, 4, 5, 6, 7].map((field) => [field, 2]));
const GRAPH: Fields = new Map([
  [1, 2],
  [2, 2],
  [3, 0],
  [4, 2],
  [5, 2],
]);
const NODE: Fields = new Map([1, 2, 3, 4, 5, 6, 7].map((field) => [field, 2]));
/** Names of operators, as TensorFlow itself checks them. */
const OPERATOR = /^[A-Za-z_][A-Za-z0-9_>]*$/;
/** A file is recognised by its beginning: this many fields of a message are looked at. */
const MAX_FIELDS = 50;

/**
 * What the bytes are, judged by the beginnings of the outermost messages; `undefined` for another
 * format. Of a file that was cut off only its beginning is judged, so that it is called truncated.
 */
export function looksLikeTensorflow(bytes: Uint8Array): TensorflowFile | undefined {
  if (isGraph(bytes)) return 'graph';
  const fields = beginning(bytes, SAVED_MODEL);
  const metaGraph = fields?.find(({ field }) => field === 2);
  if (metaGraph === undefined) return undefined;
  const inner = beginning(metaGraph.body, META_GRAPH);
  return inner?.some(({ field, body }) => field === 2 && isGraph(body)) === true ? 'saved-model' : undefined;
}

function isGraph(bytes: Uint8Array): boolean {
  const fields = beginning(bytes, GRAPH);
  const node = fields?.find(({ field }) => field === 1);
  return node !== undefined && isNode(node.body);
}

function isNode(bytes: Uint8Array): boolean {
  const op = beginning(bytes, NODE)?.find(({ field }) => field === 2);
  return op !== undefined && OPERATOR.test(Buffer.from(op.body).toString('latin1'));
}

interface Field {
  readonly field: number;
  /** Empty for numbers; what there is of it where the file was cut off. */
  readonly body: Uint8Array;
}

/** The first fields of a message; `undefined` where one is not a field that the message has. */
function beginning(bytes: Uint8Array, known: Fields): readonly Field[] | undefined {
  const found: Field[] = [];
  let at = 0;
  const varint = (): number | undefined => {
    let value = 0;
    for (let scale = 1; scale < 2 ** 63; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) return undefined;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  while (at < bytes.length && found.length < MAX_FIELDS) {
    const key = varint();
    if (key === undefined || known.get(Math.floor(key / 8)) !== key % 8) return undefined;
    const value = varint();
    if (value === undefined) return at > bytes.length ? found : undefined;
    const size = key % 8 === 2 ? value : 0;
    found.push({ field: Math.floor(key / 8), body: bytes.subarray(at, at + size) });
    at += size;
  }
  return found;
}
