import type { CliCommand } from '../cli-command.ts';

interface Initialised {
  /** Absolute. */
  readonly modelsDir: string;
  /** Absolute paths that were made. */
  readonly made: readonly string[];
  /** Absolute paths that were there, and were left as they are. */
  readonly kept: readonly string[];
}

/** `init`: lays out a models directory and a first service. */
export const init: CliCommand<Initialised> = {
  name: 'init',
  summary: 'lays out a models directory, and a first service file',
  options: [
    { flags: '--name <name>', summary: 'model that the service is for (default: fraud_detector)' },
    { flags: '--service <file>', summary: 'the service file (default: <name>-service.ts beside the models directory)' },
    { flags: '--no-service', summary: 'only the models directory' },
  ],
  notes: 'What is there is never overwritten.',
  async run({ options, modelsDir }) {
    const { layOut } = await import('../lay-out.ts');
    const { name, service } = options;
    return layOut({
      modelsDir,
      name: typeof name === 'string' ? name : 'fraud_detector',
      service: service === false ? undefined : typeof service === 'string' ? service : 'beside',
    });
  },
  async print({ modelsDir, made, kept }, out) {
    for (const path of made) out.line(`made  ${path}`, 'green');
    for (const path of kept) out.line(`kept  ${path}`, 'dim');
    out.line();
    out.line(`Next: base-ml-service publish <file> --models-dir ${modelsDir}`);
  },
};
