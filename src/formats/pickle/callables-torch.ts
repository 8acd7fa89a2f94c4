// Callables of PyTorch: what its files build tensors with. Nothing is built here; a call stays a record of its
// arguments, and the reader of tensors judges it. The list is that of PyTorch's `weights_only` loading.
import { isGlobal, isTuple, wrongArguments } from './arguments.ts';
import { type CallableSpec, type CallableTable, type NameSlot } from './callable-spec.ts';
import { isNode, type PyGlobal, PyObject, type PyValue } from './nodes.ts';
import { unsafe, unsupported } from './problems.ts';

const isDType: NameSlot = ({ module, name, status }) => module === 'torch' && status === 'value' && name !== 'strided';

/** A call with between `minimum` and `maximum` arguments; a data type may be passed at one position. */
function record(minimum: number, maximum: number, dtypeAt?: number): CallableSpec {
  const names = dtypeAt === undefined ? [] : [...Array.from({ length: dtypeAt }, () => undefined), isDType];
  return {
    names,
    call: (args, callee, { offset }) => {
      if (args.length < minimum || args.length > maximum) throw wrongArguments(callee, offset);
      return new PyObject(callee, { args });
    },
  };
}

/** `torch.Size(sizes)` is a tuple. */
const size: CallableSpec = {
  call: (args, callee, { offset }) => {
    const [sizes] = args;
    if (!isTuple(sizes) || args.length !== 1) throw wrongArguments(callee, offset);
    return sizes;
  },
};

const REBUILDS: readonly (readonly [name: string, spec: CallableSpec])[] = [
  ['torch._utils._rebuild_tensor', record(4, 4)],
  ['torch._utils._rebuild_tensor_v2', record(6, 7)],
  ['torch._utils._rebuild_tensor_v3', record(7, 8, 6)],
  ['torch._utils._rebuild_qtensor', record(7, 7)],
  ['torch._utils._rebuild_sparse_tensor', record(2, 2)],
  ['torch._utils._rebuild_sparse_csr_tensor', record(2, 2)],
  ['torch._utils._rebuild_nested_tensor', record(4, 4)],
  ['torch._utils._rebuild_parameter', record(2, 3)],
  ['torch._utils._rebuild_parameter_with_state', record(4, 4)],
  ['torch._utils._rebuild_device_tensor_from_numpy', record(4, 4, 1)],
  ['torch._utils._rebuild_device_tensor_from_cpu_tensor', record(4, 4, 1)],
  ['torch._utils._rebuild_meta_tensor_no_storage', record(4, 4, 0)],
  ['torch._utils._rebuild_xla_tensor', record(4, 4, 1)],
];
const REBUILD_SPECS: ReadonlyMap<string, CallableSpec> = new Map(REBUILDS);

/** Classes that add nothing to a tensor. */
const PLAIN_TENSORS: ReadonlySet<string> = new Set([
  'torch.Tensor',
  'torch._tensor.Tensor',
  'torch.nn.parameter.Parameter',
  'torch.nn.parameter.Buffer',
]);

/** `_rebuild_from_type_v2(function, type, arguments, state)`: a tensor with attributes, or of a class of its own. */
const fromType: CallableSpec = {
  // Any class may be named; a function is called in Python, so only those above.
  names: [({ path }) => REBUILD_SPECS.has(path), () => true],
  call: (args, callee, context) => {
    const [build, type, inner] = args;
    if (!isGlobal(build) || !isGlobal(type) || !isTuple(inner) || args.length !== 4) {
      throw wrongArguments(callee, context.offset);
    }
    if (!PLAIN_TENSORS.has(type.path)) throw subclass(type, context.offset);
    return call(build, inner.items, context);
  },
};

/** What `callAllowed` does, for the function inside. */
function call(build: PyGlobal, args: readonly PyValue[], context: Parameters<CallableSpec['call']>[2]): PyValue {
  const spec = REBUILD_SPECS.get(build.path) as CallableSpec;
  for (const [position, argument] of args.entries()) {
    if (isGlobal(argument) && spec.names?.[position]?.(argument) !== true) {
      const { module, name } = argument;
      throw unsafe(`would pass ${argument.path} to ${build.path}`, context.offset, { module, name });
    }
  }
  return spec.call(args, build, context);
}

const wrapperSubclass: CallableSpec = {
  names: [() => true, isDType],
  call: ([type], callee, { offset }) => {
    if (!isGlobal(type)) throw wrongArguments(callee, offset);
    throw subclass(type, offset);
  },
};

function subclass({ module, name, path }: PyGlobal, offset: number): Error {
  return unsupported(
    `holds a tensor of the class ${path}, whose content only that class knows; save plain tensors instead (tensor.as_subclass(torch.Tensor))`,
    offset,
    { module, name },
  );
}

/** A path of the file system, as text in parts. */
const path: CallableSpec = {
  call: (args, callee, { offset }) => {
    if (!args.every((part) => typeof part === 'string')) throw wrongArguments(callee, offset);
    return new PyObject(callee, { args });
  },
};

const device: CallableSpec = {
  call: (args, callee, { offset }) => {
    const isPlain = args.every((part) => !isNode(part));
    if (!isPlain || args.length < 1 || args.length > 2) throw wrongArguments(callee, offset);
    return new PyObject(callee, { args });
  },
};

const PATHS = ['PosixPath', 'WindowsPath', 'PurePosixPath', 'PureWindowsPath', 'Path', 'PurePath'];

/** Callables of PyTorch's files, and the paths that checkpoints keep. */
export const TORCH_CALLABLES: CallableTable = new Map<string, CallableSpec>([
  ...REBUILDS,
  ['torch._tensor._rebuild_from_type_v2', fromType],
  ['torch._utils._rebuild_wrapper_subclass', wrapperSubclass],
  ['torch.Size', size],
  ['torch.device', device],
  ['torch.serialization._get_layout', record(1, 1)],
  ...['pathlib', 'pathlib._local'].flatMap((module) =>
    PATHS.map((name): [string, CallableSpec] => [`${module}.${name}`, path]),
  ),
]);
