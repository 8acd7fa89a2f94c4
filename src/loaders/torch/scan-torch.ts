import { findingOf } from '../../errors/finding-of.ts';
import { MLServiceError } from '../../errors/ml-service-error.ts';
import { memorySource } from '../../internal/memory-source.ts';
import type { ScanContext } from '../../spec/model-loader.ts';
import type { Finding } from '../../spec/scan.ts';
import { torchContents } from '../../torch/state-dict/contents.ts';
import { readTorchFile } from '../../torch/state-dict/read-torch-file.ts';

/** Everything unsafe in the file, every name that is not known, every view of what is not there. */
export async function scanTorch({ artefact, limits, signal }: ScanContext): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  try {
    const source = artefact.slices ?? memorySource(artefact.bytes);
    const file = await readTorchFile(source, { limits, signal, onUnsafe: (error) => findings.push(named(error)) });
    const told = new Set(findings.map(({ offset }) => offset));
    for (const { module, name, offset, path } of file.pickle.unknown) {
      if (told.has(offset)) continue;
      findings.push(
        unsupported(`${module}.${name}${path === '' ? '' : ` at ${path}`} is not known; it is left unread`, {
          module,
          name,
          offset,
        }),
      );
    }
    for (const name of file.strangers) {
      findings.push(unsupported(`the archive holds ${JSON.stringify(name)}, which belongs to no part of the format`));
    }
    torchContents(file);
  } catch (error) {
    if (signal.aborted || !MLServiceError.isInstance(error)) throw error;
    findings.push(named(error));
  }
  return findings;
}

function unsupported(message: string, details: Partial<Finding> = {}): Finding {
  return { severity: 'unsupported', code: 'ML_FORMAT_UNSUPPORTED', message, ...details };
}

/** With the names that a finding about a class or function carries. */
function named(error: MLServiceError): Finding {
  const { module, name } = error.details;
  return { ...findingOf(error), ...(typeof module === 'string' && typeof name === 'string' && { module, name }) };
}
