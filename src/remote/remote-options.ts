import type { Awaitable } from '../spec/model-loader.ts';
import type { RowMethod } from '../spec/model.ts';

/** TLS towards a server, as `node:tls` takes it. PEM. */
export interface RemoteTls {
  /** Who signed the server's certificate. Default: the authorities that Node trusts. */
  readonly ca?: string | Uint8Array;
  /** The client's own certificate and key, where the server asks for them. */
  readonly cert?: string | Uint8Array;
  readonly key?: string | Uint8Array;
  /** The name that the certificate must have. Default: the host of the address. */
  readonly servername?: string;
}

/** How models on servers are asked. */
export interface RemoteOptions {
  /** Headers (metadata over gRPC) of every request, asked for anew each time: tokens may expire. Default: none. */
  readonly headers?: () => Awaitable<Readonly<Record<string, string>>>;
  readonly tls?: RemoteTls;
  /** Connections to one server over HTTP; requests beyond them wait. Default 32. */
  readonly connections?: number;
  /** Milliseconds that one call may take where its caller says nothing shorter. Default 30,000. */
  readonly timeoutMs?: number;
  /** Milliseconds to connect. Default 3,000. */
  readonly connectTimeoutMs?: number;
  /** Bytes of one answer. Default 256 MiB. */
  readonly maxResponseBytes?: number;
  /**
   * How often a request is sent again that was not processed: the connection was refused, or the server said when to
   * come back. Default 2; 0 where another model answers instead (`fallback`).
   */
  readonly retries?: number;
  /** Failures in a row after which the server is left alone. Default 5. */
  readonly failures?: number;
  /** Milliseconds until one call tries it again; doubles up to 30,000. Default 1,000. */
  readonly pauseMs?: number;
  /**
   * Whether what a row gives depends on that row alone. Then calls that wait for a connection are joined into one
   * request. Default `false`.
   */
  readonly rowsIndependent?: boolean;
  /**
   * Which output answers which method, e.g. `{ predict: 'label', predictProba: 'probabilities' }`. Default: by name
   * as MLServer has them (`predict`, `predict_proba`, ...); the only output of a model answers `predict`.
   */
  readonly outputs?: Readonly<Partial<Record<RowMethod, string>>>;
}

/** Which of two models answers first: the one on the server, or the one in this process. */
export type FallbackOrder = 'remote-first' | 'local-first';

/** Options with their defaults. */
export type RemoteSettings = Required<Omit<RemoteOptions, 'headers' | 'tls'>> & Pick<RemoteOptions, 'headers' | 'tls'>;

/** @param fallback whether another model answers where this one does not */
export function remoteSettings(options: RemoteOptions, fallback: boolean): RemoteSettings {
  return {
    ...(options.headers !== undefined && { headers: options.headers }),
    ...(options.tls !== undefined && { tls: options.tls }),
    connections: options.connections ?? 32,
    timeoutMs: options.timeoutMs ?? 30_000,
    connectTimeoutMs: options.connectTimeoutMs ?? 3_000,
    maxResponseBytes: options.maxResponseBytes ?? 256 * 2 ** 20,
    retries: options.retries ?? (fallback ? 0 : 2),
    failures: options.failures ?? 5,
    pauseMs: options.pauseMs ?? 1_000,
    rowsIndependent: options.rowsIndependent ?? false,
    outputs: options.outputs ?? {},
  };
}
