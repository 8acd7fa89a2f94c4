import type { FileBytes } from './file-bytes.ts';

/** Reads the names that the symbol tables of a group point to. */
export function readLocalHeap(file: FileBytes, address: number): (offset: number) => string {
  const header = file.cursor(address, 'the heap of names');
  header.signature('HEAP');
  header.version([0]);
  header.skip(3);
  const size = header.length();
  header.length();
  const data = header.definedAddress('its data');
  const names = file.cursor(data, 'the heap of names', size);
  return (offset) => {
    const cursor = names.restart();
    cursor.skip(offset);
    const name = cursor.textToNul();
    // Names may share bytes: any number of long ones could be the same.
    file.spend(cursor.position - offset);
    return name;
  };
}
