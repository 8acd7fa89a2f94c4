import { UnsupportedCall } from '../operators/unsupported.ts';
import type { AtenArgument, AtenGraph, AtenNode, AtenResult, AtenType } from './aten-graph.ts';
import { argumentsOf } from './live-nodes.ts';
import { isWrite, selfOf, viewKind } from './view-kinds.ts';
import { writtenBack } from './written-back.ts';

/** A tensor that shares memory with others. */
interface Shared {
  /** Name of the tensor that owns the memory. */
  readonly root: string;
  /** What it is a view of, by which call, and as which element of that call's list. */
  readonly view: { readonly parent: string; readonly node: AtenNode; readonly element: number | undefined } | undefined;
  /** Whether it shares memory only for some strides. */
  readonly uncertain: boolean;
  /** The value that it has now, and the version of the memory that this is of. */
  current: string;
  version: number;
  /** Set where nobody can know what it holds. */
  lost: string | undefined;
}

/**
 * Turns calls that write into tensors (`add_`, `copy_`, `x[:, 0] = ...`) into calls that give new ones. A write to a
 * view goes into what it is a view of, and other views of that are taken anew when they are used.
 *
 * @param stored names of parameters, buffers and constants: a program that writes those carries state
 * @throws `UnsupportedCall` where the effect of a write depends on how a tensor lies in memory
 */
export function functionalize(graph: AtenGraph, stored: ReadonlySet<string>): AtenGraph {
  if (!graph.nodes.some((node) => isWrite(node))) return graph;
  const pass = new Pass(stored);
  for (const node of graph.nodes) pass.add(node);
  const outputs = graph.outputs.map(({ name, value }) => ({ name, value: pass.resolve(value) }));
  return { ...graph, nodes: pass.nodes, outputs };
}

class Pass {
  readonly nodes: AtenNode[] = [];
  readonly #stored: ReadonlySet<string>;
  readonly #shared = new Map<string, Shared>();
  readonly #types = new Map<string, AtenType>();
  /** Version of the memory of each root. */
  readonly #versions = new Map<string, number>();
  #count = 0;

  constructor(stored: ReadonlySet<string>) {
    this.#stored = stored;
  }

  add(node: AtenNode): void {
    for (const output of node.outputs) this.#remember(output);
    if (isWrite(node)) this.#write(node);
    else {
      this.nodes.push(this.#resolved(node));
      this.#share(node);
    }
  }

  /** An argument with the values that its names have now. */
  resolve(argument: AtenArgument): AtenArgument {
    if (argument.kind === 'value') return { kind: 'value', name: this.#current(argument.name) };
    return argument.kind === 'list'
      ? { kind: 'list', items: argument.items.map((item) => this.resolve(item)) }
      : argument;
  }

  #remember({ name, elements, dtype, shape }: AtenResult): void {
    this.#types.set(name, { dtype, shape });
    for (const element of elements ?? []) this.#remember(element);
  }

  #resolved(node: AtenNode): AtenNode {
    if (!argumentsOf(node).some((argument) => argument.kind === 'value' || argument.kind === 'list')) return node;
    return {
      ...node,
      positional: node.positional.map((argument) => this.resolve(argument)),
      named: new Map(Array.from(node.named, ([name, argument]) => [name, this.resolve(argument)])),
    };
  }

