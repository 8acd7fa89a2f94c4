import type { MLServiceRegistry, RegistryOptions } from '../index.ts';
import type { Output } from './output.ts';

/** One option of a command, as `commander` writes it. */
export interface CliOption {
  /** E.g. `--area <area>`. */
  readonly flags: string;
  readonly summary: string;
  readonly choices?: readonly string[];
}

/** What a command is called with. */
export interface CliCall {
  /** Positional arguments in order; one that was left out is `undefined`. */
  readonly args: readonly (string | undefined)[];
  /** A value-less option is `true`; one that was not given is absent. */
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  /** The value of `--models-dir`. */
  readonly modelsDir: string | undefined;
  /** Path of the program, from which packages are looked up. */
  readonly script: string;
  /** For progress; results are returned. */
  readonly out: Output;
  /** The command's registry over the models directory, made by the first call; closed when the command ends. */
  readonly registry: (options?: RegistryOptions) => Promise<MLServiceRegistry>;
}

/**
 * One command: a file in `commands/`, named in `commands.ts`. The work is apart from the printing,
 * so that every command has `--json`.
 *
 * A command imports the library when it runs, not before: `--help` stays quick.
 */
export interface CliCommand<T = unknown> {
  readonly name: string;
  readonly summary: string;
  /** Positional arguments, e.g. `<name> [version]`. Default: none. */
  readonly usage?: string;
  readonly options?: readonly CliOption[];
  /** Shown below the help, e.g. examples. */
  readonly notes?: string;
  /**
   * Does the work. What it gives is what `--json` prints.
   *
   * @throws anything: reported with exit code 3, or 2 for wrong options
   */
  run(call: CliCall): Promise<T>;
  /** Shows the result to a person. */
  print(result: T, out: Output): Promise<void>;
  /** Whether the result means exit code 1. Default: never. */
  failed?(result: T): boolean;
}
