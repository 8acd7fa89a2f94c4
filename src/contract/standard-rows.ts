import { describe } from '../data/rows.ts';
import { InputError } from '../errors/input-error.ts';
import type { InputIssue } from '../spec/input-contract.ts';
import type { Awaitable } from '../spec/model-loader.ts';
import type { SchemaIssue, SchemaResult, StandardSchemaV1 } from '../spec/standard-schema.ts';
import { inputContractError } from './contract-issues.ts';
import { IssueList } from './issue-list.ts';

/**
 * Rows as a schema of the service gives them, one by one. A promise only where the schema answers later.
 *
 * @throws `ML_INPUT_CONTRACT`; `ML_INPUT_INVALID` for rows that are no array: a schema speaks of one row
 */
export function standardRows(schema: StandardSchemaV1, rows: unknown): Awaitable<readonly unknown[]> {
  if (!Array.isArray(rows)) {
    throw new InputError(
      'ML_INPUT_INVALID',
      `rows must be an array where a service has an inputSchema, got ${describe(rows)}; leave the schema out to pass columns, tensors or tables`,
    );
  }
  const { validate } = schema['~standard'];
  const results = rows.map((row: unknown) => validate(row));
  const atOnce = results.filter((result): result is SchemaResult<unknown> => !(result instanceof Promise));
  if (atOnce.length === results.length) return outputsOf(atOnce);
  return Promise.all(results.map(async (result) => result)).then(outputsOf);
}

function outputsOf(results: readonly SchemaResult<unknown>[]): readonly unknown[] {
  const issues = new IssueList();
  const outputs: unknown[] = [];
  for (const [row, result] of results.entries()) {
    if (result.issues === undefined) outputs.push(result.value);
    else for (const issue of result.issues) issues.add(issueOf(row, issue));
  }
  if (issues.found.length > 0) throw inputContractError(issues.found);
  return outputs;
}

function issueOf(row: number, { path = [], message }: SchemaIssue): InputIssue {
  const keys = path.map((step) => String(typeof step === 'object' ? step.key : step));
  return { row, feature: keys.length === 0 ? undefined : keys.join('.'), message };
}
