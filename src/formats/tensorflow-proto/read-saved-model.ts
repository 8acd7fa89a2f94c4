import { FormatError } from '../../errors/format-error.ts';
import type { GraphDef, MetaGraph, SavedModelFile, SignatureDef, TensorInfo } from './graph-def.ts';
import { type ProtoContext, readEntry } from './proto-context.ts';
import { readGraph } from './read-graph.ts';
import { readShape } from './read-shape.ts';

/** The only version of the format that there has been. */
const SCHEMA_VERSION = 1;

/**
 * `saved_model.pb`: its graphs with their signatures.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`, `ML_FORMAT_LIMIT`, `ML_FORMAT_UNSUPPORTED` for another version
 */
export function readSavedModel(body: Uint8Array, context: ProtoContext): SavedModelFile {
  const reader = context.open(body, 'SavedModel', true);
  const metaGraphs: MetaGraph[] = [];
  while (reader.next()) {
    if (reader.field === 1 && reader.integer() > SCHEMA_VERSION) {
      throw new FormatError(
        'ML_FORMAT_UNSUPPORTED',
        `the SavedModel has schema version ${reader.integer()}; known is ${SCHEMA_VERSION}`,
      );
    }
    if (reader.field === 2) metaGraphs.push(readMetaGraph(reader.bytes(), context));
  }
  return { metaGraphs };
}

function readMetaGraph(body: Uint8Array, context: ProtoContext): MetaGraph {
  const reader = context.open(body, 'MetaGraphDef');
  let info: Pick<MetaGraph, 'tags' | 'tensorflowVersion'> = { tags: [], tensorflowVersion: '' };
  let graph: GraphDef = { encoded: new Uint8Array(0), nodes: [], functions: new Map() };
  let restoreOp = '';
  const collections = new Map<string, readonly string[]>();
  const signatures = new Map<string, SignatureDef>();
  const assets = new Map<string, string>();
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        info = readInfo(reader.bytes(), context);
        break;
      case 2:
        graph = readGraph(reader.bytes(), context);
        break;
      case 3:
        restoreOp = readRestoreOp(reader.bytes(), context);
        break;
      case 4: {
        const [name, value] = readEntry(reader.bytes(), context);
        collections.set(name, readNodeList(value, context));
        break;
      }
      case 5: {
        const [name, value] = readEntry(reader.bytes(), context);
        signatures.set(name, readSignature(value, context));
        break;
      }
      case 6: {
        const [tensor, file] = readAsset(reader.bytes(), context);
        assets.set(tensor, file);
        break;
      }
    }
  }
  return { ...info, graph, signatures, restoreOp, collections, assets };
}

function readInfo(body: Uint8Array, context: ProtoContext): Pick<MetaGraph, 'tags' | 'tensorflowVersion'> {
  const reader = context.open(body, 'MetaInfoDef');
  const tags: string[] = [];
  let tensorflowVersion = '';
  while (reader.next()) {
    if (reader.field === 4) tags.push(reader.name());
    else if (reader.field === 5) tensorflowVersion = reader.text();
  }
  return { tags, tensorflowVersion };
}

function readRestoreOp(body: Uint8Array, context: ProtoContext): string {
  const reader = context.open(body, 'SaverDef');
  let name = '';
  while (reader.next()) if (reader.field === 3) name = reader.name();
  return name;
}

function readNodeList(body: Uint8Array, context: ProtoContext): readonly string[] {
  const reader = context.open(body, 'CollectionDef');
  const names: string[] = [];
  while (reader.next()) {
    if (reader.field !== 1) continue;
    const list = context.open(reader.bytes(), 'CollectionDef.NodeList');
    while (list.next()) if (list.field === 1) names.push(list.text());
  }
  return names;
}

function readSignature(body: Uint8Array, context: ProtoContext): SignatureDef {
  const reader = context.open(body, 'SignatureDef');
  const inputs = new Map<string, TensorInfo>();
  const outputs = new Map<string, TensorInfo>();
  let method = '';
  while (reader.next()) {
    if (reader.field === 1 || reader.field === 2) {
      const [name, value] = readEntry(reader.bytes(), context);
      (reader.field === 1 ? inputs : outputs).set(name, readTensorInfo(value, context));
    } else if (reader.field === 3) method = reader.text();
  }
  return { inputs, outputs, method };
}

function readTensorInfo(body: Uint8Array, context: ProtoContext): TensorInfo {
  const reader = context.open(body, 'TensorInfo');
  let name = '';
  let type = 0;
  let shape: TensorInfo['shape'];
  while (reader.next()) {
    if (reader.field === 1) name = reader.name();
    else if (reader.field === 2) type = reader.int32();
    else if (reader.field === 3) shape = readShape(reader.bytes(), context);
  }
  return { name, type, shape };
}

function readAsset(body: Uint8Array, context: ProtoContext): readonly [string, string] {
  const reader = context.open(body, 'AssetFileDef');
  let tensor = '';
  let file = '';
  while (reader.next()) {
    if (reader.field === 1) tensor = readTensorInfo(reader.bytes(), context).name;
    else if (reader.field === 2) file = reader.name();
  }
  return [tensor, file];
}
