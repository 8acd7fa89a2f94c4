import type { OpCall, OperatorTable } from '../op-call.ts';
import type { TfTensor } from '../tf-tensor.ts';

function read(call: OpCall): TfTensor {
  const [handle] = call.inputs;
  if (handle?.kind !== 'variable') throw call.unsupported('reads something that is no variable');
  return handle.read();
}

export const variableOperators: OperatorTable = {
  ReadVariableOp: read,
  VarIsInitializedOp: (call) => call.known('bool', [], [true]),
  IsVariableInitialized: (call) => call.known('bool', [], [true]),
  DisableCopyOnRead: () => [],
  VariableShape(call) {
    const { shape } = read(call);
    if (shape === undefined) throw call.unsupported('asks for an open shape');
    return call.known(call.attrs.dtype('out_type') ?? 'int32', [shape.length], shape);
  },
};
