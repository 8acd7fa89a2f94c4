import type { Label } from '../../spec/model.ts';

/** The values that columns may have where several transformers read them: those that each one takes. */
export class ColumnCategories {
  readonly #byColumn: (readonly Label[] | undefined)[] = [];

  /** Per column; `undefined` where no column is restricted. */
  get known(): readonly (readonly Label[] | undefined)[] | undefined {
    return this.#byColumn.length === 0 ? undefined : Array.from(this.#byColumn);
  }

  restrict(column: number, values: readonly Label[]): void {
    const before = this.#byColumn[column];
    const both = new Set(values);
    this.#byColumn[column] = before === undefined ? values : before.filter((value) => both.has(value));
  }
}
