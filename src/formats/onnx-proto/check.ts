import type { Limits } from '../../spec/limits.ts';
import type { Finding } from '../../spec/scan.ts';
import { OperatorCensus } from './check-domains.ts';
import { checkFunctionCalls, checkFunctionNames } from './check-functions.ts';
import { checkGraphNames, nodeText, type Scope } from './check-names.ts';
import { CheckReport } from './check-report.ts';
import { checkFixedSizes } from './check-sizes.ts';
import { TensorChecker } from './check-tensors.ts';
import type { OnnxAttribute, OnnxGraphProto, OnnxModel, OnnxNode, OnnxOpset } from './onnx-model.ts';
import { quoted } from './quoted.ts';
import { subgraphsOf } from './subgraphs.ts';

export { throwWorst } from './check-report.ts';

/** What is in a file, and what is wrong with it. */
export interface OnnxCheck {
  /** Empty when the file may be given to an engine. */
  readonly findings: readonly Finding[];
  /** External data: location to the bytes that the file must have at least. */
  readonly externalFiles: ReadonlyMap<string, number>;
  /** `Add`, `ai.onnx.ml.Scaler`: how often they occur, subgraphs and functions included. */
  readonly operators: ReadonlyMap<string, number>;
  /** Version by domain; `''` is ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
}

/**
 * Looks at everything in a model, without computing anything: tensors and the files that they
 * name, names and cycles, functions, domains of operators, sizes that are known beforehand.
 *
 * Versions that are too new, and operators that a known domain does not have, are left to the
 * engine: it refuses them by name, and a newer engine may know them.
 */
export function checkModel(model: OnnxModel, limits: Pick<Limits, 'maxElements' | 'maxModelBytes'>): OnnxCheck {
  const report = new CheckReport(model.source);
  const tensors = new TensorChecker(report, limits);
  const census = new OperatorCensus(model);
  const walk: Walk = { report, tensors, census, limits };
  if (model.irVersion === undefined || model.irVersion < 1) {
    report.add('ML_FORMAT_MALFORMED', `the IR version is ${model.irVersion ?? 'missing'}; it must be 1 or more`);
  }
  const opsets = checkOpsets(model.opsetImport, report);
  if (model.opsetImport.length === 0)
    report.add('ML_FORMAT_MALFORMED', 'the model names no operator set (opset_import)');
  if (model.graph === undefined) report.add('ML_FORMAT_MALFORMED', 'the model has no graph');
  else {
    if (model.graph.outputs.length === 0) report.add('ML_FORMAT_MALFORMED', 'the graph has no outputs', model.graph);
    checkGraph(model.graph, undefined, walk);
  }
  // Two graphs each; an engine does not run them, but they may name files.
  for (const { initialization, algorithm } of model.trainingInfo) {
    for (const graph of [initialization, algorithm]) if (graph !== undefined) checkContents(graph, walk);
  }
  for (const f of model.functions) {
    checkOpsets(f.opsetImport, report);
    const scope = checkFunctionNames(f, report);
    for (const attribute of f.attributeProtos) checkAttribute(attribute, walk);
    for (const node of f.nodes) checkNode(node, scope, walk);
  }
  checkFunctionCalls(model, limits, report);
  census.report(report);
  return { findings: report.findings, externalFiles: tensors.externalFiles, operators: census.operators, opsets };
}

interface Walk {
  readonly report: CheckReport;
  readonly tensors: TensorChecker;
  readonly census: OperatorCensus;
  readonly limits: Pick<Limits, 'maxModelBytes'>;
}

function checkOpsets(imports: readonly OnnxOpset[], report: CheckReport): ReadonlyMap<string, number> {
  const opsets = new Map<string, number>();
  for (const opset of imports) {
    const domain = opset.domain === 'ai.onnx' ? '' : opset.domain;
    const before = opsets.get(domain);
    if (before !== undefined && before !== opset.version) {
      report.add(
        'ML_FORMAT_MALFORMED',
        `operator set ${quoted(domain)} is named with versions ${before} and ${opset.version}`,
        opset,
      );
    }
    if (opset.version < 1) {
      report.add('ML_FORMAT_MALFORMED', `operator set ${quoted(domain)} has the version ${opset.version}`, opset);
    }
    opsets.set(domain, opset.version);
  }
  return opsets;
}

/** The reader has bounded how deep graphs nest. */
function checkGraph(graph: OnnxGraphProto, outer: Scope | undefined, walk: Walk): void {
  const scope = checkGraphNames(graph, outer, walk.report);
  checkContents(graph, walk, scope);
  checkFixedSizes(graph, walk);
}

function checkContents(graph: OnnxGraphProto, walk: Walk, scope?: Scope): void {
  for (const tensor of graph.initializers) walk.tensors.check(tensor);
  for (const sparse of graph.sparseInitializers) walk.tensors.checkSparse(sparse);
  for (const node of graph.nodes) checkNode(node, scope, walk);
}

/** @param scope names that subgraphs may read; `undefined` where names do not matter */
function checkNode(node: OnnxNode, scope: Scope | undefined, walk: Walk): void {
  walk.census.add(node);
  const names = new Set<string>();
  for (const attribute of node.attributes) {
    if (names.has(attribute.name)) {
      walk.report.add(
        'ML_FORMAT_MALFORMED',
        `${nodeText(node)} has the attribute ${quoted(attribute.name)} twice`,
        attribute,
      );
    }
    names.add(attribute.name);
    checkAttribute(attribute, walk);
  }
  for (const graph of subgraphsOf(node)) {
    if (scope === undefined) checkContents(graph, walk);
    else checkGraph(graph, scope, walk);
  }
}

/** The tensors of an attribute; its graphs belong to the node. */
function checkAttribute(attribute: OnnxAttribute, { tensors }: Walk): void {
  for (const tensor of attribute.t === undefined ? attribute.tensors : [attribute.t, ...attribute.tensors]) {
    tensors.check(tensor);
  }
  const { sparseTensor, sparseTensors } = attribute;
  for (const sparse of sparseTensor === undefined ? sparseTensors : [sparseTensor, ...sparseTensors]) {
    tensors.checkSparse(sparse);
  }
}
