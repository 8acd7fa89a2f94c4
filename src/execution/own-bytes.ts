/**
 * A view whose buffer holds nothing else. A copy of a view takes its whole buffer along: a row of a large matrix would
 * drag the matrix through every border.
 */
export function ownBytes<T extends ArrayBufferView>(view: T): T {
  return view.byteLength === view.buffer.byteLength ? view : copyBytes(view);
}

/** The same elements in a buffer of their own. */
export function copyBytes<T extends ArrayBufferView>(view: T): T {
  if ('slice' in view && typeof view.slice === 'function') {
    // A Buffer's slice is a view.
    return (Buffer.isBuffer(view) ? Uint8Array.prototype.slice.call(view) : view.slice()) as T;
  }
  const { buffer, byteOffset, byteLength } = view;
  return new DataView(buffer.slice(byteOffset, byteOffset + byteLength)) as unknown as T;
}
