import { isRecord, own } from '../../keras/model/layer-config.ts';
import { parseJson, utf8 } from '../../keras/read/parse-json.ts';
import { isTfjsLayers } from '../../keras/read/read-tfjs.ts';
import { FormatError } from '../../errors/format-error.ts';
import type { Artefact } from '../../spec/artefact.ts';

/** A `model.json`, read and not yet judged. */
export interface ModelJson {
  readonly kind: 'layers' | 'graph';
  readonly document: unknown;
  /** A file beside it. */
  readonly readShard: (path: string) => Promise<Uint8Array>;
}

/**
 * Reads `model.json`, of a folder or a file.
 *
 * @throws `ML_FORMAT_MALFORMED`; `ML_FORMAT_UNSUPPORTED` for JSON that is no model of TensorFlow.js
 */
export async function readModelJson(artefact: Artefact): Promise<ModelJson> {
  const bytes = artefact.kind === 'directory' ? await artefact.read('model.json') : artefact.bytes;
  const document = parseJson(utf8(bytes), 'model.json');
  const readShard = (path: string): Promise<Uint8Array> => artefact.read(path);
  if (isTfjsLayers(document)) return { kind: 'layers', document, readShard };
  const topology = isRecord(document) ? own(document, 'modelTopology') : undefined;
  if (isRecord(topology) && Array.isArray(own(topology, 'node'))) return { kind: 'graph', document, readShard };
  throw new FormatError(
    'ML_FORMAT_UNSUPPORTED',
    `${artefact.name} is JSON with a modelTopology, but neither a layers model nor a graph model of TensorFlow.js`,
  );
}
