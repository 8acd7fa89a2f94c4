import { FormatError } from '../../errors/format-error.ts';
import type { Limits } from '../../spec/limits.ts';
import type { Finding } from '../../spec/scan.ts';
import { readAttributes } from './attributes.ts';
import type { Dataset } from './dataset.ts';
import { readDatatype } from './datatype.ts';
import { type Group, hardTarget, kindOf } from './group.ts';
import { Hdf5Context } from './hdf5-context.ts';
import { inObject } from './hdf5-problem.ts';
import { MESSAGE, readObjectHeader } from './object-header.ts';
import { openRoot } from './read-hdf5.ts';

const SEVERITY: ReadonlyMap<string, Finding['severity']> = new Map([
  ['ML_FORMAT_UNSAFE', 'unsafe'],
  ['ML_FORMAT_UNSUPPORTED', 'unsupported'],
]);
/** A broken file can be wrong in every object; the first problems tell enough. */
const MAX_FINDINGS = 100;

/**
 * Walks everything that the root group leads to: every object, attribute, link, chunk and value of varying length. An
 * empty list means that all of it was read and nothing leads out of the file. Soft links are `unsupported`, links and
 * values in other files `unsafe`.
 */
export function checkHdf5(bytes: Uint8Array, limits: Limits): readonly Finding[] {
  const findings: Finding[] = [];
  const attempt = (check: () => void): void => {
    try {
      check();
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      if (findings.length < MAX_FINDINGS) findings.push(findingOf(error));
    }
  };
  attempt(() => {
    const context = new Hdf5Context(bytes, limits);
    const queue: (Group | Dataset)[] = [openRoot(context)];
    const seen = new Set<number>([context.root]);
    for (let next = queue.pop(); next !== undefined && findings.length < MAX_FINDINGS; next = queue.pop()) {
      const object = next;
      attempt(() => void object.attributes.size);
      if (object.kind === 'dataset') attempt(() => object.verify());
      else attempt(() => queue.push(...openChildren(context, object, { seen, attempt })));
    }
  });
  return findings;
}

/** The children that were not met before. Named datatypes are looked at here: they lead nowhere. */
function openChildren(
  context: Hdf5Context,
  group: Group,
  { seen, attempt }: { readonly seen: Set<number>; readonly attempt: (check: () => void) => void },
): readonly (Group | Dataset)[] {
  const children: (Group | Dataset)[] = [];
  for (const [name, link] of group.links) {
    attempt(() => {
      const address = link.target.kind === 'hard' ? hardTarget(link) : undefined;
      if (address !== undefined) {
        if (seen.has(address)) return;
        seen.add(address);
        const header = inObject(group.pathOf(name), () => readObjectHeader(context.file, address));
        if (kindOf(header) === 'datatype') {
          inObject(group.pathOf(name), () => {
            const type = context.find(header, MESSAGE.DATATYPE);
            if (type !== undefined) readDatatype(type);
            readAttributes(context, header);
          });
          return;
        }
      }
      const child = group.child(name);
      if (child !== undefined) children.push(child);
    });
  }
  return children;
}

function findingOf({ code, message, details }: FormatError): Finding {
  const { offset } = details;
  const severity = SEVERITY.get(code) ?? 'malformed';
  return { severity, code, message, ...(typeof offset === 'number' ? { offset } : {}) };
}
