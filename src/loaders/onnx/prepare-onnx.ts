import { checkModel, throwWorst } from '../../formats/onnx-proto/check.ts';
import { edited, type OnnxModel } from '../../formats/onnx-proto/onnx-model.ts';
import { readModel } from '../../formats/onnx-proto/read-model.ts';
import { serializeModel } from '../../formats/onnx-proto/write-model.ts';
import { type GraphRoles, graphRoles } from '../../onnx/graph-roles.ts';
import { type GraphEdge, graphInputs, graphOutputs } from '../../onnx/graph-values.ts';
import { processKillers } from '../../onnx/process-killers.ts';
import { type CutStringNormalizers, cutStringNormalizers } from '../../onnx/rewrite/cut-string-normalizer.ts';
import { castHalfEdges } from '../../onnx/rewrite/float16-edges.ts';
import { removeZipMap } from '../../onnx/rewrite/remove-zipmap.ts';
import { rowsIndependent } from '../../onnx/rows-independent.ts';
import { trimAbsentInputs } from '../../onnx/rewrite/trim-absent-inputs.ts';
import type { StringStep } from '../../onnx/string-normalizer.ts';
import type { Limits } from '../../spec/limits.ts';
import type { Finding } from '../../spec/scan.ts';
import { operatorFatalWhenEmpty } from '../../onnx-runner/empty-tensors.ts';
import type { GraphValue } from '../../onnx-runner/graph-value.ts';
import type { RunInput } from '../../onnx-runner/feed-run.ts';
import { isEngineDType } from '../../onnx-runner/engine-tensors.ts';

/** A file that was read and audited; nothing is built yet. */
export interface AuditedOnnx {
  readonly model: OnnxModel;
  readonly findings: readonly Finding[];
  /** Location of each external data file, and the bytes that it must have at least. */
  readonly externalFiles: ReadonlyMap<string, number>;
  readonly operators: ReadonlyMap<string, number>;
  readonly opsets: ReadonlyMap<string, number>;
}

/** A graph as the engine gets it, and what callers see of it. */
export interface PreparedOnnx {
  /** The file's own bytes, unless the graph had to be rewritten. */
  readonly bytes: Uint8Array;
  readonly inputs: readonly RunInput[];
  /** Outputs that are tensors. */
  readonly outputs: readonly GraphValue[];
  /** The others, e.g. `seq (sequence(float))`. */
  readonly otherOutputs: readonly string[];
  readonly roles: GraphRoles;
  /** Text steps that are done before the graph, in order. */
  readonly steps: readonly StringStep[];
  /** Whether rows do not influence each other. */
  readonly rowsIndependent: boolean;
  /** An operator of the graph that ends the process when it is given no elements. */
  readonly diesOnEmpty: string | undefined;
}

/**
 * Reads and judges a file.
 *
 * @throws `ML_FORMAT_TRUNCATED`, `ML_FORMAT_MALFORMED`, `ML_FORMAT_LIMIT` where it cannot be read
 */
export function auditOnnx(bytes: Uint8Array, limits: Limits): AuditedOnnx {
  const model = readModel(bytes, limits);
  const check = checkModel(model, limits);
  return { ...check, model, findings: [...check.findings, ...processKillers(model)] };
}

/**
 * Rewrites what the engine or JavaScript cannot do: absent inputs at the end go, maps become matrices, half-precision edges
 * float32, text steps that need an OS locale are cut off.
 *
 * @throws `ML_FORMAT_*` for the worst finding of the audit, and for inputs and outputs that are no tensors
 */
export function prepareOnnx(bytes: Uint8Array, audited: AuditedOnnx): PreparedOnnx {
  throwWorst(audited.findings);
  const { model, maps, steps, findings } = rewriteOutputsAndText(audited.model);
  const inputs = graphInputs(model);
  const outputs = graphOutputs(model);
  throwWorst([...findings, ...edgeFindings(inputs, outputs)]);
  const exposed = exposeDefaults(freeTextInputs(castHalfEdges(model).model, steps), inputs);
  return {
    bytes: exposed.model === audited.model ? bytes : serializeModel(exposed.model),
    inputs: exposed.inputs,
    outputs: outputs.filter(isTensor),
    otherOutputs: outputs.filter((output) => !isTensor(output)).map((output) => `${output.name} (${output.typeText})`),
    roles: graphRoles(model, maps),
    steps,
    rowsIndependent: rowsIndependent(exposed.model),
    diesOnEmpty: operatorFatalWhenEmpty(audited.operators),
  };
}

