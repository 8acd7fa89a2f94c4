import { importOnnxRuntime } from '../../engines/onnxruntime-import.ts';
import type { ExternalData } from '../../engines/onnxruntime-session.ts';
import { findingOf } from '../../errors/finding-of.ts';
import { FormatError } from '../../errors/format-error.ts';
import type { Artefact } from '../../spec/artefact.ts';
import type { Inspection, LoadContext, LoadedModel, ModelLoader, ScanContext } from '../../spec/model-loader.ts';
import type { Finding } from '../../spec/scan.ts';
import { parseEngineOptions } from '../../onnx-runner/engine-options.ts';
import { toValueInfo } from '../../onnx-runner/graph-value.ts';
import { type ImportRuntime, openGraph } from '../../onnx-runner/open-graph.ts';
import { residentBytes } from '../../onnx-runner/resident-bytes.ts';
import { resolveRoles } from '../../onnx-runner/resolve-roles.ts';
import { descriptor } from './onnx-format.ts';
import { type AuditedOnnx, auditOnnx, findingsOf, prepareOnnx } from './prepare-onnx.ts';

/**
 * A loader of ONNX files: the file is read and judged before the engine sees it, and the engine is
 * handed every byte, external data included, so that it opens no file.
 */
export function createOnnxLoader(importRuntime: ImportRuntime = importOnnxRuntime): ModelLoader {
  return {
    ...descriptor,
    load: (context) => load(context, importRuntime),
    scan,
    inspect,
  };
}

/** The loader that the package registers. */
export const loader: ModelLoader = createOnnxLoader();

async function load(context: LoadContext, importRuntime: ImportRuntime): Promise<LoadedModel> {
  const { artefact, metadata, limits, warn } = context;
  const options = parseEngineOptions(context.options, descriptor.name);
  context.phase('parse');
  const audited = auditOnnx(artefact.bytes, limits);
  const { bytes, roles, otherOutputs, ...prepared } = prepareOnnx(artefact.bytes, audited);
  const resolved = resolveRoles(roles, prepared.outputs, metadata?.outputs);
  const externalData = await readExternalData(artefact, audited.externalFiles);
  const byteSize = residentBytes(audited.model, externalData);
  const graph = { ...prepared, ...resolved, classes: roles.classes, byteSize };
  const source = { bytes, externalData, graph, label: opsetText(audited), options };
  const model = await openGraph(context, source, importRuntime);
  if (otherOutputs.length > 0) {
    const list = otherOutputs.join(', ');
    warn({ code: 'output-not-a-tensor', message: `outputs that are no tensors are left out: ${list}` });
  }
  return model;
}

async function scan(context: ScanContext): Promise<readonly Finding[]> {
  const { artefact, limits } = context;
  try {
    const audited = auditOnnx(artefact.bytes, limits);
    const findings = findingsOf(audited);
    if (findings.length === 0) await readExternalData(artefact, audited.externalFiles);
    return findings;
  } catch (error) {
    return [findingOf(error)];
  }
}

function inspect({ artefact, limits }: ScanContext): Inspection {
  const audited = auditOnnx(artefact.bytes, limits);
  const { inputs, outputs, roles, otherOutputs } = prepareOnnx(artefact.bytes, audited);
  const { model } = audited;
  return {
    task: roles.task,
    inputs: inputs.map(toValueInfo),
    outputs: outputs.map(toValueInfo),
    ...(roles.classes === undefined ? {} : { classes: roles.classes }),
    details: {
      irVersion: model.irVersion,
      producer: [model.producerName, model.producerVersion].filter(Boolean).join(' '),
      opsets: Object.fromEntries([...audited.opsets].map(([domain, version]) => [domain || 'ai.onnx', version])),
      operators: Object.fromEntries(audited.operators),
      externalData: [...audited.externalFiles.keys()],
      otherOutputs,
    },
  };
}

/**
 * Every external data file, read through the artefact so that containment and limits hold.
 *
 * @throws `ML_ARTEFACT_*`; `ML_FORMAT_TRUNCATED` for a file shorter than the graph needs
 */
async function readExternalData(
  artefact: Artefact,
  needed: ReadonlyMap<string, number>,
): Promise<readonly ExternalData[]> {
  const files: ExternalData[] = [];
  for (const [path, bytes] of needed) {
    const data = await artefact.read(path);
    if (data.byteLength < bytes) {
      throw new FormatError(
        'ML_FORMAT_TRUNCATED',
        `${artefact.name} needs ${bytes} bytes of external data in ${path}, which has ${data.byteLength}; copy the file again`,
        { details: { path, needed: bytes, got: data.byteLength } },
      );
    }
    files.push({ path, data });
  }
  return files;
}

function opsetText({ opsets }: AuditedOnnx): string {
  return [...opsets].map(([domain, version]) => `${domain || 'ai.onnx'} opset ${version}`).join(', ');
}
