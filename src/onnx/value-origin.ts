import type { OnnxNode } from '../formats/onnx-proto/onnx-model.ts';
import type { GraphLinks } from './graph-links.ts';
import { isMLOperator, isOnnxOperator } from './node-attributes.ts';

const SAME_VALUES = ['Identity', 'Cast', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten'];
/** What converters put between the scores of a classifier and its probabilities. */
const TO_PROBABILITIES = ['Softmax', 'Sigmoid', 'Clip'];
/** A chain longer than this says nothing that a role could be read from; a broken graph may be a ring. */
const MAX_STEPS = 64;

/** The value that another one is, apart from its type and shape. */
export function originName(name: string, links: GraphLinks): string {
  let value = name;
  for (let i = 0; i < MAX_STEPS; i++) {
    const node = links.producer(value);
    const before = node?.inputs[0];
    if (node === undefined || before === undefined || !SAME_VALUES.some((type) => isOnnxOperator(node, type))) break;
    value = before;
  }
  return value;
}

/** The node that computes a value, through nodes that only change its type and shape; `undefined` for an input or weight. */
export function origin(name: string, links: GraphLinks): OnnxNode | undefined {
  return links.producer(originName(name, links));
}

/** A value before it was normalised to probabilities, and whether it was. */
export interface Scores {
  readonly name: string;
  readonly normalised: boolean;
}

/** Goes back over Normalizer, Softmax and the like. */
export function scoresBehind(name: string, links: GraphLinks): Scores {
  let value = originName(name, links);
  let normalised = false;
  for (let i = 0; i < MAX_STEPS; i++) {
    const node = links.producer(value);
    const before = node?.inputs[0];
    if (node === undefined || before === undefined) break;
    if (!isMLOperator(node, 'Normalizer') && !TO_PROBABILITIES.some((type) => isOnnxOperator(node, type))) break;
    normalised = true;
    value = originName(before, links);
  }
  return { name: value, normalised };
}