/** Everything that loading would refuse, for a scan. */
export function findingsOf(audited: AuditedOnnx): readonly Finding[] {
  // The rewrites rely on what the audit makes sure of.
  if (audited.findings.length > 0) return audited.findings;
  const { model, findings } = rewriteOutputsAndText(audited.model);
  return [...findings, ...edgeFindings(graphInputs(model), graphOutputs(model))];
}

function rewriteOutputsAndText(model: OnnxModel): CutStringNormalizers & Pick<ReturnType<typeof removeZipMap>, 'maps'> {
  const { model: withoutMaps, maps } = removeZipMap(trimAbsentInputs(model));
  return { ...cutStringNormalizers(withoutMaps), maps };
}

function edgeFindings(inputs: readonly GraphEdge[], outputs: readonly GraphEdge[]): Finding[] {
  const unsupported = (message: string): Finding => ({
    severity: 'unsupported',
    code: 'ML_FORMAT_UNSUPPORTED',
    message,
  });
  const findings = inputs
    .filter((input) => !isTensor(input))
    .map((input) =>
      unsupported(
        `input "${input.name}" is ${input.typeText}, which has no JavaScript tensor; export the model with other inputs`,
      ),
    );
  if (outputs.length > 0 && !outputs.some(isTensor)) {
    const list = outputs.map((output) => `"${output.name}" is ${output.typeText}`).join(', ');
    findings.push(
      unsupported(`no output is a tensor that JavaScript can hold: ${list}; export the model with tensor outputs`),
    );
  }
  // Feeds and results are records by name.
  for (const { name } of [...inputs, ...outputs]) {
    if (name === '__proto__') findings.push(unsupported('an input or output is named "__proto__"; rename it'));
  }
  return findings;
}

/** Elements smaller than a byte: the binding's tensors cannot hold them, asking for one ends the process. */
const PACKED = /^u?int[24]$/;

/** Whether a value can cross the engine's border. */
function isTensor({ kind, dtype, typeText }: GraphEdge): boolean {
  return kind === 'tensor' && isEngineDType(dtype) && !PACKED.test(typeText);
}

/** A text step may take texts away: what reaches the graph has no longer the length that it declares. */
function freeTextInputs(model: OnnxModel, steps: readonly StringStep[]): OnnxModel {
  const { graph } = model;
  if (graph === undefined || steps.every((step) => step.stopwords.length === 0)) return model;
  const names = new Set(steps.map((step) => step.input));
  const inputs = graph.inputs.map((info) => {
    const value = info.type?.value;
    if (!names.has(info.name) || info.type === undefined || value?.kind !== 'tensor') return info;
    return edited(info, { type: edited(info.type, { value: edited(value, { shape: undefined }) }) });
  });
  return edited(model, { graph: edited(graph, { inputs }) });
}

/** Defaults beyond this size are weights that an exporter listed as inputs, not options of a caller. */
const MAX_DEFAULT_ELEMENTS = 1024;

/**
 * Inputs with a default: the engine does not list them and ignores what it is fed, so the default
 * leaves the graph and is fed like any other value. Large ones stay and cannot be fed.
 */
function exposeDefaults(
  model: OnnxModel,
  inputs: readonly GraphEdge[],
): { model: OnnxModel; inputs: readonly RunInput[] } {
  const optional = inputs.filter((input) => input.fallback !== undefined);
  const { graph } = model;
  if (optional.length === 0 || graph === undefined) return { model, inputs };
  const elements = optional.reduce((sum, input) => sum + (input.fallback?.data.length ?? 0), 0);
  if (elements > MAX_DEFAULT_ELEMENTS) return { model, inputs: inputs.filter((input) => input.fallback === undefined) };
  const names = new Set(optional.map((input) => input.name));
  const initializers = graph.initializers.filter((tensor) => !names.has(tensor.name ?? ''));
  return { model: edited(model, { graph: edited(graph, { initializers }) }), inputs };
}
