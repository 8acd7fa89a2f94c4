import type { InputIssue } from '../spec/input-contract.ts';

/** Issues that are told of one call; looking for more would only cost time. */
export const MAX_ISSUES = 20;

/** The first issues of a call. */
export class IssueList {
  readonly found: InputIssue[] = [];

  get full(): boolean {
    return this.found.length >= MAX_ISSUES;
  }

  add(issue: InputIssue): void {
    if (!this.full) this.found.push(issue);
  }
}
