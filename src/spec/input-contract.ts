import type { ZodType } from 'zod';
import type { Label } from './model.ts';
import type { Rows } from './rows.ts';

/** `integer` is any number without a fraction, `3.0` too; a boolean is a number, as in Python. */
export type FeatureType = 'number' | 'integer' | 'string' | 'boolean';

/** What metadata may say of one feature under `input_schema`, by the feature's name. Everything is optional. */
export interface InputFeature {
  readonly type?: FeatureType;
  /** Smallest and largest number that is accepted. */
  readonly min?: number;
  readonly max?: number;
  /** Whether `null`, `undefined` and NaN are accepted. Default `true`. */
  readonly nullable?: boolean;
  /** The values that are accepted. */
  readonly enum?: readonly (string | number | boolean)[];
}

/** A feature as a contract knows it. */
export interface ContractFeature {
  /** `undefined` where the model knows no names. */
  readonly name: string | undefined;
  /** `any`: nothing is known of its values. */
  readonly type: FeatureType | 'any';
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly nullable: boolean;
  /** Whether a record may lack it. */
  readonly optional: boolean;
  readonly values: readonly Label[] | undefined;
}

/** One thing that is wrong with rows. */
export interface InputIssue {
  /** Counted from 0; `undefined` where it concerns all. */
  readonly row: number | undefined;
  /** Name of the feature or path in the row; its position where there is no name. */
  readonly feature: string | number | undefined;
  /** E.g. `must be a number, is the string "12"`. */
  readonly message: string;
}

/** What the rows of one model have to be. */
export interface InputContract {
  /** In the model's order. */
  readonly features: readonly ContractFeature[];
  /** What is wrong with rows of any kind, at most the first 20. */
  issues(rows: Rows): readonly InputIssue[];
  /** @throws `ML_INPUT_CONTRACT`; `details.issues` has at most the first 20 */
  validate(rows: Rows): void;
  /**
   * A zod 4 schema of one row: an object by feature name, or a tuple where the model knows no names. It coerces nothing
   * and drops keys that are no feature. zod is imported now.
   */
  zod(): Promise<ZodType>;
}
