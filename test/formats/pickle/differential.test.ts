// What CPython reads from small pickles of every protocol (see make_cases.py) is what this reader reads.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isNode, type PyValue } from '../../../src/formats/pickle/nodes.ts';
import { readPickle, readPickleSliced } from '../../../src/formats/pickle/read-pickle.ts';

interface Case {
  readonly name: string;
  readonly protocol: number;
  readonly pickle: string;
  readonly value: unknown;
}

const { cases }: { cases: Case[] } = JSON.parse(readFileSync(new URL('cases.json', import.meta.url), 'utf8'));
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The same description as make_cases.py gives. */
function describe(value: PyValue, seen = new Map<object, number>()): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return { int: String(value) };
  if (typeof value === 'string') return { str: Array.from(value, (c) => c.codePointAt(0)) };
  if (value.kind === 'float') return { float: value.value };
  if (value.kind === 'bytes') return { [value.mutable ? 'bytearray' : 'bytes']: base64(value.data) };
  if (value.kind === 'complex') return { complex: [{ float: value.re }, { float: value.im }] };
  if (value.kind === 'range') return { range: [String(value.start), String(value.stop), String(value.step)] };
  if (value.kind === 'slice') return { slice: [value.start, value.stop, value.step].map((v) => describe(v, seen)) };
  const known = seen.get(value);
  if (known !== undefined) return { ref: known };
  seen.set(value, seen.size);
  if (value.kind === 'tuple') return { tuple: value.items.map((v) => describe(v, seen)) };
  if (value.kind === 'list') return { [value.type]: value.items.map((v) => describe(v, seen)) };
  if (value.kind === 'set') {
    return { [value.frozen ? 'frozenset' : 'set']: [...value].map((v) => JSON.stringify(describe(v))).sort() };
  }
  if (value.kind === 'dict')
    return { [value.type]: [...value].map(([k, v]) => [describe(k, seen), describe(v, seen)]) };
  throw new Error(`a ${isNode(value) ? value.kind : typeof value}`);
}

/** Floats of CPython come as hexadecimal text, and sets as sorted JSON text. */
function normalise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalise);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === 'float') return [key, hexFloat(String(inner))];
      if ((key === 'set' || key === 'frozenset') && Array.isArray(inner)) {
        return [key, inner.map((item: string) => JSON.stringify(normalise(JSON.parse(item)))).sort()];
      }
      return [key, normalise(inner)];
    }),
  );
}

function hexFloat(text: string): number {
  const match = /^(-?)0x([01])\.([0-9a-f]+)p([+-]\d+)$/.exec(text);
  if (match === null) return Number(text.replace('inf', 'Infinity').replace('nan', 'NaN'));
  const [, sign, whole, fraction = '', exponent] = match;
  const mantissa = Number(BigInt(`0x${whole}${fraction}`));
  const power = Number(exponent);
  // Two steps, so that the smallest numbers do not vanish in between.
  const scaled =
    mantissa * 2 ** Math.max(power - fraction.length * 4, -1074) * 2 ** Math.min(power - fraction.length * 4 + 1074, 0);
  return sign === '-' ? -scaled : scaled;
}

test.each(cases)('$name, protocol $protocol', async ({ pickle, value, protocol }) => {
  const bytes = Buffer.from(pickle, 'base64');
  const file = readPickle(bytes);
  expect(describe(file.root)).toEqual(normalise(value));
  expect(file.protocol).toBe(protocol < 2 ? 0 : protocol);
  expect(file.unknown).toEqual([]);
  expect(describe((await readPickleSliced(bytes)).root)).toEqual(normalise(value));
});

test('all protocols are covered', () => {
  expect(new Set(cases.map((c) => c.protocol))).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  expect(cases.length).toBeGreaterThan(100);
});
