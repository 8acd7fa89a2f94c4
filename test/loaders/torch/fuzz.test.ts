// Mutated files give tensors or typed errors. The pickle inside an archive is mutated before it is packed, because a
// checksum that does not match would end every attempt at once.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readZip } from '../../../src/formats/zip/read-zip.ts';
import { loadModel, scanFile } from '../../../src/index.ts';
import { LIMITS, makeZip, type Member } from '../../formats/zip/make-zip.ts';
import { outcome } from '../../formats/joblib/files.ts';
import { FOLDER } from './torch-files.ts';

const ROUNDS = 150;

/** The same numbers in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mutated(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  let result = Uint8Array.from(bytes);
  for (let edits = 1 + random(4); edits > 0; edits--) {
    const at = random(result.length);
    const kind = random(4);
    if (kind === 0) result[at] = random(256);
    else if (kind === 1) result[at] = (result[at] as number) ^ (1 << random(8));
    else if (kind === 2) result = Uint8Array.from([...result.subarray(0, at), ...result.subarray(at + 1 + random(8))]);
    else {
      const from = random(result.length);
      result.copyWithin(at, from, from + 1 + random(40));
    }
  }
  return result;
}

async function tryAll(bytes: Uint8Array, path: string): Promise<string[]> {
  writeFileSync(path, bytes);
  const codes: string[] = [];
  codes.push(
    await outcome(async () => {
      const model = await loadModel(path);
      for (const name of [...model.tensors.keys()].slice(0, 20)) codes.push(await outcome(() => model.tensor(name)));
      void model.value;
      await model.dispose();
    }),
  );
  const { verdict } = await scanFile(path);
  codes.push(/^(?:safe|unsafe|malformed|unsupported)$/.test(verdict) ? 'ok' : `UNTYPED ${verdict}`);
  return codes;
}

it.each(['views', 'quantized', 'shared', 'attributes', 'sparse'])('%s', { timeout: 60_000 }, async (name) => {
  const random = generator(20_261_126);
  const folder = mkdtempSync(join(tmpdir(), 'torch-fuzz-'));
  const whole = readFileSync(join(FOLDER, `${name}.pth`));
  const members: Member[] = [];
  for (const entry of readZip(whole, LIMITS).entries.values())
    members.push({ name: entry.name, content: await entry.read() });
  const outcomes = new Set<string>();
  for (let i = 0; i < ROUNDS; i++) {
    const archive = makeZip(
      members.map((member) =>
        member.name.endsWith('data.pkl')
          ? { ...member, content: mutated(member.content as Uint8Array, random) }
          : member,
      ),
    );
    for (const code of await tryAll(archive, join(folder, 'x.pth'))) outcomes.add(code);
  }
  rmSync(folder, { recursive: true });
  expect([...outcomes].filter((code) => !/^ok$|^ML_/.test(code))).toEqual([]);
  expect(outcomes).toContain('ML_FORMAT_MALFORMED');
});
