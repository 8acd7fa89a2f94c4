import { MLServiceError } from '../../errors/ml-service-error.ts';
import type { UnknownGlobal } from '../../formats/pickle/find-unknown.ts';
import type { ScanContext } from '../../spec/model-loader.ts';
import type { Finding } from '../../spec/scan.ts';
import { readFile } from './read-file.ts';

/** A finding about a class or function that the file names. */
export interface NameFinding extends Finding {
  readonly module?: string;
  readonly name?: string;
}

/**
 * Everything unsafe in the file and every name that is not known. Where the stream breaks, what was found before
 * the break is told too: Python would have run it.
 */
export async function scanPickle(context: ScanContext): Promise<readonly NameFinding[]> {
  const findings: NameFinding[] = [];
  try {
    const file = await readFile(context, { onUnsafe: (error) => findings.push(findingOf(error)) });
    const told = new Set(findings.map(({ offset }) => offset));
    findings.push(...file.unknown.filter(({ offset }) => !told.has(offset)).map(unknownFinding));
  } catch (error) {
    if (context.signal.aborted || !MLServiceError.isInstance(error)) throw error;
    findings.push(findingOf(error));
  }
  return findings;
}

function findingOf({ code, message, details }: MLServiceError): NameFinding {
  const { offset, module, name } = details;
  return {
    severity: code === 'ML_FORMAT_UNSAFE' ? 'unsafe' : code === 'ML_FORMAT_UNSUPPORTED' ? 'unsupported' : 'malformed',
    code,
    message,
    ...(typeof offset === 'number' && { offset }),
    ...(typeof module === 'string' && typeof name === 'string' && { module, name }),
  };
}

function unknownFinding({ module, name, offset, path }: UnknownGlobal): NameFinding {
  return {
    severity: 'unsupported',
    code: 'ML_FORMAT_UNSUPPORTED',
    message: `${module}.${name}${path === '' ? '' : ` at ${path}`} is not known; it is left unread`,
    offset,
    module,
    name,
  };
}
