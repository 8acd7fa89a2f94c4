import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConversionCache } from '../../src/sidecar/conversion-cache.ts';
import { temporaryFolder } from './temporary-folder.ts';

const conversion = (fill: number) => ({
  name: 'model.onnx',
  bytes: new Uint8Array(1000).fill(fill),
  input: { columns: 3, features: undefined, missing: false, infinite: false },
  report: { compared: 'ä\n' },
});

describe('the cache of conversions', () => {
  it('gives back what was put in, to whoever shares the folder', async () => {
    const folder = join(await temporaryFolder(), 'deep', 'er');
    const key = ConversionCache.key({ a: '1', b: '2' });
    expect(key).toBe(ConversionCache.key({ b: '2', a: '1' }));
    expect(key).not.toBe(ConversionCache.key({ b: '2', a: '12' }));
    const cache = new ConversionCache(folder, 1e6);
    expect(await cache.get(key)).toBeUndefined();
    await Promise.all([1, 1, 1].map((fill) => cache.put(key, conversion(fill))));
    expect(await new ConversionCache(folder, 1e6).get(key)).toEqual(conversion(1));
    expect(await readdir(folder)).toEqual([`${key}.conversion`]);
  });

  it('gives nothing that is damaged, cut or of another key', async () => {
    const folder = await temporaryFolder();
    const cache = new ConversionCache(folder, 1e6);
    const [key, other] = ['a', 'b'].map((a) => ConversionCache.key({ a })) as [string, string];
    const path = join(folder, `${key}.conversion`);
    await cache.put(key, conversion(1));
    const whole = await readFile(path);
    for (const damaged of [
      whole.subarray(0, -1),
      Buffer.concat([whole, Buffer.from([0])]),
      whole.subarray(0, 40),
      Buffer.alloc(0),
      Buffer.from(whole).fill(2, whole.length - 3),
    ]) {
      await writeFile(path, damaged);
      expect(await cache.get(key)).toBeUndefined();
    }
    await writeFile(join(folder, `${other}.conversion`), whole);
    expect(await cache.get(other)).toBeUndefined();
  });

  it('gives a conversion by another key too, the last one that was set, and nothing once it is gone', async () => {
    const folder = await temporaryFolder();
    const cache = new ConversionCache(folder, 1e6);
    const [a, b, other] = ['a', 'b', 'c'].map((name) => ConversionCache.key({ name })) as [string, string, string];
    await cache.put(a, conversion(1));
    await cache.put(b, conversion(2));
    await cache.alias(other, a);
    expect(await cache.get(other)).toEqual(conversion(1));
    await cache.alias(other, b);
    expect(await cache.get(other)).toEqual(conversion(2));
    // What stands under the key itself is replaced by it, and replaces it.
    await cache.put(other, conversion(3));
    expect(await cache.get(other)).toEqual(conversion(3));
    await cache.alias(other, b);
    await rm(join(folder, `${b}.conversion`));
    expect(await cache.get(other)).toBeUndefined();
    // Two that stand for each other are no conversion, and no endless search.
    await cache.alias(a, other);
    await cache.alias(other, a);
    expect(await cache.get(a)).toBeUndefined();
  });

  it('drops what was unused for longest', async () => {
    const folder = await temporaryFolder();
    const cache = new ConversionCache(folder, 3000);
    const keys = ['a', 'b', 'c'].map((a) => ConversionCache.key({ a })) as [string, string, string];
    await cache.put(keys[0], conversion(0));
    await cache.put(keys[1], conversion(1));
    for (const [i, key] of keys.slice(0, 2).entries())
      await utimes(join(folder, `${key}.conversion`), 1000 + i, 1000 + i);
    await cache.get(keys[0]);
    await cache.put(keys[2], conversion(2));
    expect(await Promise.all(keys.map(async (key) => (await cache.get(key))?.bytes[0]))).toEqual([0, undefined, 2]);
  });

  it('that cannot be written is a typed error', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    await expect(new ConversionCache(file, 1e6).put('00', conversion(1))).rejects.toMatchObject({
      code: 'ML_SIDECAR_SETUP',
      message: expect.stringContaining('ML_CACHE_DIR') as string,
    });
  });
});
