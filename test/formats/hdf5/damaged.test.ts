// Files that are hostile, damaged or only say much: a typed error or values, never anything else.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../../../src/errors/format-error.ts';
import { checkHdf5 } from '../../../src/formats/hdf5/check-hdf5.ts';
import type { Hdf5Dataset, Hdf5Group } from '../../../src/formats/hdf5/hdf5-file.ts';
import { looksLikeHdf5 } from '../../../src/formats/hdf5/looks-like-hdf5.ts';
import { readHdf5 } from '../../../src/formats/hdf5/read-hdf5.ts';
import { CORPUS, filesBelow, hasShared } from '../joblib/files.ts';
import { fixture, fixtureNames, LIMITS } from './files.ts';

/** The code that reading gives, or `ok`. Anything untyped passes through. */
function codeOf(read: () => unknown): string {
  try {
    read();
    return 'ok';
  } catch (error) {
    if (error instanceof FormatError) return error.code;
    throw error;
  }
}

/** Reads everything that can be reached; gives the first code that is met. */
function readAll(bytes: Uint8Array): string {
  const codes: string[] = [];
  const note = (read: () => unknown): void => {
    const code = codeOf(read);
    if (code !== 'ok') codes.push(code);
  };
  const visit = (object: Hdf5Group | Hdf5Dataset | undefined, depth: number): void => {
    if (object === undefined || depth > 6 || codes.length > 20) return;
    note(() => object.attributes.size);
    if (object.kind === 'dataset') note(() => object.read());
    else {
      note(() => {
        for (const name of object.names) note(() => visit(object.child(name), depth + 1));
      });
    }
  };
  note(() => visit(readHdf5(bytes, LIMITS), 0));
  return codes[0] ?? 'ok';
}

describe('what leads out of the file', () => {
  const root = readHdf5(fixture('linked.h5'), LIMITS);
  const cases: [string, string, RegExp][] = [
    ['external', 'ML_FORMAT_UNSAFE', /"\/external": "external" is a link to .* in file .*passwd.*never opened/],
    ['virtual', 'ML_FORMAT_UNSAFE', /"\/virtual": .*virtual dataset/],
    ['stored_outside', 'ML_FORMAT_UNSAFE', /"\/stored_outside": .*external storage/],
    ['soft', 'ML_FORMAT_UNSUPPORTED', /"\/soft": "soft" is a soft link to "\/here"/],
    ['dangling', 'ML_FORMAT_UNSUPPORTED', /soft link to "\/nowhere"/],
    ['scaleoffset', 'ML_FORMAT_UNSUPPORTED', /filter 6 \(scaleoffset\)/],
  ];
  test.each(cases)('%s gives %s', (name, code, message) => {
    const read = (): unknown => (root.child(name) as Hdf5Dataset).read();
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ code }));
    expect(read).toThrow(expect.objectContaining({ details: expect.objectContaining({ path: `/${name}` }) }));
  });

  test('the rest of such a file reads', () => {
    expect((root.at('here') as Hdf5Dataset).read().data).toEqual(BigInt64Array.of(0n, 1n, 2n));
    expect(root.at('circle/circle/here')?.path).toBe('/circle/circle/here');
    expect(root.at('here/x')).toBeUndefined();
    expect(root.at('circle/none/x')).toBeUndefined();
  });

  test('a circle ends at the limit of nesting', () => {
    expect(() => root.at('circle/'.repeat(65))).toThrow(expect.objectContaining({ code: 'ML_FORMAT_LIMIT' }));
  });

  test('all of it is found by a check', () => {
    const findings = checkHdf5(fixture('linked.h5'), LIMITS);
    const places = findings.map(({ severity, message }) => `${severity} ${/"\/(\w+)"/.exec(message)?.[1]}`);
    expect(places.toSorted()).toEqual([
      'unsafe external',
      'unsafe stored_outside',
      'unsafe virtual',
      'unsupported dangling',
      'unsupported scaleoffset',
      'unsupported soft',
    ]);
  });
});

