import { compileInputContract } from '../contract/compile-contract.ts';
import { issuesText } from '../contract/contract-issues.ts';
import { FEATURE_METHODS, methodsOf } from '../internal/model-methods.ts';
import type { InputContract } from '../spec/input-contract.ts';
import type { ModelMetadata } from '../spec/metadata.ts';
import type { LoadedModel, ModelWarning } from '../spec/model-loader.ts';

/** Whether rows are compared with the contract of their model before it is asked. */
export type InputValidation = 'off' | 'warn' | 'error';

const CHECKED: ReadonlySet<string> = new Set(FEATURE_METHODS);

/** Compares rows with the contracts of one file's objects, each compiled once. */
export class ContractGuard {
  readonly #policy: 'warn' | 'error';
  readonly #metadata: ModelMetadata | undefined;
  readonly #warn: (warning: ModelWarning) => void;
  /** `null`: there is none, which was told. */
  readonly #contracts = new WeakMap<LoadedModel, InputContract | null>();

  constructor(policy: 'warn' | 'error', metadata: ModelMetadata | undefined, warn: (warning: ModelWarning) => void) {
    this.#policy = policy;
    this.#metadata = metadata;
    this.#warn = warn;
  }

  /**
   * Compiles the contract of the file's root object while it is loaded, where that takes rows.
   *
   * @throws `ML_CONTRACT_INVALID`, `ML_CONTRACT_MISMATCH` where validation is an error; else it is a warning
   */
  prepare(root: LoadedModel): void {
    if (methodsOf(root).some((method) => CHECKED.has(method))) this.#contractOf(root, true);
  }

  /** @throws `ML_INPUT_CONTRACT`, and as `prepare` for a part of a file that is asked for the first time */
  check(loaded: LoadedModel, isRoot: boolean, method: string, rows: unknown): void {
    if (!CHECKED.has(method)) return;
    const contract = this.#contractOf(loaded, isRoot);
    if (contract === null) return;
    if (this.#policy === 'error') {
      contract.validate(rows as never);
      return;
    }
    const issues = contract.issues(rows as never);
    if (issues.length > 0) this.#warn({ code: 'input-contract', message: issuesText(issues) });
  }

  #contractOf(loaded: LoadedModel, isRoot: boolean): InputContract | null {
    const known = this.#contracts.get(loaded);
    if (known !== undefined) return known;
    let contract: InputContract | null = null;
    try {
      // The metadata speaks of the file as a whole.
      contract = compileInputContract(loaded.info ?? {}, isRoot ? this.#metadata : undefined);
    } catch (error) {
      if (this.#policy === 'error') throw error;
      this.#warn({ code: 'no-input-contract', message: error instanceof Error ? error.message : String(error) });
    }
    this.#contracts.set(loaded, contract);
    return contract;
  }
}
