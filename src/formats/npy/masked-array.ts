import type { PyValue } from '../pickle/nodes.ts';
import { badArray } from './npy-problem.ts';
import type { NdArray } from './nd-array.ts';

/** A `numpy.ma.MaskedArray`: `mask` is a bool array of the same shape, true where a value is hidden. */
export class MaskedArray {
  #contents: { readonly data: NdArray; readonly mask: NdArray; readonly fillValue: PyValue } | undefined;

  get kind(): 'masked-array' {
    return 'masked-array';
  }

  /** Sets everything, once. */
  setContents(data: NdArray, mask: NdArray, fillValue: PyValue): void {
    if (this.#contents !== undefined) throw badArray('its data is set twice');
    this.#contents = { data, mask, fillValue };
  }

  get data(): NdArray {
    return this.#get().data;
  }

  get mask(): NdArray {
    return this.#get().mask;
  }

  get fillValue(): PyValue {
    return this.#get().fillValue;
  }

  #get(): { readonly data: NdArray; readonly mask: NdArray; readonly fillValue: PyValue } {
    if (this.#contents === undefined) throw badArray('it has no data');
    return this.#contents;
  }
}
