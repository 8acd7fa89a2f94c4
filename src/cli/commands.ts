import type { CliCommand } from './cli-command.ts';
import { backup } from './commands/backup.ts';
import { bench } from './commands/bench.ts';
import { convert } from './commands/convert.ts';
import { doctor } from './commands/doctor.ts';
import { encrypt } from './commands/encrypt.ts';
import { explain } from './commands/explain.ts';
import { init } from './commands/init.ts';
import { inspect } from './commands/inspect.ts';
import { list } from './commands/list.ts';
import { predict } from './commands/predict.ts';
import { lock } from './commands/lock.ts';
import { prune } from './commands/prune.ts';
import { publish } from './commands/publish.ts';
import { python } from './commands/python.ts';
import { quantize } from './commands/quantize.ts';
import { recover } from './commands/recover.ts';
import { restore } from './commands/restore.ts';
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
  init,
  publish,
  backup,
  restore,
  prune,
  recover,
  lock,
  encrypt,
  quantize,
  serve,
  convert,
  python,
  doctor,
];
