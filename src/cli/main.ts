#!/usr/bin/env node
import { runCli } from './program.ts';

// A reader that has seen enough (`| head`) closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

async function main(): Promise<void> {
  // Not process.exit(): what was written may still be on its way.
  process.exitCode = await runCli(process.argv.slice(2), process.argv[1] ?? '', process);
}

void main();
