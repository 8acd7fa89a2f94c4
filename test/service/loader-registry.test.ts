import { describe, expect, it, vi } from 'vitest';
import { LoaderRegistry } from '../../src/loaders/loader-registry.ts';
import type { Content } from '../../src/spec/artefact.ts';
import type { BuiltinLoader } from '../../src/spec/loader-descriptor.ts';
import { createMockLoader } from '../../src/testing/mock-loader.ts';

const content = (name: string, text = ''): Content => ({ kind: 'file', name, bytes: Buffer.from(text), entries: [] });
const startsWith = (text: string) => (candidate: Content) => Buffer.from(candidate.bytes).toString().startsWith(text);

describe('register', () => {
  it('the same object twice is harmless; another of the same name is refused unless told', async () => {
    const first = createMockLoader();
    const second = createMockLoader();
    const registry = new LoaderRegistry([]).register(first).register(first);
    expect(() => registry.register(second)).toThrow(expect.objectContaining({ code: 'ML_LOADER_EXISTS' }));
    expect(await registry.get('mock')).toBe(first);
    registry.register(second, { overwrite: true });
    expect(await registry.get('mock')).toBe(second);
    expect(registry.list()).toEqual([second]);
  });

  it.each([
    [null, 'loader (unnamed): name must be a non-empty string'],
    [{}, 'loader (unnamed): name must be a non-empty string'],
    [{ name: '' }, 'loader "": name must be a non-empty string'],
    [{ name: 'x' }, 'loader "x": formats must be a non-empty array of file extensions'],
    [{ name: 'x', formats: [] }, 'loader "x": formats must be a non-empty array of file extensions'],
    [{ name: 'x', formats: [5] }, 'loader "x": formats must be a non-empty array of file extensions'],
    [{ name: 'x', formats: ['x'] }, 'loader "x": load must be a function'],
    [
      { name: 'x', formats: ['x'], load: () => undefined, specVersion: 'v2' },
      'loader "x": specVersion must be "v1", got "v2"',
    ],
  ])('refuses %j', (loader, message) => {
    expect(() => new LoaderRegistry([]).register(loader as never)).toThrow(
      expect.objectContaining({ code: 'ML_LOADER_INVALID', message }),
    );
  });

  it('a miss names the known ones', async () => {
    const registry = new LoaderRegistry([]).register(createMockLoader()).register(createMockLoader({ name: 'other' }));
    await expect(registry.get('third')).rejects.toMatchObject({
      code: 'ML_LOADER_UNKNOWN',
      message: 'no loader is named "third"; known are mock, other',
    });
  });

  it('imports a built-in loader when it is first asked for', async () => {
    const loader = createMockLoader({ name: 'builtin' });
    const load = vi.fn(() => Promise.resolve(loader));
    const builtin: BuiltinLoader = { descriptor: { name: 'builtin', formats: ['x'] }, import: load };
    const registry = new LoaderRegistry([builtin]);
    expect([registry.reads('x'), registry.reads('y'), registry.list().length]).toEqual([true, false, 1]);
    expect(load).not.toHaveBeenCalled();
    expect((await registry.find(content('a.x'))).loader).toBe(loader);
  });
});

describe('find', () => {
  const onnxLike = createMockLoader({ name: 'aaa', detect: startsWith('A') });
  const pickleLike = createMockLoader({ name: 'bbb', detect: startsWith('B') });
  const registry = () => new LoaderRegistry([]).register(onnxLike).register(pickleLike);

  it('the content decides, a wrong extension is a remark', async () => {
    expect(await registry().find(content('m.aaa', 'A'))).toEqual({ loader: onnxLike, mismatch: undefined });
    expect(await registry().find(content('m.AAA', 'A'))).toEqual({ loader: onnxLike, mismatch: undefined });
    expect(await registry().find(content('m', 'A'))).toEqual({ loader: onnxLike, mismatch: undefined });
    expect(await registry().find(content('m.aaa', 'B'))).toEqual({
      loader: pickleLike,
      mismatch: 'm.aaa is named .aaa but its content is bbb (.bbb)',
    });
  });

  it('content that nobody recognises goes to the loader of its extension, which can say what is wrong', async () => {
    expect((await registry().find(content('m.bbb', 'damaged'))).loader).toBe(pickleLike);
  });

  it('neither content nor extension: the reason of every loader', async () => {
    const plain = createMockLoader({ name: 'plain' });
    await expect(registry().register(plain).find(content('m.xyz', '?'))).rejects.toMatchObject({
      code: 'ML_FORMAT_UNKNOWN',
      message:
        'no loader reads m.xyz (plain: reads only .plain; bbb: does not recognise the content; aaa: does not recognise the content); register a loader or convert the file',
    });
    await expect(new LoaderRegistry([]).find(content('m.x'))).rejects.toThrow(/none is registered/);
  });

  it('a loader registered later is asked first', async () => {
    const mine = createMockLoader({ name: 'mine', formats: ['aaa'], detect: startsWith('A') });
    expect((await registry().register(mine).find(content('m.aaa', 'A'))).loader).toBe(mine);
  });

  it('a detect() that throws is an error of that loader, not a crash', async () => {
    const broken = createMockLoader({
      name: 'broken',
      detect: () => {
        throw new TypeError('undefined is not a function');
      },
    });
    await expect(registry().register(broken).find(content('m.aaa', 'A'))).rejects.toMatchObject({
      code: 'ML_LOADER_FAILED',
      message: 'detect() of loader "broken" failed on m.aaa: undefined is not a function',
    });
  });

  it.each(['.hidden', 'm.', 'm..', '...'])('an odd name (%s) breaks nothing', async (name) => {
    expect((await registry().find(content(name, 'A'))).loader).toBe(onnxLike);
  });
});
