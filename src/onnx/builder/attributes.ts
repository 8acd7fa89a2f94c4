import type { AttributeValue } from '../../formats/onnx-proto/build.ts';

// Short names for the kinds of attribute: a number alone does not say whether it is an integer or a float.

export const int = (value: number | bigint): AttributeValue => ({ int: value });
export const float = (value: number): AttributeValue => ({ float: value });
export const text = (value: string): AttributeValue => ({ text: value });
export const ints = (values: readonly (number | bigint)[]): AttributeValue => ({ ints: values });
export const floats = (values: readonly number[]): AttributeValue => ({ floats: values });
export const texts = (values: readonly string[]): AttributeValue => ({ texts: values });
