import type { Expression } from '../../formats/torchscript/code-ast.ts';
import { FormatError } from '../../errors/format-error.ts';
import type { ExampleInput, ScriptProgram } from './read-script.ts';

/** What a caller feeds a program. */
export interface ProgramInput {
  readonly name: string;
  readonly optional: boolean;
  /** Of the tensor that the program was traced with; `undefined` for a scripted one, which does not say. */
  readonly traced: ExampleInput | undefined;
}

/**
 * The tensors that `forward` takes; other parameters keep their defaults.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for a parameter without a default that is no tensor
 */
export function programInputs({ code, root, examples }: ScriptProgram): readonly ProgramInput[] {
  const forward = code.classAt(root.cls.path)?.definition.methods.get('forward');
  if (forward === undefined) {
    throw new FormatError('ML_FORMAT_UNSUPPORTED', `the program ${root.cls.path} has no method forward`);
  }
  const inputs: ProgramInput[] = [];
  for (const [i, parameter] of forward.parameters.slice(1).entries()) {
    const { name, type } = parameter;
    const fallback = parameter.default;
    const tensor = isTensor(type);
    if (!tensor && !isOptionalTensor(type)) {
      if (fallback !== undefined || isOptional(type)) continue;
      throw new FormatError(
        'ML_FORMAT_UNSUPPORTED',
        `the parameter ${name} of the program is no tensor; export it with tensors alone, or give the parameter a default`,
        { details: { parameter: name } },
      );
    }
    inputs.push({
      name,
      optional: !tensor && fallback !== undefined,
      traced: examples[i],
    });
  }
  return inputs;
}

function isTensor(type: Expression | undefined): boolean {
  return type === undefined || (type.kind === 'name' && type.name === 'Tensor');
}

function isOptional(type: Expression | undefined): boolean {
  return type?.kind === 'index' && type.of.kind === 'name' && type.of.name === 'Optional';
}

function isOptionalTensor(type: Expression | undefined): boolean {
  return type?.kind === 'index' && isOptional(type) && isTensor(type.index);
}