describe('files that declare more than they store', () => {
  test.each(['unwritten', 'unwritten_chunks', 'unwritten_texts', 'enormous'])('%s', (name) => {
    const root = readHdf5(fixture('declared.h5'), LIMITS);
    expect(() => (root.child(name) as Hdf5Dataset).read()).toThrow(
      expect.objectContaining({ code: 'ML_FORMAT_LIMIT' }),
    );
  });

  test('zeros that were compressed to nearly nothing', () => {
    const bytes = gunzipSync(fixture('zeros.h5.gz'));
    const dataset = readHdf5(bytes, LIMITS).child('zeros') as Hdf5Dataset;
    expect(() => dataset.read()).toThrow(expect.objectContaining({ code: 'ML_FORMAT_LIMIT' }));
    expect(checkHdf5(bytes, LIMITS)).toMatchObject([{ severity: 'malformed', code: 'ML_FORMAT_LIMIT' }]);
  });

  test('fewer elements can be allowed', () => {
    const limits = { ...LIMITS, maxElements: 12 };
    const dataset = readHdf5(fixture('spaces-latest.h5'), limits).at('spaces/no_chunks') as Hdf5Dataset;
    expect(() => dataset.read()).toThrow(/16 values are declared and were never written; at most 12/);
  });
});

describe('damage', () => {
  test('an error says where it is', () => {
    const bytes = fixture('types-earliest.h5');
    // The text of an attribute is in a global heap: break the first of them.
    bytes.write('XCOL', bytes.indexOf('GCOL'), 'latin1');
    const types = readHdf5(bytes, LIMITS).child('types') as Hdf5Group;
    expect(() => types.attributes).toThrow(
      expect.objectContaining({
        code: 'ML_FORMAT_MALFORMED',
        message: expect.stringMatching(
          /^HDF5: "\/types": attribute "\w+": a global heap does not begin with GCOL at offset \d+$/,
        ),
        details: { path: '/types', attribute: expect.any(String), offset: bytes.indexOf('XCOL') },
      }),
    );
  });

  test('no HDF5 file', () => {
    expect(looksLikeHdf5(Buffer.from('PK\u0003\u0004'))).toBe(false);
    expect(() => readHdf5(new Uint8Array(0), LIMITS)).toThrow(expect.objectContaining({ code: 'ML_FORMAT_MALFORMED' }));
  });

  test.each(fixtureNames())('%s cut off anywhere', (name) => {
    const bytes = fixture(name);
    const step = Math.max(1, Math.floor(bytes.length / 60));
    const start = name.startsWith('user-block') ? 1_032 : 8;
    for (let length = start; length < bytes.length; length += step) {
      expect(
        codeOf(() => readHdf5(bytes.subarray(0, length), LIMITS)),
        `${length}`,
      ).toBe('ML_FORMAT_TRUNCATED');
    }
  });

  test.each(['many-latest.h5', 'chunks-latest.h5', 'types-latest.h5'])(
    'a changed byte of metadata in %s is noticed',
    (name) => {
      const original = fixture(name);
      const text = original.toString('latin1');
      for (const signature of [
        'OHDR',
        'OCHK',
        'FRHP',
        'FHIB',
        'BTHD',
        'BTLF',
        'BTIN',
        'FADB',
        'FAHD',
        'EAHD',
        'EAIB',
        'EADB',
      ]) {
        const at = text.indexOf(signature);
        if (at === -1) continue;
        const bytes = Uint8Array.from(original);
        bytes[at + 9] = (bytes[at + 9] ?? 0) ^ 0x10;
        expect(checkHdf5(bytes, LIMITS), signature).not.toEqual([]);
      }
    },
  );

  test.each(fixtureNames())('%s with changed bytes reads or is refused', (name) => {
    const original = fixture(name);
    let state = original.length;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < 15; round++) {
      const bytes = Uint8Array.from(original);
      for (let i = 0; i <= round % 4; i++) bytes[random(Math.min(bytes.length, 20_000))] = random(256);
      expect(readAll(bytes)).toMatch(/^ok$|^ML_FORMAT_/);
      for (const { code } of checkHdf5(bytes, LIMITS)) expect(code).toMatch(/^ML_FORMAT_/);
    }
  });
});

describe.runIf(hasShared())('proofs of vulnerabilities of the C library', () => {
  const files = filesBelow(join(CORPUS, 'HDFGroup__cve_hdf5', 'cvefiles'));

  test('every one reads or is refused', () => {
    const refused = files.filter((path) => {
      const bytes = readFileSync(path);
      expect(readAll(bytes), path).toMatch(/^ok$|^ML_FORMAT_/);
      return checkHdf5(bytes, LIMITS).length > 0;
    });
    expect(files.length).toBeGreaterThan(50);
    // The others are well-formed files that a program crashed on.
    expect(refused.length).toBeGreaterThanOrEqual(50);
  });
});
