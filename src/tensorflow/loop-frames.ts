import { FormatError } from '../errors/format-error.ts';
import type { NodeDef } from '../formats/tensorflow-proto/graph-def.ts';
import type { ProtoContext } from '../formats/tensorflow-proto/proto-context.ts';
import { Attributes } from './attributes.ts';
import { dataInputs, type GraphBody } from './graph-body.ts';

/** A value that a loop of TensorFlow 1 carries: `Enter` and `NextIteration` meet in `Merge`, `Switch` leads on or out. */
export interface FrameVariable {
  readonly merge: NodeDef;
  /** Edge into the `NextIteration`: the value of the next turn. */
  readonly next: string;
  /** Every Switch that reads the Merge. */
  readonly switches: readonly NodeDef[];
}

/** A loop as TensorFlow 1 writes it, and as a frozen graph has it: `while_loop` in single nodes. */
export interface LoopFrame {
  readonly name: string;
  readonly variables: readonly FrameVariable[];
  /** Values from outside that do not change: their `Enter` nodes. */
  readonly constants: readonly NodeDef[];
  /** Edges from outside: first those of the variables, then those of the constants. */
  readonly inputs: readonly string[];
  /** Edge into the `LoopCond`. */
  readonly condition: string;
}

/** Finds the loops of a body when an `Exit` asks for one. */
export class LoopFrames {
  readonly #body: GraphBody;
  readonly #context: ProtoContext;
  #frames: ReadonlyMap<string, LoopFrame> | undefined;

  constructor(body: GraphBody, context: ProtoContext) {
    this.#body = body;
    this.#context = context;
  }

  /** The loop that an `Exit` leaves. */
  ofExit(exit: NodeDef): LoopFrame {
    this.#frames ??= this.#find();
    const name = this.#frameNames.get(this.variableOf(exit).name);
    const frame = name === undefined ? undefined : this.#frames.get(name);
    if (frame === undefined) throw broken(exit);
    return frame;
  }

  /** The `Merge` of the variable that an `Exit` gives. */
  variableOf(exit: NodeDef): NodeDef {
    const leaving = this.#source(exit, 0);
    const merge = leaving?.op === 'Switch' ? this.#source(leaving, 0) : undefined;
    if (merge?.op !== 'Merge') throw broken(exit);
    return merge;
  }

  /** Frame by the name of a `Merge`. */
  readonly #frameNames = new Map<string, string>();

  #find(): ReadonlyMap<string, LoopFrame> {
    const enters = new Map<string, NodeDef[]>();
    const merges = new Map<string, { merge: NodeDef; enter: NodeDef; next: NodeDef }[]>();
    const readers = new Map<string, NodeDef[]>();
    for (const node of this.#body.nodes.values()) {
      if (node.op === 'Enter') {
        const name = this.#frameOf(node);
        enters.set(name, [...(enters.get(name) ?? []), node]);
      } else if (node.op === 'Merge') {
        const sources = dataInputs(node).map((_, i) => this.#source(node, i));
        const enter = sources.find((source) => source?.op === 'Enter');
        const next = sources.find((source) => source?.op === 'NextIteration');
        if (enter === undefined || next === undefined) continue;
        const name = this.#frameOf(enter);
        merges.set(name, [...(merges.get(name) ?? []), { merge: node, enter, next }]);
        this.#frameNames.set(node.name, name);
      } else if (node.op === 'Switch') {
        const merge = this.#source(node, 0);
        if (merge !== undefined) readers.set(merge.name, [...(readers.get(merge.name) ?? []), node]);
      }
    }
    return new Map(
      Array.from(merges, ([name, found]) => {
        const variables = found.map(({ merge, next }) => ({
          merge,
          next: edge(next, 0),
          switches: readers.get(merge.name) ?? [],
        }));
        const varying = new Set(found.map(({ enter }) => enter));
        const constants = (enters.get(name) ?? []).filter((enter) => !varying.has(enter));
        const inputs = [...found.map(({ enter }) => edge(enter, 0)), ...constants.map((enter) => edge(enter, 0))];
        return [name, { name, variables, constants, inputs, condition: this.#condition(name, variables) }];
      }),
    );
  }

  #condition(name: string, variables: readonly FrameVariable[]): string {
    for (const { switches } of variables) {
      for (const node of switches) {
        const condition = this.#source(node, 1);
        if (condition?.op === 'LoopCond') return edge(condition, 0);
      }
    }
    throw new FormatError('ML_FORMAT_MALFORMED', `the loop ${JSON.stringify(name)} of the graph has no condition`);
  }

  #source(node: NodeDef, i: number): NodeDef | undefined {
    const ref = dataInputs(node)[i];
    return ref === undefined ? undefined : this.#body.resolve(ref).node;
  }

  #frameOf(enter: NodeDef): string {
    return new Attributes(enter, this.#context).text('frame_name');
  }
}

function edge(node: NodeDef, i: number): string {
  const ref = dataInputs(node)[i];
  if (ref === undefined) throw broken(node);
  return ref;
}

function broken(node: NodeDef): FormatError {
  return new FormatError('ML_FORMAT_MALFORMED', `${node.op} ${JSON.stringify(node.name)} belongs to no whole loop`);
}
