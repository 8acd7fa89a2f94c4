import type { Inspection, ScanContext } from '../../spec/model-loader.ts';
import { readExport } from './read-export.ts';

/** Inputs, outputs, modules, operators and bounds of extents, without reading a weight. */
export async function inspectExport(context: ScanContext): Promise<Inspection> {
  const { archive, program } = await readExport(context);
  const { inputs, outputs, stored, ranges, modules, operators, torchVersion, schemaVersion } = program;
  const tensors = [...stored.values()];
  const count = (kind: string): number => tensors.filter((tensor) => tensor.kind === kind).length;
  return {
    task: 'unknown',
    inputs: inputs.map(({ name, dtype, shape }) => ({ name, dtype, shape: shape ?? [] })),
    outputs: outputs.map(({ name, dtype, shape }) => ({ name, dtype, shape: shape ?? [] })),
    details: {
      layout: archive.layout,
      torchVersion,
      schemaVersion,
      parameters: count('parameter'),
      buffers: count('buffer'),
      constants: count('constant'),
      ranges: Object.fromEntries(Array.from(ranges, ([symbol, { min, max }]) => [symbol, [min, max]])),
      modules: Object.fromEntries(modules),
      operators: Object.fromEntries(operators),
    },
  };
}
