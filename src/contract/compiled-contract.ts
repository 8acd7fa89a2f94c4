import type { ZodType } from 'zod';
import { describe, isTensor } from '../data/rows.ts';
import type { ContractFeature, InputContract, InputIssue } from '../spec/input-contract.ts';
import type { ArrowTableLike, Columns, Rows } from '../spec/rows.ts';
import type { TensorLike } from '../spec/tensor.ts';
import { type ValueCheck, valueCheck, whatIsWrong } from './check-value.ts';
import { inputContractError } from './contract-issues.ts';
import { IssueList } from './issue-list.ts';

/** Checks rows of every kind in one pass, without copying any. */
export class CompiledContract implements InputContract {
  readonly features: readonly ContractFeature[];
  readonly #checks: readonly ValueCheck[];
  readonly #names: readonly string[] | undefined;

  constructor(features: readonly ContractFeature[]) {
    this.features = features;
    this.#checks = features.map(valueCheck);
    const names = features.map(({ name }) => name);
    this.#names = names.includes(undefined) ? undefined : (names as string[]);
  }

  validate(rows: Rows): void {
    const found = this.issues(rows);
    if (found.length > 0) throw inputContractError(found);
  }

  async zod(): Promise<ZodType> {
    const { zodRow } = await import('./zod-row.ts');
    return zodRow(this.features);
  }

  issues(rows: Rows): readonly InputIssue[] {
    const issues = new IssueList();
    if (Array.isArray(rows)) this.#array(rows, issues);
    else if (isTensor(rows)) this.#tensor(rows, issues);
    else if (typeof rows !== 'object' || rows === null || ArrayBuffer.isView(rows))
      issues.add({
        row: undefined,
        feature: undefined,
        message: `rows must be an array, columns, a tensor or a table, got ${describe(rows)}`,
      });
    else if ('numRows' in rows && 'getChild' in rows && typeof rows.getChild === 'function') {
      const table = rows as ArrowTableLike;
      const given = table.schema.fields.map(({ name }) => name);
      this.#columns(
        given,
        table.numRows,
        (name) => {
          const column = table.getChild(name);
          return column === null ? undefined : (row) => column.get(row);
        },
        issues,
      );
    } else {
      const columns = rows as Columns;
      const given = Object.keys(columns);
      const count = columns[given[0] ?? '']?.length ?? 0;
      this.#columns(
        given,
        count,
        (name) => {
          const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
          return column && ((row) => column[row]);
        },
        issues,
      );
    }
    return issues.found;
  }

  #array(rows: readonly unknown[], issues: IssueList): void {
    for (let row = 0; row < rows.length && !issues.full; row++) {
      const given = rows[row];
      if (Array.isArray(given) || ArrayBuffer.isView(given)) this.#list(given as ArrayLike<unknown>, row, issues);
      else if (typeof given === 'object' && given !== null) this.#record(given as Record<string, unknown>, row, issues);
      else this.#list([given], row, issues);
    }
  }

  #list(values: ArrayLike<unknown>, row: number, issues: IssueList): void {
    const checks = this.#checks;
    if (values.length !== checks.length) {
      issues.add({ row, feature: undefined, message: `must have ${checks.length} values, has ${values.length}` });
      return;
    }
    for (let i = 0; i < checks.length; i++) {
      const check = checks[i] as ValueCheck;
      if (!check.fits(values[i])) issues.add(wrong(check.feature, { row, at: i, value: values[i] }));
    }
  }

  /** Where no names are known the model reads records in the order of their keys, and so does this. */
  #record(record: Readonly<Record<string, unknown>>, row: number, issues: IssueList): void {
    const names = this.#names;
    if (names === undefined) {
      this.#list(Object.values(record), row, issues);
      return;
    }
    const checks = this.#checks;
    for (let i = 0; i < checks.length; i++) {
      const check = checks[i] as ValueCheck;
      const value = record[names[i] as string];
      if (value === undefined && !((names[i] as string) in record)) {
        if (!check.feature.optional) issues.add({ row, feature: names[i], message: 'is not in the row' });
      } else if (!check.fits(value)) issues.add(wrong(check.feature, { row, at: i, value }));
    }
  }

  #tensor({ data, shape, dtype }: TensorLike, issues: IssueList): void {
    const width = this.#checks.length;
    const [count = 0, columns = 1] = shape;
    if (shape.length === 0 || shape.length > 2 || columns !== width || data.length !== count * width) {
      issues.add({
        row: undefined,
        feature: undefined,
        message: `a tensor must have the shape [rows, ${width}], has [${shape.join(', ')}]`,
      });
      return;
    }
    for (let row = 0; row < count && !issues.full; row++) {
      for (let i = 0; i < width; i++) {
        const check = this.#checks[i] as ValueCheck;
        const raw = data[row * width + i];
        const value = dtype === 'bool' ? Boolean(raw) : raw;
        if (!check.fits(value)) issues.add(wrong(check.feature, { row, at: i, value }));
      }
    }
  }

  #columns(
    given: readonly string[],
    count: number,
    columnOf: (name: string) => ((row: number) => unknown) | undefined,
    issues: IssueList,
  ): void {
    const names = this.#names ?? given;
    if (names.length !== this.#checks.length)
      issues.add({
        row: undefined,
        feature: undefined,
        message: `must be ${this.#checks.length} columns, are ${names.length}`,
      });
    for (const [i, check] of this.#checks.entries()) {
      const name = names[i] ?? '';
      const column = columnOf(name);
      if (column === undefined) {
        if (!check.feature.optional) issues.add({ row: undefined, feature: name, message: 'is not among the columns' });
        continue;
      }
      for (let row = 0; row < count && !issues.full; row++) {
        const value = column(row);
        if (!check.fits(value)) issues.add(wrong(check.feature, { row, at: i, value }));
      }
    }
  }
}

function wrong(
  feature: ContractFeature,
  { row, at, value }: { readonly row: number; readonly at: number; readonly value: unknown },
): InputIssue {
  return { row, feature: feature.name ?? at, message: whatIsWrong(feature, value) };
}
