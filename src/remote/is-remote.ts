/** Whether a source names a model on a server instead of a file. */
export function isRemote(source: string): boolean {
  return source.startsWith('oip+');
}
