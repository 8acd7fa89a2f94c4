import { describe, expect, test } from 'vitest';
import { checkHdf5 } from '../../../src/formats/hdf5/check-hdf5.ts';
import { looksLikeHdf5 } from '../../../src/formats/hdf5/looks-like-hdf5.ts';
import { readHdf5 } from '../../../src/formats/hdf5/read-hdf5.ts';
import { expectedTree, expectTree, fixture, fixtureNames, LIMITS } from './files.ts';

const NAMES = fixtureNames().filter((name) => !['linked.h5', 'declared.h5'].includes(name));

describe('files of every version', () => {
  test.each(NAMES)('%s reads as h5py reads it', (name) => {
    expectTree(readHdf5(fixture(name), LIMITS), expectedTree(name));
  });

  test.each(NAMES)('nothing is found in %s', (name) => {
    expect(looksLikeHdf5(fixture(name))).toBe(true);
    expect(checkHdf5(fixture(name), LIMITS)).toEqual([]);
  });
});
