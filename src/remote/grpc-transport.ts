import type { RemoteError } from '../errors/remote-error.ts';
import { readGrpcInferResponse, writeGrpcInferRequest } from '../protocol/grpc-infer.ts';
import type { GrpcInferResponse } from '../protocol/grpc-messages.ts';
import { type GrpcModelMetadata, readGrpcModelMetadata } from '../protocol/grpc-metadata.ts';
import { type GrpcServiceDefinition, grpcServiceDefinition, loadGrpc } from '../protocol/load-grpc.ts';
import type { InferRequest, InferResponse, ModelMetadataMessage, ServerMetadataMessage } from '../protocol/messages.ts';
import { readServerMetadata } from '../protocol/metadata-messages.ts';
import { encoded } from './encoded.ts';
import { grpcFailure, type GrpcStatus } from './grpc-failure.ts';
import type { RemoteAddress } from './remote-address.ts';
import type { RemoteSettings } from './remote-options.ts';
import type { Sending, Transport } from './transport.ts';

type Grpc = Awaited<ReturnType<typeof loadGrpc>>;

/** The protocol over gRPC, by the optional peer @grpc/grpc-js. Tensors always go in binary form. */
export class GrpcTransport implements Transport {
  readonly #grpc: Grpc;
  readonly #client: InstanceType<Grpc['Client']>;
  readonly #definition: GrpcServiceDefinition;
  readonly #address: RemoteAddress;
  readonly #settings: RemoteSettings;

  private constructor(grpc: Grpc, definition: GrpcServiceDefinition, address: RemoteAddress, settings: RemoteSettings) {
    this.#grpc = grpc;
    this.#definition = definition;
    this.#address = address;
    this.#settings = settings;
    const { tls, maxResponseBytes } = settings;
    const pem = (value: string | Uint8Array | undefined): Buffer | null =>
      value === undefined ? null : Buffer.from(value as Uint8Array);
    const credentials = address.secure
      ? grpc.credentials.createSsl(pem(tls?.ca), pem(tls?.key), pem(tls?.cert))
      : grpc.credentials.createInsecure();
    this.#client = new grpc.Client(address.host, credentials, {
      'grpc.max_receive_message_length': maxResponseBytes,
      'grpc.max_send_message_length': -1,
      // A server that came back must not wait for a minute; the circuit breaker spares it.
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 2_000,
      ...(tls?.servername !== undefined && { 'grpc.ssl_target_name_override': tls.servername }),
    });
  }

  /** @throws `ML_LOADER_DEPENDENCY_MISSING` */
  static async open(address: RemoteAddress, settings: RemoteSettings): Promise<GrpcTransport> {
    const [grpc, definition] = await Promise.all([loadGrpc(), grpcServiceDefinition()]);
    return new GrpcTransport(grpc, definition, address, settings);
  }

  async serverMetadata(sending: Sending): Promise<ServerMetadataMessage> {
    return readServerMetadata(await this.#call('ServerMetadata', {}, sending));
  }

  async modelMetadata(sending: Sending): Promise<ModelMetadataMessage> {
    return readGrpcModelMetadata((await this.#call('ModelMetadata', this.#target(), sending)) as GrpcModelMetadata);
  }

  async modelReady(sending: Sending): Promise<boolean> {
    return ((await this.#call('ModelReady', this.#target(), sending)) as { ready: boolean }).ready;
  }

  async infer(request: InferRequest, sending: Sending): Promise<InferResponse> {
    const { model, version } = this.#address;
    const message = encoded(() => writeGrpcInferRequest({ name: model, version }, request, true));
    return readGrpcInferResponse((await this.#call('ModelInfer', message, sending)) as GrpcInferResponse);
  }

  close(): Promise<void> {
    this.#client.close();
    return Promise.resolve();
  }

  #target(): { readonly name: string; readonly version: string } {
    const { model, version } = this.#address;
    return { name: model, version: version ?? '' };
  }

  async #call(method: string, message: object, { signal, deadlineAt }: Sending): Promise<unknown> {
    const { headers } = this.#settings;
    const own = headers === undefined ? {} : await signal.race(Promise.resolve(headers()));
    const metadata = new this.#grpc.Metadata();
    for (const [name, value] of Object.entries(own)) metadata.set(name, value);
    const definition = this.#definition[method];
    if (definition === undefined) throw new TypeError(`the protocol has no ${method}`);
    const { path, requestSerialize, responseDeserialize } = definition;
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const call = this.#client.makeUnaryRequest(
        path,
        requestSerialize as (value: object) => Buffer,
        responseDeserialize,
        message,
        metadata,
        { deadline: Date.now() + Math.max(0, deadlineAt - performance.now()) },
        (error, value) => {
          signal.off('abort', cancel);
          if (error === null) resolve(value);
          else reject(signal.aborted ? signal.reason : this.#failure(error));
        },
      );
      const cancel = (): void => {
        call.cancel();
        reject(signal.reason);
      };
      signal.once('abort', cancel);
    });
  }

  #failure(error: GrpcStatus): RemoteError {
    return grpcFailure(error, this.#address.text);
  }
}
