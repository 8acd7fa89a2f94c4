import { remoteAddress, type RemoteAddress } from '../../remote/remote-address.ts';
import {
  type FallbackOrder,
  type RemoteOptions,
  remoteSettings,
  type RemoteSettings,
} from '../../remote/remote-options.ts';
import type { BuildRequest } from '../build-model.ts';

/** The file that answers where a server does not, or before it is asked. */
export type LocalSource = Pick<BuildRequest, 'ref' | 'metadata' | 'place' | 'fresh' | 'open'>;

/** Two models that answer the same calls. */
export interface FallbackSource {
  readonly order: FallbackOrder;
  /** Or why there is none. */
  readonly local: LocalSource | Error;
}

/** A model on a server, as it was configured. */
export interface RemoteSource {
  readonly address: RemoteAddress;
  readonly settings: RemoteSettings;
  readonly fallback: FallbackSource | undefined;
}

/** @throws `ML_OPTIONS_INVALID` */
export function remoteSource(
  text: string,
  { options, fallback }: { readonly options: RemoteOptions; readonly fallback: FallbackSource | undefined },
): RemoteSource {
  const settings = remoteSettings(options, fallback?.order === 'remote-first');
  return { address: remoteAddress(text), settings, fallback };
}
