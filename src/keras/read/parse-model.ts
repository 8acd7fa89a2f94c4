import type { FormatError } from '../../errors/format-error.ts';
import type { LayerType } from '../graph/layer-type.ts';
import type { KerasGraph, KerasLayer } from '../model/keras-layer.ts';
import { auditDocument } from './audit-document.ts';
import type { KerasFile } from './keras-file.ts';
import { malformed, ParseContext } from './parse-context.ts';
import { parseLayer } from './parse-layer.ts';

/** A model that was read and judged; nothing is built. */
export interface ParsedModel {
  readonly model: KerasLayer;
  readonly graph: KerasGraph;
  /** Everything in the file that forbids its use, the unsafe first. */
  readonly problems: readonly FormatError[];
}

/**
 * Reads and judges the architecture of a file.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_LIMIT` where it is none; `ML_FORMAT_UNSUPPORTED` for a subclassed model
 */
export function parseModel(
  { document, others, generation }: KerasFile,
  types: ReadonlyMap<string, LayerType>,
  maxNesting: number,
): ParsedModel {
  const unsafe = [
    ...auditDocument(document, 'the model'),
    ...others.flatMap((other) => auditDocument(other, 'its training')),
  ];
  const context = new ParseContext(types, generation, maxNesting);
  let model: KerasLayer;
  try {
    model = parseLayer(document, [], context);
  } catch (error) {
    // What the file would do is worse than that it cannot be read.
    const [worst] = unsafe;
    throw worst ?? error;
  }
  const ordered = [...unsafe, ...context.problems].sort((a, b) => rank(a) - rank(b));
  const problems = ordered.filter(({ message }, i) => ordered.findIndex((other) => other.message === message) === i);
  if (model.graph !== undefined) return { model, graph: model.graph, problems };
  const [first] = problems;
  throw first ?? malformed(`its outermost object is a ${model.className}, not a Sequential or Functional model`);
}

const rank = ({ code }: FormatError): number =>
  code === 'ML_FORMAT_UNSAFE' ? 0 : code === 'ML_FORMAT_MALFORMED' ? 1 : 2;
