import type { RepositoryProblem } from '../index.ts';
import type { Output } from './output.ts';
import { count } from './text.ts';

/** Lists what in a repository cannot be used; prints nothing where all is well. */
export async function printProblems(problems: readonly RepositoryProblem[], out: Output): Promise<void> {
  if (problems.length === 0) return;
  out.line();
  out.line(`${count(problems.length, 'problem')}:`, 'yellow');
  for (const { id, code, message } of problems) {
    out.line(`  ${id}: ${code}`);
    out.line(`    ${message}`, 'dim');
  }
}
