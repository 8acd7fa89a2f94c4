import type { InferRequest, InferResponse, ModelMetadataMessage, ServerMetadataMessage } from '../protocol/messages.ts';
import type { Cancellation } from './cancellation.ts';

/** One request on its way. */
export interface Sending {
  /** Aborts with the caller or when the time is over. */
  readonly signal: Cancellation;
  /** `performance.now()` when the time is over. */
  readonly deadlineAt: number;
  /** Whether tensors go and come in binary form, where the transport has a choice. */
  readonly binary: boolean;
}

/** The calls of the protocol, by HTTP or gRPC. Every failure is a `RemoteError`, or the reason of the signal. */
export interface Transport {
  serverMetadata(sending: Sending): Promise<ServerMetadataMessage>;
  modelMetadata(sending: Sending): Promise<ModelMetadataMessage>;
  modelReady(sending: Sending): Promise<boolean>;
  infer(request: InferRequest, sending: Sending): Promise<InferResponse>;
  close(): Promise<void>;
}
