import { DATA_TYPE } from '../../formats/onnx-proto/element-type.ts';
import type { OnnxModel, OnnxTensor } from '../../formats/onnx-proto/onnx-model.ts';
import { decodeTensor } from '../../formats/onnx-proto/tensor-data.ts';
import { int } from '../builder/attributes.ts';
import { renameValues } from '../rewrite/rename-values.ts';
import { GraphEdit, type SmallerModel } from './graph-edit.ts';

/** Weights with fewer elements stay: their file would hardly be smaller. */
const MIN_ELEMENTS = 256;
/** The largest number of half precision. */
const MAX_HALF = 65_504;

/**
 * Weights in half precision, each behind a Cast that makes it float32 again: half the file, the same operators, float32
 * arithmetic. onnxruntime has next to no half-precision kernel for processors and would put Casts around every
 * operator of a graph that is half precision as a whole.
 *
 * @param external content of the files that hold weights, by location
 */
export function halveWeights(model: OnnxModel, external: ReadonlyMap<string, Uint8Array>): SmallerModel {
  const { graph } = model;
  if (graph === undefined) return { model, smaller: [], kept: [] };
  const given = new Set(graph.outputs.map(({ name }) => name));
  const names = new Map<string, string>();
  const probe = new GraphEdit(model, graph);
  for (const tensor of graph.initializers) {
    const { name = '', dataType } = tensor;
    const readers = probe.links.consumers(name);
    if (probe.constant(name) === undefined || dataType !== DATA_TYPE.FLOAT || readers.length === 0 || given.has(name))
      continue;
    const about = {
      operator: [...new Set(readers.map(({ opType }) => opType))].join(', '),
      weight: name,
      shape: tensor.dims.map(Number),
    };
    const reason = whyNot(tensor, external);
    if (reason === undefined) {
      names.set(name, probe.name(`${name}_float`));
      probe.smaller.push(about);
    } else probe.kept.push({ ...about, reason });
  }
  const renamed = renameValues(graph, names);
  const edit = new GraphEdit(model, renamed);
  for (const tensor of graph.initializers) {
    const whole = names.get(tensor.name ?? '');
    if (whole === undefined) continue;
    const { data, shape } = decodeTensor(tensor, external);
    const half = edit.weight(`${tensor.name}_half`, { data, shape, dtype: 'float16' });
    edit.node('Cast', [half], { to: int(DATA_TYPE.FLOAT) }, whole);
  }
  for (const node of renamed.nodes) edit.keep(node);
  edit.smaller.push(...probe.smaller);
  edit.kept.push(...probe.kept);
  return edit.finish();
}

function whyNot(tensor: OnnxTensor, external: ReadonlyMap<string, Uint8Array>): string | undefined {
  const size = tensor.dims.reduce((product, extent) => product * Number(extent), 1);
  if (size < MIN_ELEMENTS) return `it has fewer than ${MIN_ELEMENTS} elements`;
  const data = decodeTensor(tensor, external).data as Float32Array;
  return data.every((value) => Math.abs(value) <= MAX_HALF) ? undefined : `it has elements beyond ${MAX_HALF}`;
}
