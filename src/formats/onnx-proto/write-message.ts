import type { OnnxEntry, OnnxMessage } from './onnx-model.ts';
import { WireWriter } from './wire-writer.ts';

/** The fields of a message, or its own bytes where it is as it was read; fields unknown to the reader come last. */
export function spell(message: OnnxMessage, fields: (writer: WireWriter) => void): WireWriter {
  const writer = new WireWriter();
  if (message.source !== undefined) return writer.raw(message.source);
  fields(writer);
  for (const field of message.unknown) writer.raw(field);
  return writer;
}

/** A repeated message. */
export function repeat<M>(
  writer: WireWriter,
  field: number,
  messages: readonly M[],
  write: (message: M) => WireWriter,
): void {
  for (const message of messages) writer.message(field, write(message));
}

/** StringStringEntryProto. */
export function writeEntry(entry: OnnxEntry): WireWriter {
  return spell(entry, (w) => w.text(1, entry.key).text(2, entry.value));
}

/** A message that is kept and not interpreted. */
export function writeKept(message: OnnxMessage): WireWriter {
  return spell(message, () => undefined);
}
