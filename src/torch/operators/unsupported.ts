/**
 * A call that cannot be written as ONNX. Caught by the translator, which reports all of a program
 * at once.
 */
export class UnsupportedCall extends Error {
  override readonly name: string = 'UnsupportedCall';
}
