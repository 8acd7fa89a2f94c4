import { findingOf } from '../../errors/finding-of.ts';
import { InputError } from '../../errors/input-error.ts';
import { MLServiceError } from '../../errors/ml-service-error.ts';
import type { FormatError } from '../../errors/format-error.ts';
import { memorySource } from '../../internal/memory-source.ts';
import { fedShapes } from '../../onnx-runner/fed-shapes.ts';
import type { ConversionNeed } from '../../spec/converter.ts';
import type {
  ConversionContext,
  Inspection,
  LoadContext,
  LoadedModel,
  ModelLoader,
  RowFunction,
  ScanContext,
} from '../../spec/model-loader.ts';
import type { CallOptions, ValueInfo } from '../../spec/model.ts';
import type { Rows } from '../../spec/rows.ts';
import type { Finding } from '../../spec/scan.ts';
import type { DType, TensorLike } from '../../spec/tensor.ts';
import { foreignCalls, ownOperators } from '../../torch/conversion/foreign-calls.ts';
import { concreteInputs, exampleOf } from '../../torch/conversion/example-inputs.ts';
import { statedInputs } from '../../torch/conversion/stated-inputs.ts';
import { type ProgramInput, programInputs } from '../../torch/script/program-inputs.ts';
import { readOtherPickles, readScript, type ScriptProgram } from '../../torch/script/read-script.ts';
import { type FedInput, ScriptVariants } from './script-variants.ts';
import { descriptor } from './torchscript-format.ts';

/** Programs of `torch.jit.trace` and `torch.jit.script`: the code is read, never run, and written as ONNX. */
export const loader: ModelLoader = { ...descriptor, load, scan, inspect, conversion };

async function load(context: LoadContext): Promise<LoadedModel> {
  const { artefact, limits, signal, metadata, extraFeatures, warn } = context;
  const { inputs: given, ...options } = context.options;
  const stated = statedInputs(given, descriptor.name);
  context.phase('parse');
  const program = await readScript(memorySource(artefact.bytes), { limits, signal });
  const inputs = programInputs(program);
  const kept = { options, metadata, extraFeatures, warn, signal: new AbortController().signal, phase: () => undefined };
  const variants = new ScriptVariants(program, kept, artefact.name);
  context.phase('build');
  const like = exampleOf(inputs, stated);
  const example = like === undefined ? undefined : await variants.for(concreteInputs(like));
  return {
    info: {
      task: example?.info?.task ?? 'unknown',
      engine: example?.info?.engine ?? 'onnxruntime-node',
      inputs: inputs.map(toValueInfo),
      outputs: example?.info?.outputs ?? [],
      ...(metadata?.classes === undefined ? {} : { classes: metadata.classes }),
    },
    byteSize: artefact.size * 2,
    ...rowMethods(variants, inputs, metadata?.classes !== undefined),
    async run(feeds, callOptions) {
      const fed = Object.entries(feeds).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
      checkNames(
        fed.map(({ name }) => name),
        inputs,
      );
      const ordered = inputs.flatMap(({ name }) => fed.find((one) => one.name === name) ?? []);
      const model = await variants.for(ordered);
      return model.run?.(feeds, callOptions) ?? {};
    },
    dispose: () => variants.dispose(),
  };
}

type RowMethods = Pick<LoadedModel, 'predict' | 'predictProba' | 'predictLogProba'>;

function rowMethods(variants: ScriptVariants, inputs: readonly ProgramInput[], classified: boolean): RowMethods {
  const required = inputs.filter((input) => !input.optional);
  const forRows = (rows: Rows): Promise<LoadedModel> => variantFor(variants, required, rows);
  const proba =
    (method: 'predictProba' | 'predictLogProba') =>
    async (rows: Rows, options: CallOptions): Promise<TensorLike> => {
      const model = await forRows(rows);
      return (model[method] as RowFunction)(rows, options);
    };
  return {
    async predict(rows, options) {
      const model = await forRows(rows);
      return model.predict?.(rows, options) ?? [];
    },
    ...(classified && { predictProba: proba('predictProba'), predictLogProba: proba('predictLogProba') }),
  };
}

