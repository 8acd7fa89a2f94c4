import type { Value } from '../../../onnx/builder/graph-builder.ts';
import type { Layer, LayerContext, LayerSpec, LayerTable } from '../layer-context.ts';

/** Modules in the order of the list or object; a list names them by position, as `Sequential` does. */
function sequence(
  input: Value,
  spec: LayerSpec,
  { setting, context }: { setting: string; context: LayerContext },
): Value {
  const given = spec.raw(setting);
  if (typeof given !== 'object' || given === null) throw spec.bad(`needs a list or an object as "${setting}"`);
  return Object.entries(given).reduce(
    (value, [name, child]) => context.child(child, spec.path === '' ? name : `${spec.path}.${name}`, value),
    input,
  );
}

const sequential: Layer = (input, spec, context) => sequence(input, spec, { setting: 'modules', context });

/** What its modules give, plus its input (through `shortcut`, where that is given), then an activation. */
const residual: Layer = (input, spec, context) => {
  const body = sequence(input, spec, { setting: 'modules', context });
  const shortcut = spec.has('shortcut') ? sequence(input, spec, { setting: 'shortcut', context }) : input;
  const sum = context.graph.op('Add', [body, shortcut], {}, { shape: body.shape });
  const after = spec.choice('activation', ['none', 'ReLU']);
  return after === 'ReLU' ? context.graph.op('Relu', [sum], {}, { shape: body.shape }) : sum;
};

/** Modules that hold others. `Module` is a class of one's own whose forward is its modules in order. */
export const CONTAINER_LAYERS: LayerTable = new Map([
  ['Sequential', sequential],
  ['Module', sequential],
  ['Residual', residual],
]);
