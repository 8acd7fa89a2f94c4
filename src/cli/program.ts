import { Command, Option } from 'commander';
import type { MLServiceRegistry, RegistryOptions } from '../index.ts';
import type { CliCommand } from './cli-command.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { readManifest } from './manifest.ts';
import { Output, type Streams } from './output.ts';
import { reportError } from './report-error.ts';

type Options = Readonly<Record<string, string | boolean | undefined>>;

const EXIT_CODES = `
Exit codes: 0 all is well, 1 a check failed, 2 wrong usage, 3 the command could not do its work.`;

/** Runs the command line and gives the exit code; it never throws. */
export async function runCli(argv: readonly string[], script: string, streams: Streams): Promise<ExitCode> {
  const out = new Output(streams);
  // Needed before anything is parsed: what is wrong with the arguments is reported in the same way.
  const style = { json: argv.includes('--json'), debug: argv.includes('--debug') };
  let exitCode: ExitCode = EXIT.ok;
  const program = new Command('base-ml-service')
    .description('Machine-learning models of a models directory: what is there, what is chosen, whether it is intact.')
    .version(readManifest(script).version)
    .option('--models-dir <dir>', 'the models directory (default: ML_MODELS_DIR, else ./models)')
    .option('--json', 'print one JSON document, for programs')
    .option('--debug', 'print the stack of an error')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => {
        if (!style.json) streams.stderr.write(text);
      },
    });
  for (const command of COMMANDS) {
    addCommand(program, command, async (args, options) => {
      exitCode = await runCommand(command, { args, options, script, out });
    });
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportError(error, out, style);
  }
}

type Action = (args: readonly (string | undefined)[], options: Options) => Promise<void>;

function addCommand(program: Command, command: CliCommand, action: Action): void {
  const added = program.command([command.name, command.usage ?? ''].join(' ').trim()).description(command.summary);
  for (const { flags, summary, choices } of command.options ?? []) {
    const option = new Option(flags, summary);
    added.addOption(choices === undefined ? option : option.choices(choices));
  }
  if (command.notes !== undefined) added.addHelpText('after', `\n${command.notes}`);
  added.action((...given: unknown[]) => {
    // After the arguments come the command's own options and the command.
    const args = given.slice(0, -2).map((value) => (typeof value === 'string' ? value : undefined));
    return action(args, added.optsWithGlobals());
  });
}

interface Run {
  readonly args: readonly (string | undefined)[];
  readonly options: Options;
  readonly script: string;
  readonly out: Output;
}

async function runCommand(command: CliCommand, { args, options, script, out }: Run): Promise<ExitCode> {
  const modelsDir = typeof options['modelsDir'] === 'string' ? options['modelsDir'] : undefined;
  let opened: MLServiceRegistry | undefined;
  const registry = async (registryOptions: RegistryOptions = {}): Promise<MLServiceRegistry> => {
    const { MLServiceRegistry } = await import('../index.ts');
    opened ??= new MLServiceRegistry({ ...registryOptions, ...(modelsDir !== undefined && { modelsDir }) });
    return opened;
  };
  try {
    const result = await command.run({ args, options, modelsDir, script, out, registry });
    if (options['json'] === true) out.json(result);
    else await command.print(result, out);
    return command.failed?.(result) === true ? EXIT.failed : EXIT.ok;
  } finally {
    await opened?.close();
  }
}
