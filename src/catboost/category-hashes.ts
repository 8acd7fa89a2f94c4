import { cityHash64 } from './city-hash.ts';

/** Texts whose hashes are kept, so that the few that are common are hashed once. */
const MAX_KEPT = 10_000;
/** Longer texts are hashed anew: they would be kept for nothing. */
const MAX_KEPT_LENGTH = 64;

/**
 * Hashes of category texts, as signed 32-bit integers.
 *
 * Source: catboost/libs/cat_feature/cat_feature.cpp, `CalcCatFeatureHash`.
 */
export class CategoryHashes {
  readonly #known = new Map<string, number>();

  of(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const hash = Number(BigInt.asIntN(32, cityHash64(Buffer.from(text, 'utf8'))));
    if (text.length <= MAX_KEPT_LENGTH) {
      if (this.#known.size >= MAX_KEPT) this.#known.clear();
      this.#known.set(text, hash);
    }
    return hash;
  }
}
