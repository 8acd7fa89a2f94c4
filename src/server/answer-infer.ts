import { ProtocolError } from '../errors/protocol-error.ts';
import type { InferRequest, NamedTensor } from '../protocol/messages.ts';
import { namedTensor } from '../protocol/named-tensor.ts';
import { tensorOfPredictions } from '../protocol/predictions.ts';
import { rowsOfTensors } from '../protocol/rows-of-tensors.ts';
import type { CallOptions, Model, RowMethod } from '../spec/model.ts';
import type { Rows } from '../spec/rows.ts';
import type { Tensor } from '../spec/tensor.ts';
import type { ModelPlan } from './model-plan.ts';

/**
 * Asks a model for the outputs of a request. Each method is called once, whatever the number of outputs that come
 * from it.
 *
 * @throws `ML_PROTOCOL_UNSUPPORTED` for an output that the model does not have, and whatever its methods raise
 */
export async function answerInfer(
  { model, plan }: { readonly model: Model; readonly plan: ModelPlan },
  request: InferRequest,
  options: CallOptions,
): Promise<NamedTensor[]> {
  const names = request.outputs?.map(({ name }) => name) ?? plan.defaults(request.inputs);
  if (names === 'graph') {
    const all = await model.run(feedsOf(request.inputs), options);
    return Object.entries(all).map(([name, tensor]) => namedTensor(name, tensor));
  }
  const outputs: NamedTensor[] = [];
  let rows: Rows | undefined;
  let graph: Readonly<Record<string, Tensor>> | undefined;
  for (const name of names) {
    const source = plan.source(name);
    if (source === undefined) throw unknownOutput(name, plan.outputNames);
    if ('graph' in source) {
      graph ??= await model.run(feedsOf(request.inputs), options);
      const tensor = Object.hasOwn(graph, source.graph) ? graph[source.graph] : undefined;
      if (tensor === undefined) throw unknownOutput(name, Object.keys(graph));
      outputs.push(namedTensor(name, tensor));
    } else {
      rows ??= rowsOfTensors(request.inputs, request.parameters);
      outputs.push(...(await callMethod(source.method, { model, plan, name, rows, options })));
    }
  }
  return outputs;
}

interface MethodCall {
  readonly model: Model;
  readonly plan: ModelPlan;
  /** Of the output. */
  readonly name: string;
  readonly rows: Rows;
  readonly options: CallOptions;
}

async function callMethod(method: RowMethod, { model, plan, name, rows, options }: MethodCall): Promise<NamedTensor[]> {
  if (method === 'predict')
    return [namedTensor(name, tensorOfPredictions(await model.predict(rows, options), plan.integerLabels))];
  const answer: Tensor | Tensor[] = await model[method](rows, options);
  // A classifier of several outputs has probabilities for each of them.
  if (Array.isArray(answer)) return answer.map((tensor, i) => namedTensor(`${name}_${i}`, tensor));
  return [namedTensor(name, answer)];
}

function feedsOf(inputs: readonly NamedTensor[]): Record<string, NamedTensor> {
  return Object.fromEntries(inputs.map((input) => [input.name, input]));
}

function unknownOutput(name: string, known: readonly string[]): ProtocolError {
  return new ProtocolError(
    'ML_PROTOCOL_UNSUPPORTED',
    `the model has no output ${JSON.stringify(name)}; it has ${known.join(', ')}`,
    { details: { output: name, outputs: known } },
  );
}
