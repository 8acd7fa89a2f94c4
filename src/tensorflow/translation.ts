import { FormatError } from '../errors/format-error.ts';
import type { FunctionDef, NodeDef } from '../formats/tensorflow-proto/graph-def.ts';
import type { ProtoContext } from '../formats/tensorflow-proto/proto-context.ts';
import type { Limits } from '../spec/limits.ts';
import type { DType } from '../spec/tensor.ts';
import { GraphBody } from './graph-body.ts';
import type { OpCall, Operator } from './op-call.ts';
import type { TfTensor } from './tf-tensor.ts';
import type { TfValue } from './tf-value.ts';

/** What stands in the way of a translation. */
export interface Obstacle {
  readonly operator: string;
  readonly node: string;
  /** A sentence; `undefined` where the operator is not known at all. */
  readonly problem: string | undefined;
}

/** An operator that decides what is computed at all: it also gets values that cannot be translated. */
export type ControlOperator = (call: OpCall) => TfValue | readonly TfValue[];

/** Everything that a translation is given. */
export interface TranslationParts {
  readonly functions: ReadonlyMap<string, FunctionDef>;
  readonly context: ProtoContext;
  readonly limits: Limits;
  readonly operators: ReadonlyMap<string, Operator>;
  /** Those that only move elements. */
  readonly moving: ReadonlySet<string>;
  readonly control: ReadonlyMap<string, ControlOperator>;
  /** The handle or tensor that a node without inputs stands for: variables and tables. */
  readonly resources: (node: NodeDef) => TfValue | undefined;
  readonly cast: (call: OpCall, tensor: TfTensor, dtype: DType) => TfTensor;
  /** Nodes of the graph whose value the caller gives. */
  readonly fed: ReadonlySet<string>;
}

/** Functions call each other at most this deep, whatever the limits say: the stack is at stake. */
const DEEPEST = 200;

/** What all scopes of one translation share. */
export class Translation {
  readonly functions: ReadonlyMap<string, FunctionDef>;
  readonly context: ProtoContext;
  readonly operators: ReadonlyMap<string, Operator>;
  readonly moving: ReadonlySet<string>;
  readonly control: ReadonlyMap<string, ControlOperator>;
  readonly resources: TranslationParts['resources'];
  readonly cast: TranslationParts['cast'];
  readonly fed: ReadonlySet<string>;
  readonly #limits: Limits;
  readonly #bodies = new Map<string, GraphBody>();
  readonly #obstacles = new Map<string, Obstacle>();
  #nodes = 0;

  constructor(parts: TranslationParts) {
    this.functions = parts.functions;
    this.context = parts.context;
    this.operators = parts.operators;
    this.moving = parts.moving;
    this.control = parts.control;
    this.resources = parts.resources;
    this.cast = parts.cast;
    this.fed = parts.fed;
    this.#limits = parts.limits;
  }

  /** What stands in the way, each once. */
  get obstacles(): readonly Obstacle[] {
    return [...this.#obstacles.values()];
  }

  report(obstacle: Obstacle): void {
    const key = `${obstacle.operator} ${obstacle.problem ?? ''}`;
    if (!this.#obstacles.has(key)) this.#obstacles.set(key, obstacle);
  }

  /**
   * The body of a function.
   *
   * @throws `ML_FORMAT_MALFORMED` where the library has no such function
   */
  body(name: string): { readonly definition: FunctionDef; readonly body: GraphBody } {
    const definition = this.functions.get(name);
    if (definition === undefined) {
      throw new FormatError('ML_FORMAT_MALFORMED', `the graph calls ${JSON.stringify(name)}, which its library lacks`);
    }
    let body = this.#bodies.get(name);
    if (body === undefined) {
      body = GraphBody.ofFunction(definition, this.functions);
      this.#bodies.set(name, body);
    }
    return { definition, body };
  }

  /**
   * Counts a node that is translated: functions that call each other may make many of few.
   *
   * @throws `ML_FORMAT_LIMIT`
   */
  spend(): void {
    const { maxElements } = this.#limits;
    if (++this.#nodes > maxElements) {
      throw new FormatError(
        'ML_FORMAT_LIMIT',
        `the graph has more than ${maxElements} nodes when its functions are inlined; raise limits.maxElements if you trust the file`,
        { details: { maxElements } },
      );
    }
  }

  /** @throws `ML_FORMAT_LIMIT` where functions call each other too deep */
  deeper(depth: number): number {
    const allowed = Math.min(this.#limits.maxNesting, DEEPEST);
    if (depth >= allowed) {
      throw new FormatError(
        'ML_FORMAT_LIMIT',
        `functions of the graph call each other more than ${allowed} levels deep (or themselves); limits.maxNesting allows up to ${DEEPEST}`,
        { details: { maxNesting: allowed } },
      );
    }
    return depth + 1;
  }
}