/** What rows are where the program does not say: numbers as PyTorch makes them of Python's, else indices. */
const GUESSES: readonly DType[] = ['float32', 'int64'];

async function variantFor(variants: ScriptVariants, inputs: readonly ProgramInput[], rows: Rows): Promise<LoadedModel> {
  const shapes = fedShapes(rows, inputs);
  const known = inputs.every((input) => input.traced !== undefined);
  let failure: unknown;
  for (const guess of known ? GUESSES.slice(0, 1) : GUESSES) {
    const fed: FedInput[] = inputs.map(({ name, traced }, i) => ({
      name,
      dtype: traced?.dtype ?? guess,
      shape: shapes[i] ?? [],
    }));
    try {
      return await variants.for(fed);
    } catch (error) {
      if (!MLServiceError.isInstance(error) || error.code !== 'ML_FORMAT_UNSUPPORTED') throw error;
      failure ??= error;
    }
  }
  throw failure;
}

function checkNames(given: readonly string[], inputs: readonly ProgramInput[]): void {
  const names = inputs.map(({ name }) => name);
  const unknown = given.filter((name) => !names.includes(name));
  const missing = inputs.filter(({ name, optional }) => !optional && !given.includes(name)).map(({ name }) => name);
  if (unknown.length === 0 && missing.length === 0) return;
  const problem = unknown.length > 0 ? `unknown inputs ${unknown.join(', ')}` : `missing inputs ${missing.join(', ')}`;
  throw new InputError('ML_INPUT_FEATURE_NAMES', `${problem}; the model's inputs are ${names.join(', ')}`, {
    details: { unknown, missing, inputs: names },
  });
}

function toValueInfo({ name, traced }: ProgramInput): ValueInfo {
  return {
    name,
    dtype: traced?.dtype,
    shape: traced === undefined ? [] : traced.shape.map((extent, i) => (i === 0 ? 'batch' : extent)),
  };
}

/** Every pickle and every file of code is read. What is handed to PyTorch reaches nothing but its own values. */
async function conversion({
  artefact,
  limits,
  signal,
  options,
}: ConversionContext): Promise<ConversionNeed | undefined> {
  const source = memorySource(artefact.bytes);
  await readOtherPickles(source, { limits, signal });
  const program = await readScript(source, { limits, signal });
  const foreign = foreignCalls(program.code);
  const example = exampleOf(programInputs(program), statedInputs(options['inputs'], descriptor.name));
  if (foreign.length > 0 || program.strangers.length > 0 || example === undefined) return undefined;
  const names = ownOperators(program.code);
  return { framework: 'torch', version: undefined, names, form: 'torchscript', settings: { ...example } };
}

/** Every pickle and every file of code is read. */
async function scan({ artefact, limits, signal }: ScanContext): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  try {
    const onUnsafe = (error: FormatError): void => void findings.push(findingOf(error));
    const source = memorySource(artefact.bytes);
    await readOtherPickles(source, { limits, signal, onUnsafe });
    if (findings.length > 0) return findings;
    const program = await readScript(source, { limits, signal });
    program.code.parseAll();
    findings.push(
      ...program.strangers.map(
        (name): Finding => ({
          severity: 'unsupported',
          code: 'ML_FORMAT_UNSUPPORTED',
          message: `${JSON.stringify(name)} belongs to no part of a TorchScript archive; it is left unread`,
        }),
      ),
    );
  } catch (error) {
    if (signal.aborted || !MLServiceError.isInstance(error)) throw error;
    findings.push(findingOf(error));
  }
  return findings;
}

async function inspect({ artefact, limits, signal }: ScanContext): Promise<Inspection> {
  const program = await readScript(memorySource(artefact.bytes), { limits, signal });
  return {
    inputs: programInputs(program).map(toValueInfo),
    details: { class: program.root.cls.path, ...countTensors(program) },
  };
}

function countTensors({ tensors }: ScriptProgram): Readonly<Record<string, number>> {
  let elements = 0;
  for (const { data } of tensors.values()) elements += data.length;
  return { tensors: tensors.size, elements };
}
