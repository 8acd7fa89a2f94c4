import type { TfArtifacts } from '../../engines/tfjs-api.ts';
import { isRecord, own } from '../../keras/model/layer-config.ts';
import { type ManifestEntry, manifestEntries } from '../../keras/weights/tfjs-manifest.ts';
import type { TfjsModel } from '../../tfjs-runner/open-tfjs-model.ts';
import type { ModelJson } from './read-model-json.ts';

/** A model as TensorFlow.js itself takes it: the manifest was checked, its weights are one run of bytes. */
export async function tfjsModel({ kind, document, readShard }: ModelJson, label: string): Promise<TfjsModel> {
  const member = (key: string): unknown => (isRecord(document) ? own(document, key) : undefined);
  const manifest = member('weightsManifest');
  const entries = await manifestEntries(manifest, readShard);
  const artifacts: TfArtifacts = {
    format: kind === 'layers' ? 'layers-model' : 'graph-model',
    modelTopology: member('modelTopology'),
    signature: member('signature') ?? signatureInside(member('userDefinedMetadata')),
    weightSpecs: specsOf(manifest),
    weightData: joined(entries),
  };
  return { kind, artifacts, label };
}

/** Older converters kept the signature among the metadata. */
export function signatureInside(metadata: unknown): unknown {
  return isRecord(metadata) ? own(metadata, 'signature') : undefined;
}

function specsOf(manifest: unknown): readonly unknown[] {
  if (!Array.isArray(manifest)) return [];
  return manifest.flatMap((group: unknown) => {
    const weights = isRecord(group) ? own(group, 'weights') : undefined;
    return Array.isArray(weights) ? (weights as unknown[]) : [];
  });
}

function joined(entries: readonly ManifestEntry[]): ArrayBuffer {
  const size = entries.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  const all = new Uint8Array(size);
  let at = 0;
  for (const { bytes } of entries) {
    all.set(bytes, at);
    at += bytes.byteLength;
  }
  return all.buffer;
}
