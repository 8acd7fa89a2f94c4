import type { Awaitable } from './model-loader.ts';

/** How encrypted model files are opened. */
export interface EncryptionOptions {
  /**
   * Gives the key of 32 bytes for the id that a file names, or `undefined` where there is none; asked once per file and
   * load. Nothing keeps the key or writes it anywhere.
   */
  readonly key: (keyId: string) => Awaitable<Uint8Array | undefined>;
}
