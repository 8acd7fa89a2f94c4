import { cpSync } from 'node:fs';
import { defineConfig, type Options } from 'tsup';
import { joinChunks } from './scripts/join-chunks.mjs';

const isSource = (path: string): boolean => !path.includes('__pycache__');

const config: Options = {
  entry: {
    index: 'src/index.ts',
    testing: 'src/testing/index.ts',
    cli: 'src/cli/main.ts',
    worker: 'src/worker/main.ts',
  },
  format: ['esm', 'cjs'],
  target: 'node20',
  platform: 'node',
  splitting: true,
  // So that both bundles know where they lie: workers and the sidecar's Python are files beside them.
  shims: true,
  // A map of a split bundle names the folder that it was built in.
  sourcemap: false,
  clean: true,
  // TypeScript 6 deprecates an option that tsup 8 sets for its declaration build.
  dts: {
    entry: { index: 'src/index.ts', testing: 'src/testing/index.ts' },
    compilerOptions: { ignoreDeprecations: '6.0' },
  },
  // Tree-shaken into the bundle: imported whole, zod costs 36 ms and semver 10 ms of start-up (docs/adr).
  // The two small ones cost 8 ms together as packages of their own: finding and reading their manifests.
  noExternal: ['zod/mini', 'semver', 'lru-cache', 'eventemitter3'],
  esbuildPlugins: [
    joinChunks({
      files: {
        core: ['src/index.ts'],
        // What the first load of a model from a models directory needs.
        loading: [
          'src/repository/directory-index.ts',
          'src/repository/resolve.ts',
          'src/repository/artefact-reader.ts',
          'src/service/build-model.ts',
        ],
      },
      worker: 'src/worker/main.ts',
      command: 'src/cli/main.ts',
    }),
  ],
  // The sidecar's Python stands beside the bundle as it stands beside its sources (src/sidecar/python-home.ts).
  onSuccess: async () => cpSync('src/sidecar/python', 'dist/python', { recursive: true, filter: isSource }),
};

export default defineConfig(config);
