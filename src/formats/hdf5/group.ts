import { readAttributes } from './attributes.ts';
import { Dataset } from './dataset.ts';
import type { Hdf5Context } from './hdf5-context.ts';
import type { Hdf5Group, Hdf5Value } from './hdf5-file.ts';
import { inObject, malformed, overLimit, shown, unsafe, unsupported } from './hdf5-problem.ts';
import { type Link, readLinks } from './links.ts';
import { MESSAGE, type ObjectHeader, readObjectHeader } from './object-header.ts';

/** What the header of an object makes it. */
export type ObjectKind = 'group' | 'dataset' | 'datatype' | 'unknown';

/** Tells what an object is from its messages. */
export function kindOf(header: ObjectHeader): ObjectKind {
  const types = new Set(header.messages.map(({ type }) => type));
  if (types.has(MESSAGE.DATATYPE)) return types.has(MESSAGE.DATASPACE) ? 'dataset' : 'datatype';
  const isGroup = types.has(MESSAGE.SYMBOL_TABLE) || types.has(MESSAGE.LINK_INFO) || types.has(MESSAGE.GROUP_INFO);
  return isGroup || types.has(MESSAGE.LINK) ? 'group' : 'unknown';
}

/** A group as its object header describes it; links are read when asked for. */
export class Group implements Hdf5Group {
  readonly kind = 'group';
  readonly path: string;
  readonly #context: Hdf5Context;
  readonly #header: ObjectHeader;
  readonly #depth: number;
  readonly #children = new Map<string, Group | Dataset>();
  #links: ReadonlyMap<string, Link> | undefined;
  #attributes: ReadonlyMap<string, Hdf5Value> | undefined;

  constructor(context: Hdf5Context, header: ObjectHeader, place: { readonly path: string; readonly depth: number }) {
    const { maxNesting } = context.file.limits;
    if (place.depth > maxNesting) throw overLimit(`groups are nested more than ${maxNesting} deep`, maxNesting);
    this.path = place.path;
    this.#context = context;
    this.#header = header;
    this.#depth = place.depth;
  }

  get attributes(): ReadonlyMap<string, Hdf5Value> {
    this.#attributes ??= inObject(this.path, () => readAttributes(this.#context, this.#header));
    return this.#attributes;
  }

  get names(): readonly string[] {
    return [...this.links.keys()];
  }

  /** Names with what they lead to. */
  get links(): ReadonlyMap<string, Link> {
    this.#links ??= inObject(this.path, () => readLinks(this.#context, this.#header));
    return this.#links;
  }

  child(name: string): Group | Dataset | undefined {
    const known = this.#children.get(name);
    if (known !== undefined) return known;
    const link = this.links.get(name);
    if (link === undefined) return undefined;
    const path = this.pathOf(name);
    const child = inObject(path, () => this.#open(link, path));
    this.#children.set(name, child);
    return child;
  }

  /** The path of a child. */
  pathOf(name: string): string {
    return this.path === '/' ? `/${name}` : `${this.path}/${name}`;
  }

  at(path: string): Group | Dataset | undefined {
    const names = path.split('/').filter((name) => name !== '');
    return names.reduce<Group | Dataset | undefined>(
      (here, name) => (here?.kind === 'group' ? here.child(name) : undefined),
      this,
    );
  }

  #open(link: Link, path: string): Group | Dataset {
    const header = readObjectHeader(this.#context.file, hardTarget(link));
    const kind = kindOf(header);
    if (kind === 'dataset') return new Dataset(this.#context, header, path);
    if (kind === 'group') return new Group(this.#context, header, { path, depth: this.#depth + 1 });
    if (kind === 'datatype') throw unsupported('a named datatype is neither a group nor a dataset', link.offset);
    throw malformed('an object is neither a group nor a dataset', this.#context.file.offsetOf(header.address));
  }
}

/**
 * The address that a link leads to. Only hard links are followed: a soft link may go through another file, so it is
 * not followed either, though it is no attack by itself.
 */
export function hardTarget({ name, target, offset }: Link): number {
  switch (target.kind) {
    case 'hard':
      return target.address;
    case 'external':
      throw unsafe(`${shown(name)} is a link to ${target.to}; other files are never opened`, offset);
    case 'soft':
      throw unsupported(`${shown(name)} is a soft link to ${shown(target.to)}; only hard links are followed`, offset);
    case 'user':
      throw unsupported(`${shown(name)} is a link of a ${target.to}; only hard links are followed`, offset);
    default:
      return target satisfies never;
  }
}
