import type { OnnxEntry, OnnxOpset } from './onnx-model.ts';
import { append, NONE, type ReadContext } from './read-context.ts';

/** StringStringEntryProto. */
export function readEntry(body: Uint8Array, context: ReadContext): OnnxEntry {
  const reader = context.open(body, 'StringStringEntryProto');
  let key = '';
  let value = '';
  let unknown: readonly Uint8Array[] = NONE;
  while (reader.next()) {
    if (reader.field === 1) key = reader.text();
    else if (reader.field === 2) value = reader.text();
    else unknown = append(unknown, reader.raw());
  }
  return { source: body, unknown, key, value };
}

/** OperatorSetIdProto. */
export function readOpset(body: Uint8Array, context: ReadContext): OnnxOpset {
  const reader = context.open(body, 'OperatorSetIdProto');
  let domain = '';
  let version = 0;
  let unknown: readonly Uint8Array[] = NONE;
  while (reader.next()) {
    if (reader.field === 1) domain = reader.name();
    else if (reader.field === 2) version = reader.integer();
    else unknown = append(unknown, reader.raw());
  }
  return { source: body, unknown, domain, version };
}
