import { findingOf } from '../../errors/finding-of.ts';
import { MLServiceError } from '../../errors/ml-service-error.ts';
import { FormatError } from '../../errors/format-error.ts';
import { readZip, type ZipArchive } from '../../formats/zip/read-zip.ts';
import { memorySource } from '../../internal/memory-source.ts';
import type { ScanContext } from '../../spec/model-loader.ts';
import type { Finding } from '../../spec/scan.ts';
import { programGraph } from '../../torch/export/program-graph.ts';
import { readTorchFile } from '../../torch/state-dict/read-torch-file.ts';
import { unsupportedCalls } from '../../torch/graph/translate-graph.ts';
import { readExport } from './read-export.ts';

/** Files of an archive that Python would unpickle. */
const PICKLED =
  /\.pt$|(?:^|\/)serialized_(?:state_dict|constants|example_inputs)\.json$|(?:^|\/)(?:custom_obj|opaque_obj)_\d+$/;

/** What loading would refuse, and everything unsafe in the pickles inside, the sample inputs included. */
export async function scanExport(context: ScanContext): Promise<readonly Finding[]> {
  const { artefact, limits, signal } = context;
  const findings: Finding[] = [];
  try {
    findings.push(...(await scanPickles(readZip(artefact.bytes, limits), context)));
    const { archive, program } = await readExport(context);
    const graph = await programGraph(archive, program, { limits, signal });
    findings.push(
      ...unsupportedCalls(graph).map(
        ({ operator, reason, place }): Finding => ({
          severity: 'unsupported',
          code: 'ML_FORMAT_UNSUPPORTED',
          message: `${operator} in ${place}: ${reason}`,
        }),
      ),
    );
  } catch (error) {
    if (signal.aborted) throw error;
    findings.push(findingOf(error));
  }
  return findings;
}

/** What is unsafe or cannot be read in the pickles of an archive. */
async function scanPickles({ entries }: ZipArchive, context: ScanContext): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const entry of entries.values()) {
    if (PICKLED.test(entry.name) && entry.size > 0)
      findings.push(...(await scanPickled(await entry.read(), entry.name, context)));
  }
  return findings;
}

/** @throws `ML_FORMAT_UNSAFE` or what else is wrong with a pickle of an archive that Python would load */
export async function throwUnsafePickles(zip: ZipArchive, context: ScanContext): Promise<void> {
  const [worst] = await scanPickles(zip, context);
  if (worst !== undefined) {
    const code = worst.severity === 'unsafe' ? 'ML_FORMAT_UNSAFE' : 'ML_FORMAT_UNSUPPORTED';
    throw new FormatError(code, worst.message);
  }
}

async function scanPickled(bytes: Uint8Array, name: string, { limits, signal }: ScanContext): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add = (error: MLServiceError): void => {
    const finding = findingOf(error);
    findings.push({ ...finding, message: `${name}: ${finding.message}` });
  };
  try {
    await readTorchFile(memorySource(bytes), { limits, signal, onUnsafe: add });
  } catch (error) {
    if (signal.aborted || !MLServiceError.isInstance(error)) throw error;
    add(error);
  }
  return findings;
}
