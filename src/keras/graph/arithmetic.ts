import type { AttributeValue } from '../../formats/onnx-proto/build.ts';
import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { DType } from '../../spec/tensor.ts';

/** Formulas over values of one element type: numbers stand for constants of that type. */
export class Arithmetic {
  readonly g: GraphBuilder;
  readonly dtype: DType;

  constructor(g: GraphBuilder, dtype: DType) {
    this.g = g;
    this.dtype = dtype;
  }

  /** A number as a constant; a value as itself. */
  value(x: Value | number): Value {
    return typeof x === 'number' ? this.g.scalar(x, this.dtype) : x;
  }

  op(
    name: string,
    inputs: readonly (Value | number)[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): Value {
    return this.g.op(
      name,
      inputs.map((x) => this.value(x)),
      attributes,
      { dtype: this.dtype },
    );
  }

  add(a: Value | number, b: Value | number): Value {
    return this.op('Add', [a, b]);
  }

  sub(a: Value | number, b: Value | number): Value {
    return this.op('Sub', [a, b]);
  }

  mul(a: Value | number, b: Value | number): Value {
    return this.op('Mul', [a, b]);
  }

  div(a: Value | number, b: Value | number): Value {
    return this.op('Div', [a, b]);
  }

  /** A comparison: `Greater`, `Less`, `GreaterOrEqual`, `LessOrEqual`, `Equal`. */
  compare(name: string, a: Value | number, b: Value | number): Value {
    return this.g.op(name, [this.value(a), this.value(b)], {}, { dtype: 'bool' });
  }

  where(condition: Value, yes: Value | number, no: Value | number): Value {
    return this.g.op('Where', [condition, this.value(yes), this.value(no)], {}, { dtype: this.dtype });
  }

  clip(x: Value, low: number | undefined, high: number | undefined): Value {
    const bound = (n: number | undefined): Value | undefined => (n === undefined ? undefined : this.value(n));
    return this.g.op('Clip', [x, bound(low), bound(high)], {}, { dtype: this.dtype });
  }
}
