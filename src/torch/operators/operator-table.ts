import { activation } from './activation.ts';
import { arithmetic } from './arithmetic.ts';
import { attentions } from './attention.ts';
import { comparison } from './comparison.ts';
import { conversion } from './conversion.ts';
import { convolution } from './convolution.ts';
import { creation } from './creation.ts';
import { embeddings } from './embedding.ts';
import { indexing } from './indexing.ts';
import { joining } from './joining.ts';
import { loss } from './loss.ts';
import { matrix } from './matrix.ts';
import { normalization } from './normalization.ts';
import type { OperatorFamily, Refusal, Translate } from './operator.ts';
import { ordering } from './ordering.ts';
import { pointwise } from './pointwise.ts';
import { pooling } from './pooling.ts';
import { python } from './python.ts';
import { rearranging } from './rearranging.ts';
import { recurrent } from './recurrent.ts';
import { reduction } from './reduction.ts';
import { refused } from './refused.ts';
import { resizing } from './resizing.ts';
import { SIGNATURES } from './signatures.gen.ts';
import { views } from './views.ts';

/** An operator that is written: its overloads in PyTorch's order. */
export interface Operator {
  readonly translate: Translate;
  readonly signatures: readonly string[];
}

/** The families, by the title that the support table gives them. */
export const FAMILIES: ReadonlyMap<string, OperatorFamily> = new Map([
  ['Arithmetic', arithmetic],
  ['Functions of one tensor', pointwise],
  ['Comparison and logic', comparison],
  ['Activation', activation],
  ['Matrices', matrix],
  ['Errors', loss],
  ['Convolution', convolution],
  ['Pooling', pooling],
  ['Normalization', normalization],
  ['Recurrent', recurrent],
  ['Attention', attentions],
  ['Embedding', embeddings],
  ['Reduction', reduction],
  ['Order', ordering],
  ['Shape', views],
  ['Joining and splitting', joining],
  ['Indexing', indexing],
  ['Rearranging', rearranging],
  ['Resizing and padding', resizing],
  ['Creation', creation],
  ['Conversion and copies', conversion],
  ['Refused', refused],
]);

/** Python's operators take up to three numbers. */
const NUMBERS = ['(Any a, Any? b, Any? c)'];

/** Operators by namespace and name. In-place operators are under their own names: what they give is the same. */
export const OPERATORS: ReadonlyMap<string, Operator | Refusal> = new Map([
  ...[...FAMILIES.values()].flatMap((family) =>
    Object.entries(family).flatMap(([name, entry]) => {
      const named = (key: string): readonly [string, Operator | Refusal] => [`aten::${key}`, operatorOf(name, entry)];
      return name.endsWith('_') ? [named(name)] : [named(name), named(`${name}_`)];
    }),
  ),
  ...Object.entries(python).map(([name, entry]): readonly [string, Operator | Refusal] => [
    `python::${name}`,
    'refused' in entry ? entry : { translate: entry, signatures: NUMBERS },
  ]),
]);

function operatorOf(name: string, entry: Translate | Refusal): Operator | Refusal {
  return 'refused' in entry ? entry : { translate: entry, signatures: SIGNATURES[name] ?? [] };
}
