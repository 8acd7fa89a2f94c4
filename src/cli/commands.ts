import type { CliCommand } from './cli-command.ts';
import { bench } from './commands/bench.ts';
import { convert } from './commands/convert.ts';
import { doctor } from './commands/doctor.ts';
import { encrypt } from './commands/encrypt.ts';
import { explain } from './commands/explain.ts';
import { inspect } from './commands/inspect.ts';
import { list } from './commands/list.ts';
import { predict } from './commands/predict.ts';
import { lock } from './commands/lock.ts';
import { python } from './commands/python.ts';
import { quantize } from './commands/quantize.ts';
import { scan } from './commands/scan.ts';
import { serve } from './commands/serve.ts';
import { verify } from './commands/verify.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly CliCommand[] = [
  list,
  explain,
  inspect,
  scan,
  verify,
  predict,
  bench,
  serve,
  convert,
  quantize,
  encrypt,
  lock,
  python,
  doctor,
];
