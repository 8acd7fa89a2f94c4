import type { ModelFamily, Pins } from './pins.ts';

/** How many swaps of one name can be rolled back, one after the other. */
const MAX_KEPT = 20;

/** What the requests of each name stood for before each swap, the last one on top. */
export class SwapHistory {
  readonly #before = new Map<string, Pins[]>();

  push(family: ModelFamily, before: Pins): void {
    const key = keyOf(family);
    const kept = this.#before.get(key) ?? [];
    this.#before.set(key, [...kept, before].slice(-MAX_KEPT));
  }

  last(family: ModelFamily): Pins | undefined {
    return this.#before.get(keyOf(family))?.at(-1);
  }

  pop(family: ModelFamily): void {
    this.#before.get(keyOf(family))?.pop();
  }
}

function keyOf({ area, name }: ModelFamily): string {
  return `${area}/${name}`;
}
