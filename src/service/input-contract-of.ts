import { compileInputContract } from '../contract/compile-contract.ts';
import type { InputContract } from '../spec/input-contract.ts';
import type { CallOptions } from '../spec/model.ts';
import type { ModelSlot } from './model-slot.ts';

/** The contract of a model, which is loaded for it. */
export async function inputContractOf(slot: ModelSlot, options: CallOptions): Promise<InputContract> {
  const entry = await slot.acquire(options);
  try {
    const { loaded, metadata } = entry.value;
    return compileInputContract(loaded.info ?? {}, metadata);
  } finally {
    entry.release();
  }
}
