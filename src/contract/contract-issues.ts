import { InputError } from '../errors/input-error.ts';
import type { InputIssue } from '../spec/input-contract.ts';
import { MAX_ISSUES } from './issue-list.ts';

/** The error for rows that do not fit; the message has the first issue, `details.issues` all that were looked for. */
export function inputContractError(issues: readonly InputIssue[]): InputError {
  return new InputError('ML_INPUT_CONTRACT', issuesText(issues), {
    details: { issues, more: issues.length >= MAX_ISSUES },
  });
}

/** The issues in one sentence. */
export function issuesText(issues: readonly InputIssue[]): string {
  const [first, ...others] = issues;
  const more = issues.length >= MAX_ISSUES ? `at least ${others.length}` : `${others.length}`;
  return `rows do not fit: ${first === undefined ? '' : issueText(first)}${others.length > 0 ? `; and ${more} more` : ''}`;
}

function issueText({ row, feature, message }: InputIssue): string {
  const name = typeof feature === 'number' ? `value ${feature}` : feature === undefined ? '' : JSON.stringify(feature);
  const place = [row === undefined ? '' : `row ${row}`, name].filter((part) => part !== '').join(', ');
  return place === '' ? message : `${place} ${message}`;
}
