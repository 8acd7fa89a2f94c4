import type { Options } from 'tsup';

export function joinChunks(options: {
  readonly files: Readonly<Record<string, readonly string[]>>;
  readonly worker: string;
  readonly command: string;
}): NonNullable<Options['esbuildPlugins']>[number];
