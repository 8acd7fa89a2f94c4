import { ModelMethodError } from '../errors/model-method-error.ts';
import { RemoteError } from '../errors/remote-error.ts';
import type { InferRequest, InferResponse, NamedTensor, ServerMetadataMessage } from '../protocol/messages.ts';
import { namedTensor } from '../protocol/named-tensor.ts';
import type { Parameters } from '../protocol/parameters.ts';
import type { ExtraFeatures, LoadedInfo, LoadedModel } from '../spec/model-loader.ts';
import type { CallOptions, Feeds, ModelMethod, RowMethod } from '../spec/model.ts';
import type { Rows } from '../spec/rows.ts';
import { encoded } from './encoded.ts';
import { type ClientParts, RemoteClient } from './remote-client.ts';
import { remoteInputs } from './remote-inputs.ts';
import { matricesOf, predictionsOf, tensorsOf } from './remote-outputs.ts';
import { RemotePlan } from './remote-plan.ts';

/** Inputs of so many bytes and more go in binary form, where the server takes it; the answer comes so too. */
const BINARY_FROM_BYTES = 2_048;
const NO_EXTENSIONS: ServerMetadataMessage = { name: '', version: '', extensions: [] };

/** What a server may leave unsaid. */
export type AssumedInfo = Pick<LoadedInfo, 'featureNames' | 'classes'>;

/** A model on a server. */
export class RemoteModel {
  readonly #parts: ClientParts & { readonly extraFeatures: ExtraFeatures };
  readonly #client: RemoteClient;
  #plan: RemotePlan | undefined;
  #assumed: AssumedInfo = {};

  constructor(parts: ClientParts & { readonly extraFeatures: ExtraFeatures }) {
    this.#parts = parts;
    this.#client = new RemoteClient(parts);
  }

  /** What is known of the model, once the server was asked. */
  get plan(): RemotePlan | undefined {
    return this.#plan;
  }

  /**
   * Asks the server what the model is, and whether it is ready.
   *
   * @throws `ML_REMOTE_*`, `ML_ABORTED`
   */
  async open(options: CallOptions): Promise<RemotePlan> {
    return (this.#plan ??= await this.#describe(options));
  }

  /** What is known of the model from elsewhere; counts where the server does not say it. */
  assume(info: AssumedInfo): void {
    this.#assumed = info;
  }

  /** The methods of the model, as a loader gives them. Only after `open`. */
  loaded(): LoadedModel {
    const { info, outputs } = this.#plan as RemotePlan;
    const methods = [...outputs.keys()].map((method) => [
      method,
      (rows: Rows, options: CallOptions) => this.ask(method, rows, options),
    ]);
    return {
      info,
      byteSize: 0,
      rowsIndependent: this.#parts.settings.rowsIndependent,
      ...(Object.fromEntries(methods) as Partial<LoadedModel>),
      run: (feeds, options) => this.#run(feeds, options),
      dispose: () => this.close(),
    };
  }

  /**
   * Calls a method.
   *
   * @throws `ML_REMOTE_*`, `ML_INPUT_*`, `ML_ABORTED`, `ML_MODEL_METHOD_UNSUPPORTED`
   */
  async ask(method: ModelMethod, input: Rows | Feeds, options: CallOptions): Promise<unknown> {
    if (method === 'run') return this.#run(input as Feeds, options);
    const plan = this.#plan ?? (await this.open(options));
    if (!plan.outputs.has(method)) throw this.#unsupported(method, plan);
    const { extraFeatures, address } = this.#parts;
    const { featureNames, classes } = { ...this.#assumed, ...plan.info };
    const known = { inputs: plan.inputs, featureNames, extraFeatures };
    const { inputs, contentType } = remoteInputs(input as Rows, known);
    const output = plan.outputs.get(method);
    // Servers that take matrices and nothing else need not know the parameter.
    const parameters: Parameters = contentType === 'np' ? {} : { content_type: contentType };
    const request: InferRequest = {
      id: undefined,
      parameters,
      inputs,
      outputs: output === undefined ? undefined : [{ name: output, parameters: {} }],
    };
    const asked = { label: address.text, method, output, classes, rows: inputs[0]?.shape[0] ?? 0 };
    const read = method === 'predict' ? predictionsOf : matricesOf;
    return this.#infer(request, { plan, options, read: (response) => read(response, asked) });
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #run(feeds: Feeds, options: CallOptions): Promise<ReturnType<typeof tensorsOf>> {
    const plan = this.#plan ?? (await this.open(options));
    const inputs = encoded(() => Object.entries(feeds).map(([name, tensor]) => namedTensor(name, tensor)));
    const request: InferRequest = { id: undefined, parameters: {}, inputs, outputs: undefined };
    return this.#infer(request, { plan, options, read: (response) => tensorsOf(response, this.#parts.address.text) });
  }

  /** What cannot be read counts against the server, so reading is part of the call. */
  #infer<T>(
    request: InferRequest,
    { plan, options, read }: { plan: RemotePlan; options: CallOptions; read: (response: InferResponse) => T },
  ): Promise<T> {
    const binary = plan.takesBinary && isLarge(request.inputs);
    return this.#client.call(async (transport, sending) => {
      const leftMs = Math.max(1, sending.deadlineAt - performance.now());
      const parameters = {
        ...request.parameters,
        ...(binary && { binary_data_output: true }),
        // In microseconds. A server that gives up in time does no work that nobody waits for.
        ...(plan.takesTimeout && options.timeoutMs !== undefined && { timeout: Math.ceil(leftMs * 1000) }),
      };
      return read(await transport.infer({ ...request, parameters }, { ...sending, binary }));
    }, options);
  }

  #describe(options: CallOptions): Promise<RemotePlan> {
    const { address, settings } = this.#parts;
    return this.#client.call(async (transport, call) => {
      const sending = { ...call, binary: false };
      const model = await transport.modelMetadata(sending);
      const [server, ready] = await Promise.all([
        transport.serverMetadata(sending).catch(withoutEndpoint),
        transport.modelReady(sending),
      ]);
      if (!ready) {
        throw new RemoteError('ML_REMOTE_BUSY', `${address.text} is not ready`, { details: { ready: false } });
      }
      return new RemotePlan(model, server, settings.outputs);
    }, options);
  }

  #unsupported(method: RowMethod, { outputs }: RemotePlan): ModelMethodError {
    const methods = [...outputs.keys(), 'run'];
    return new ModelMethodError(
      'ML_MODEL_METHOD_UNSUPPORTED',
      `${this.#parts.address.text} has no ${method}; it has ${methods.join(', ')}`,
      { details: { method, methods, parts: [] } },
    );
  }
}

/** Some servers have no metadata of their own: then they have no extensions either. */
function withoutEndpoint(error: unknown): ServerMetadataMessage {
  const { code, details } = Object(error) as Partial<RemoteError>;
  if (code === 'ML_REMOTE_MODEL_MISSING' || details?.['status'] === 405 || details?.['grpcStatus'] === 12)
    return NO_EXTENSIONS;
  throw error;
}

function isLarge(inputs: readonly NamedTensor[]): boolean {
  let bytes = 0;
  for (const { data, datatype } of inputs) {
    // Missing texts have no binary form, and texts gain nothing by it.
    if (datatype === 'BYTES') return false;
    bytes += ArrayBuffer.isView(data) ? data.byteLength : data.length;
  }
  return bytes >= BINARY_FROM_BYTES;
}
