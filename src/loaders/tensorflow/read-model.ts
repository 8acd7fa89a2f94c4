import { FormatError } from '../../errors/format-error.ts';
import type { GraphDef, SavedModelFile } from '../../formats/tensorflow-proto/graph-def.ts';
import { looksLikeTensorflow } from '../../formats/tensorflow-proto/looks-like-tensorflow.ts';
import { ProtoContext } from '../../formats/tensorflow-proto/proto-context.ts';
import { readGraph } from '../../formats/tensorflow-proto/read-graph.ts';
import { readSavedModel } from '../../formats/tensorflow-proto/read-saved-model.ts';
import type { Artefact } from '../../spec/artefact.ts';
import type { Limits } from '../../spec/limits.ts';

const FILE = 'saved_model.pb';

/** What the file holds. */
export type TensorflowContent =
  | { readonly kind: 'saved-model'; readonly file: SavedModelFile; readonly context: ProtoContext }
  | { readonly kind: 'graph'; readonly graph: GraphDef; readonly context: ProtoContext };

/**
 * Reads a SavedModel (the directory, or its `saved_model.pb`) or a frozen graph.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`, `ML_FORMAT_LIMIT`, `ML_FORMAT_UNSUPPORTED`
 */
export async function readModel(artefact: Artefact, limits: Limits): Promise<TensorflowContent> {
  const directory = artefact.kind === 'directory';
  if (directory && !artefact.entries.includes(FILE)) {
    const text = artefact.entries.includes('saved_model.pbtxt');
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      text
        ? 'the SavedModel is in text form (saved_model.pbtxt); load it with TensorFlow and save it again'
        : `${artefact.name} is a directory without ${FILE}`,
    );
  }
  const bytes = directory ? await artefact.read(FILE) : artefact.bytes;
  const context = new ProtoContext(bytes, limits);
  const kind = directory ? 'saved-model' : looksLikeTensorflow(bytes);
  if (kind === 'saved-model') {
    const file = readSavedModel(bytes, context);
    if (file.metaGraphs.length > 0) return { kind, file, context };
    throw new FormatError('ML_FORMAT_MALFORMED', `${FILE} holds no graph; copy the folder again`);
  }
  if (kind === 'graph') return { kind, graph: readGraph(bytes, context, true), context };
  throw new FormatError(
    'ML_FORMAT_MALFORMED',
    `${artefact.name} is neither a TensorFlow SavedModel nor a frozen graph; if it is another format, name it so (.onnx, .tflite, ...)`,
  );
}