  /** Notes that results of a view share memory with what they are views of. */
  #share(node: AtenNode): void {
    const kind = viewKind(node);
    const self = kind === undefined ? undefined : selfOf(node);
    if (kind === undefined || self === undefined) return;
    const { root } = this.#sharedOf(self);
    const entry = (name: string, element: number | undefined): void => {
      this.#shared.set(name, {
        root,
        view: { parent: self, node, element },
        uncertain: kind === 'uncertain',
        current: name,
        version: this.#version(root),
        lost: undefined,
      });
    };
    for (const { name, elements } of node.outputs) {
      if (elements === undefined) entry(name, undefined);
      else for (const [i, element] of elements.entries()) entry(element.name, i);
    }
  }

  #sharedOf(name: string): Shared {
    const known = this.#shared.get(name);
    if (known !== undefined) return known;
    const made = { root: name, view: undefined, uncertain: false, current: name, version: 0, lost: undefined };
    this.#shared.set(name, made);
    return made;
  }

  #version(root: string): number {
    return this.#versions.get(root) ?? 0;
  }

  /** The name of the value that a tensor has now; a stale view is taken anew. */
  #current(name: string): string {
    const shared = this.#shared.get(name);
    if (shared === undefined) return name;
    if (shared.lost !== undefined) throw new UnsupportedCall(shared.lost);
    const { view, root } = shared;
    const version = this.#version(root);
    if (view === undefined || shared.version === version) return shared.current;
    if (shared.uncertain) throw new UnsupportedCall(uncertainty(view.node));
    const fresh = this.#fresh(name);
    const { node, element } = view;
    const result = { name: fresh, ...this.#types.get(name) };
    const outputs =
      element === undefined
        ? [result]
        : node.outputs.map((output) => ({
            ...output,
            elements: output.elements?.map((one, i) => (i === element ? result : { ...one, name: '' })),
          }));
    this.nodes.push({ ...this.#resolved(node), outputs });
    shared.current = fresh;
    shared.version = version;
    return fresh;
  }

  #fresh(name: string): string {
    return `${name}#${++this.#count}`;
  }

  #write(node: AtenNode): void {
    const self = selfOf(node);
    const [output] = node.outputs;
    if (self === undefined || output === undefined) throw new UnsupportedCall('writes into what has no name');
    const shared = this.#sharedOf(self);
    if (this.#stored.has(shared.root)) {
      throw new UnsupportedCall(
        'changes a parameter or buffer of the model, so that a result would depend on the calls before',
      );
    }
    const written = this.#fresh(self);
    const type = this.#types.get(self);
    this.nodes.push({
      ...this.#resolved(node),
      outputs: [{ name: written, dtype: type?.dtype ?? output.dtype, shape: type?.shape ?? output.shape }],
    });
    this.#store(self, written, node.place);
    // The result is the tensor itself.
    if (output.name !== '' && output.name !== self) {
      const same: AtenNode = {
        ...node,
        target: 'aten::alias',
        overload: '',
        positional: [{ kind: 'value', name: self }],
        named: new Map(),
      };
      this.#shared.set(output.name, {
        root: shared.root,
        view: { parent: self, node: same, element: undefined },
        uncertain: false,
        current: written,
        version: this.#version(shared.root),
        lost: undefined,
      });
    }
  }

  /** Gives a tensor a new value, and through it what it is a view of. */
  #store(name: string, value: string, place: string): void {
    const shared = this.#sharedOf(name);
    const { view, root } = shared;
    if (view === undefined) this.#versions.set(root, this.#version(root) + 1);
    else if (shared.uncertain) this.#lose(view.parent, view.node);
    else {
      const { parent, node, element } = view;
      const whole = this.#fresh(parent);
      const current = this.#current(parent);
      const result = { name: whole, ...this.#types.get(parent) };
      this.nodes.push({ ...writtenBack(node, { parent: current, value, element }), outputs: [result], place });
      this.#store(parent, whole, place);
    }
    shared.current = value;
    shared.version = this.#version(root);
  }

  /** What a view that may be a copy was written to says nothing about the rest of the memory. */
  #lose(name: string, node: AtenNode): void {
    const { root } = this.#sharedOf(name);
    const why = uncertainty(node);
    for (const shared of this.#shared.values()) {
      if (shared.root === root && shared.lost === undefined && !isBelow(shared, node)) shared.lost = why;
    }
    this.#versions.set(root, this.#version(root) + 1);
  }
}

function isBelow({ view }: Shared, node: AtenNode): boolean {
  return view?.node === node;
}

function uncertainty({ target, place }: AtenNode): string {
  return `a tensor is written to after ${target} in ${place || 'the program'}, which shares memory or copies, depending on strides; write to a clone()`;
}
