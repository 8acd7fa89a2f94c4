import type { Limits } from '../../spec/limits.ts';
import { Group, kindOf } from './group.ts';
import { Hdf5Context } from './hdf5-context.ts';
import type { Hdf5Group } from './hdf5-file.ts';
import { inObject, malformed } from './hdf5-problem.ts';
import { readObjectHeader } from './object-header.ts';

/**
 * Opens an HDF5 file that is in memory: superblock versions 0 to 3, and whatever h5py writes with any `libver`. Nothing
 * is read beyond the superblock and the root group's header until it is asked for. Metadata that has a checksum is
 * compared with it. Only hard links are followed and no other file is ever opened.
 *
 * @returns the root group
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`, `ML_FORMAT_UNSUPPORTED`, `ML_FORMAT_UNSAFE`, `ML_FORMAT_LIMIT`,
 * here and from everything that the group leads to, with `details.path` and, where known, `details.offset`
 */
export function readHdf5(bytes: Uint8Array, limits: Limits): Hdf5Group {
  return openRoot(new Hdf5Context(bytes, limits));
}

/** The root group of a file whose superblock was read. */
export function openRoot(context: Hdf5Context): Group {
  return inObject('/', () => {
    const header = readObjectHeader(context.file, context.root);
    if (kindOf(header) !== 'group') throw malformed('the root is no group', context.file.offsetOf(header.address));
    return new Group(context, header, { path: '/', depth: 0 });
  });
}
