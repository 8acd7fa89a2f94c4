import type { Value } from '../../onnx/builder/graph-builder.ts';
import type { Operand } from '../graph/operand.ts';
import type { Call } from './call.ts';

/** What an operator gives: a tensor, several (a tuple), or any operand. */
export type Outcome = Value | readonly Value[] | Operand;

/** Writes the nodes of one call. */
export type Translate = (call: Call) => Outcome;

/** Why an operator is known and yet not written. */
export interface Refusal {
  readonly refused: string;
}

/** Operators of one kind by their name without namespace and overload. */
export type OperatorFamily = Readonly<Record<string, Translate | Refusal>>;
