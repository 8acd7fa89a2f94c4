import { FormatError } from '../../errors/format-error.ts';
import { MLServiceError } from '../../errors/ml-service-error.ts';
import { type BuiltGraph, type Extent, GraphBuilder, type Value } from '../../onnx/builder/graph-builder.ts';
import type { DType } from '../../spec/tensor.ts';
import { GraphTranslator } from '../graph/graph-translator.ts';
import { unsupportedMessage } from '../graph/unsupported-message.ts';
import { CallWriter } from './call-writer.ts';
import { Interpreter } from './interpreter.ts';
import { ProgramValues } from './program-values.ts';
import type { ScriptProgram } from './read-script.ts';
import type { ScriptValue } from './script-value.ts';
import { TensorBox } from './tensor-box.ts';

/** One input of a program, as it is going to be fed. */
export interface ScriptInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly Extent[];
}

/**
 * Writes a program as an ONNX graph for inputs of these element types and shapes. Outputs are called `output_0`, ...,
 * those of a dictionary by its keys.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` naming every operator that has no translation, or what a graph cannot do
 */
export function compileScript(program: ScriptProgram, inputs: readonly ScriptInput[], what: string): BuiltGraph {
  const g = new GraphBuilder();
  const translator = new GraphTranslator(g);
  const writer = new CallWriter(g, translator);
  const values = new ProgramValues(program, g);
  const self = values.of(program.root, '');
  const constants = program.constants.map((constant, i) => values.of(constant, `c${i}`));
  const interpreter = new Interpreter({ code: program.code, constants }, writer);
  const type = self.kind === 'object' ? self.type : undefined;
  const forward = type?.definition.methods.get('forward');
  if (self.kind !== 'object' || type === undefined || forward === undefined) {
    throw new FormatError('ML_FORMAT_UNSUPPORTED', `${what}: the program has no method forward`);
  }
  const named = new Map<string, ScriptValue>(
    inputs.map(({ name, dtype, shape }) => [
      name,
      { kind: 'box', box: new TensorBox(g.input(name, { dtype, shape })) },
    ]),
  );
  const place = { file: type.file, line: forward.line };
  try {
    const callee = { kind: 'function', file: type.file, definition: forward, self } as const;
    const result = interpreter.call(callee, { positional: [], named }, place);
    if (translator.unsupported.length === 0) {
      for (const { name, value } of outputsOf(result, g)) g.output(value, name);
    }
  } catch (error) {
    // What could not be written may be why the program could not be followed further.
    if (translator.unsupported.length === 0 || !MLServiceError.isInstance(error)) throw error;
  }
  if (translator.unsupported.length > 0) {
    throw new FormatError('ML_FORMAT_UNSUPPORTED', unsupportedMessage(what, translator.unsupported), {
      details: { unsupported: translator.unsupported },
    });
  }
  return g.finish(what);
}

interface NamedValue {
  readonly name: string;
  readonly value: Value;
}

/** Tensors in the order of tuples and lists; a dictionary's by key. */
function outputsOf(result: ScriptValue, g: GraphBuilder): readonly NamedValue[] {
  if (result.kind === 'dict') {
    return Array.from(result.entries.values(), ({ key, value }): NamedValue[] => {
      const name = 'value' in key && key.kind !== 'number' ? String(key.value) : 'output';
      return flatten(value, g).map((item, i) => ({ name: i === 0 ? name : `${name}_${i}`, value: item }));
    }).flat();
  }
  return flatten(result, g).map((value, i) => ({ name: `output_${i}`, value }));
}

function flatten(value: ScriptValue, g: GraphBuilder): readonly Value[] {
  switch (value.kind) {
    case 'box':
      return [value.box.value];
    case 'list':
    case 'tuple':
      return value.items.flatMap((item) => flatten(item, g));
    case 'dict':
      return Array.from(value.entries.values(), (entry) => flatten(entry.value, g)).flat();
    case 'number':
      return [value.value];
    case 'int':
      return [g.scalar(value.value, 'int64')];
    case 'float':
      return [g.scalar(value.value, 'float64')];
    case 'bool':
      return [g.scalar(value.value, 'bool')];
    default:
      return [];
  }
}
