import { FormatError } from '../errors/format-error.ts';
import type { CategoryValues } from './booster-model.ts';
import type { Document } from './document.ts';

/**
 * The categories that XGBoost from 3.1 on stores with the trees: text as bytes with offsets, numbers as they are.
 *
 * Source: src/data/cat_container.cc, `CatContainer::Load`.
 */
export function readCategories(model: Document | undefined): (CategoryValues | undefined)[] {
  if (model?.has('cats') !== true) return [];
  const categories = model.object('cats');
  if (!categories.has('enc')) return [];
  return categories.objects('enc').map(readValues);
}

function readValues(encoding: Document): CategoryValues | undefined {
  const values = encoding.numbers('values');
  if (!encoding.has('offsets')) return values.length === 0 ? undefined : Array.from(values);
  const offsets = encoding.ints('offsets');
  if (offsets.length < 2) return undefined;
  const bytes = Uint8Array.from(values);
  return Array.from({ length: offsets.length - 1 }, (_, i) => {
    const start = offsets[i] as number;
    const end = offsets[i + 1] as number;
    if (start < 0 || end < start || end > bytes.length) {
      throw new FormatError(
        'ML_FORMAT_MALFORMED',
        `XGBoost model: ${encoding.path}.offsets point outside of the values`,
      );
    }
    return Buffer.from(bytes.subarray(start, end)).toString('utf8');
  });
}
