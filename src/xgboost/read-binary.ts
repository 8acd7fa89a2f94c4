import { FormatError } from '../errors/format-error.ts';
import type { TreeNodes } from '../kernel/forest-spec.ts';
import type { BoosterModel, LinearBooster, TreeBooster, TreeSource } from './booster-model.ts';
import { groupOf } from './read-document.ts';

const LEARNER_BYTES = 136;
const GBTREE_BYTES = 160;
const TREE_BYTES = 148;
const NODE_BYTES = 20;
const STAT_BYTES = 16;
const GBLINEAR_BYTES = 136;
const MAX_NAME = 64;

/**
 * The binary format of `save_model` before 2.1, little-endian.
 *
 * Source: src/learner.cc, `LearnerIO::LoadModel(dmlc::Stream*)`; src/gbm/gbtree_model.cc; src/tree/tree_model.cc.
 *
 * @throws `ML_FORMAT_TRUNCATED`, `ML_FORMAT_MALFORMED`, `ML_FORMAT_UNSUPPORTED`
 */
export function readBinary(bytes: Uint8Array): BoosterModel {
  const reader = new Reader(bytes);
  reader.magic();
  const param = reader.skip(LEARNER_BYTES);
  const major = reader.uint32(param + 20);
  const classes = reader.uint32(param + 8);
  const targets = major >= 1 ? reader.uint32(param + 28) : 1;
  const outputs = Math.max(1, classes, targets);
  if (outputs > bytes.length) throw reader.malformed(`${outputs} outputs`);
  const objective = reader.name();
  const kind = reader.name();
  const booster = kind === 'gblinear' ? readLinear(reader) : readTrees(reader, kind, outputs);
  return {
    version: { major, minor: reader.uint32(param + 24) },
    objective,
    baseScore: Float32Array.of(reader.float32(param)),
    baseIsMargin: major < 1,
    features: reader.uint32(param + 4),
    classes,
    outputs,
    featureNames: undefined,
    featureTypes: [],
    categories: [],
    attributes: reader.uint32(param + 12) === 0 ? new Map() : readAttributes(reader),
    booster,
  };
}

function readLinear(reader: Reader): LinearBooster {
  reader.skip(GBLINEAR_BYTES);
  return { kind: 'gblinear', weights: reader.floats(reader.length(4)) };
}

function readTrees(reader: Reader, kind: string, outputs: number): TreeBooster {
  if (kind !== 'gbtree' && kind !== 'dart') {
    throw new FormatError('ML_FORMAT_UNSUPPORTED', `XGBoost model: booster "${kind}" is not supported`, {
      details: { booster: kind },
    });
  }
  const param = reader.skip(GBTREE_BYTES);
  const count = reader.uint32(param);
  if (reader.uint32(param + 28) > 1) {
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      'XGBoost model: vector leaves in the binary format are not supported; save the model as .ubj',
    );
  }
  if (count * (TREE_BYTES + NODE_BYTES) > reader.left) throw reader.truncated(`${count} trees`);
  const starts = Array.from({ length: count }, () => treeAt(reader));
  const trees = starts.map(({ at, nodes }): TreeSource => {
    const group = groupOf(reader.uint32(reader.skip(4)), outputs);
    return { nodes, group, categoryWords: 0, read: () => readNodes(reader, at, nodes) };
  });
  return {
    kind,
    trees,
    leafWidth: 1,
    weights: kind === 'dart' ? (count === 0 ? new Float32Array(0) : reader.floats(reader.length(4))) : undefined,
    rounds: undefined,
    // Before 1.4 this was the number of roots, which was 0.
    parallelTrees: reader.uint32(param + 4) || undefined,
  };
}

/** Moves past one tree. */
function treeAt(reader: Reader): { readonly at: number; readonly nodes: number } {
  const param = reader.skip(TREE_BYTES);
  const nodes = reader.uint32(param + 4);
  const vector = reader.uint32(param + 20);
  const at = reader.skip(nodes * NODE_BYTES);
  reader.skip(nodes * STAT_BYTES);
  if (vector > 1) throw reader.malformed(`leaves of ${vector} values`);
  return { at, nodes };
}

function readNodes(reader: Reader, start: number, count: number): TreeNodes {
  const left = new Int32Array(count);
  const right = new Int32Array(count);
  const feature = new Int32Array(count);
  const missingLeft = new Uint8Array(count);
  const values = new Float32Array(count);
  for (let i = 0, at = start; i < count; i++, at += NODE_BYTES) {
    left[i] = reader.uint32(at + 4);
    right[i] = reader.uint32(at + 8);
    const index = reader.uint32(at + 12);
    // The highest bit tells where missing values go.
    feature[i] = index & 0x7fffffff;
    missingLeft[i] = index >>> 31;
    values[i] = reader.float32(at + 16);
  }
  return { left, right, feature, threshold: values, missingLeft, values };
}

function readAttributes(reader: Reader): Map<string, string> {
  const attributes = new Map<string, string>();
  for (let count = reader.length(16); count > 0; count--) {
    const key = reader.text();
    attributes.set(key, reader.text());
  }
  return attributes;
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Old files begin with a word of their own. */
  magic(): void {
    if (Buffer.from(this.#bytes.subarray(0, 4)).toString('latin1') === 'binf') this.#at = 4;
  }

  /** Where a block begins, having moved past it. */
  skip(bytes: number): number {
    if (bytes > this.left) throw this.truncated(`${bytes} bytes`);
    const at = this.#at;
    this.#at += bytes;
    return at;
  }

  uint32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  float32(at: number): number {
    return this.#view.getFloat32(at, true);
  }

  /** The number of items that follow, of at least `itemBytes` each. */
  length(itemBytes: number): number {
    const at = this.skip(8);
    const length = this.uint32(at) + this.uint32(at + 4) * 2 ** 32;
    if (length * itemBytes > this.left) throw this.truncated(`${length} items`);
    return length;
  }

  text(): string {
    const length = this.length(1);
    const at = this.skip(length);
    return Buffer.from(this.#bytes.subarray(at, at + length)).toString('utf8');
  }

  name(): string {
    const text = this.text();
    if (text.length > MAX_NAME) throw this.malformed(`a name of ${text.length} characters`);
    return text;
  }

  floats(count: number): Float32Array {
    const at = this.skip(count * 4);
    return Float32Array.from({ length: count }, (_, i) => this.float32(at + i * 4));
  }

  truncated(what: string): FormatError {
    return new FormatError(
      'ML_FORMAT_TRUNCATED',
      `XGBoost binary model: ${what} are declared at offset ${this.#at}, ${this.left} bytes are left`,
      {
        details: { offset: this.#at },
      },
    );
  }

  malformed(what: string): FormatError {
    return new FormatError('ML_FORMAT_MALFORMED', `XGBoost binary model: it has ${what} (offset ${this.#at})`, {
      details: { offset: this.#at },
    });
  }
}
