// Everything that readers of pickles disagree about is refused, each with its own code.
import { expect, test } from 'vitest';
import { PyBytes, PyObject, type PyValue } from '../../../src/formats/pickle/nodes.ts';
import { PyDict } from '../../../src/formats/pickle/py-dict.ts';
import { readPickle } from '../../../src/formats/pickle/read-pickle.ts';
import { codeOf, global, type Piece, pickle, raw, text, u64 } from './opcodes.ts';

const code = (...pieces: readonly Piece[]): string | undefined => codeOf(() => readPickle(pickle(...pieces)));
const root = (...pieces: readonly Piece[]): PyValue => readPickle(pickle(...pieces)).root;

const MALFORMED: Record<string, readonly Piece[]> = {
  'nothing on the stack at STOP': ['STOP'],
  'two values at STOP': ['NONE', 'NONE', 'STOP'],
  'a mark left at STOP': ['NONE', 'MARK', 'NONE', 'STOP'],
  'bytes after STOP': ['NONE', 'STOP', 0],
  'a second stream after STOP': ['NONE', 'STOP', 'NONE', 'STOP'],
  'an unknown opcode': [0xff, 'STOP'],
  'a value below the mark': ['NONE', 'MARK', 'TUPLE1', 'STOP'],
  'TUPLE without a mark': ['NONE', 'TUPLE', 'STOP'],
  'a memo entry that is not there': ['BINGET', 3, 'STOP'],
  'PROTO in the middle': ['NONE', 'POP', 'PROTO', 4, 'NONE', 'STOP'],
  'PROTO twice': ['PROTO', 4, 'PROTO', 4, 'NONE', 'STOP'],
  'an odd number of items': ['MARK', 'NONE', 'DICT', 'STOP'],
  'APPEND to a dictionary': ['EMPTY_DICT', 'NONE', 'APPEND', 'STOP'],
  'SETITEM on a list': ['EMPTY_LIST', 'NONE', 'NONE', 'SETITEM', 'STOP'],
  'ADDITEMS on a list': ['EMPTY_LIST', 'MARK', 'NONE', 'ADDITEMS', 'STOP'],
  'a list as a key': ['EMPTY_DICT', 'EMPTY_LIST', 'NONE', 'SETITEM', 'STOP'],
  'a set with a list': ['EMPTY_SET', 'MARK', 'EMPTY_LIST', 'ADDITEMS', 'STOP'],
  'BUILD on None': ['NONE', 'EMPTY_DICT', 'BUILD', 'STOP'],
  'BUILD on a tuple': ['EMPTY_TUPLE', 'EMPTY_DICT', 'BUILD', 'STOP'],
  'a negative length': ['BINSTRING', raw('\xff\xff\xff\xff'), 'STOP'],
  'a negative LONG4': ['LONG4', raw('\xff\xff\xff\xff'), 'STOP'],
  'INT in hexadecimal': ['INT', raw('0x10\n'), 'STOP'],
  'INT with an underscore': ['INT', raw('1_0\n'), 'STOP'],
  'INT with a space': ['INT', raw(' 1\n'), 'STOP'],
  'FLOAT as a word': ['FLOAT', raw('infinity\n'), 'STOP'],
  'STRING without quotes': ['STRING', raw('abc\n'), 'STOP'],
  'STRING with other quotes': ['STRING', raw('\'abc"\n'), 'STOP'],
  'STRING with a cut escape': ['STRING', raw("'abc\\'\n"), 'STOP'],
  'GET of no number': ['NONE', 'PUT', raw('-1\n'), 'STOP'],
  'text that is not UTF-8': ['SHORT_BINUNICODE', 2, 0xc0, 0x80, 'STOP'],
  'a name with a space': [global('os', 'sys tem'), 'STOP'],
  'a name with a carriage return': [raw('cos\r\nsystem\r\n'), 'STOP'],
  'a name that is no text': ['NONE', 'NONE', 'STACK_GLOBAL', 'STOP'],
  'a frame in a frame': ['PROTO', 4, 'FRAME', u64(10), 'FRAME', u64(0), 'NONE', 'STOP'],
  'an opcode across a frame end': ['PROTO', 4, 'FRAME', u64(2), 'BINUNICODE', raw('\x01\0\0\0a'), 'STOP'],
  'a frame that goes on after STOP': ['PROTO', 4, 'FRAME', u64(4), 'NONE', 'STOP', 'NONE', 'NONE'],
  'a call without a tuple': [global('builtins', 'set'), 'NONE', 'REDUCE', 'STOP'],
  'an object of a function': [global('numpy', 'log1p'), 'EMPTY_TUPLE', 'NEWOBJ', 'STOP'],
  'a state twice': [global('m', 'C'), 'EMPTY_TUPLE', 'NEWOBJ', 'EMPTY_DICT', 'BUILD', 'EMPTY_DICT', 'BUILD', 'STOP'],
  'a wrong argument': [global('builtins', 'set'), 'NONE', 'TUPLE1', 'REDUCE', 'STOP'],
  'bytes of a count': [global('builtins', 'bytes'), 'BININT', raw('\xff\xff\xff\x7f'), 'TUPLE1', 'REDUCE', 'STOP'],
  'entries of an estimator': [
    global('sklearn.pipeline', 'Pipeline'),
    'EMPTY_TUPLE',
    'NEWOBJ',
    'NONE',
    'NONE',
    'SETITEM',
    'STOP',
  ],
};

test.each(Object.entries(MALFORMED))('malformed: %s', (_, pieces) => {
  expect(code(...pieces)).toBe('ML_FORMAT_MALFORMED');
});

const TRUNCATED: Record<string, readonly Piece[]> = {
  'no bytes': [],
  'no STOP': ['NONE'],
  'an operand cut off': ['BININT', 1, 2],
  'a length beyond the end': ['BINUNICODE8', u64(2n ** 63n), 'STOP'],
  'bytes beyond the end': ['BINBYTES8', u64(2n ** 40n), 'STOP'],
  'a line without its end': ['INT', raw('12')],
  'a frame beyond the end': ['PROTO', 4, 'FRAME', u64(100), 'NONE', 'STOP'],
};

test.each(Object.entries(TRUNCATED))('truncated: %s', (_, pieces) => {
  expect(code(...pieces)).toBe('ML_FORMAT_TRUNCATED');
});

test('protocol 6, persistent ids and buffers outside the file are unsupported', () => {
  expect(code('PROTO', 6, 'NONE', 'STOP')).toBe('ML_FORMAT_UNSUPPORTED');
  expect(code('PERSID', raw('1\n'), 'STOP')).toBe('ML_FORMAT_UNSUPPORTED');
  expect(code('NONE', 'BINPERSID', 'STOP')).toBe('ML_FORMAT_UNSUPPORTED');
  expect(code('NEXT_BUFFER', 'STOP')).toBe('ML_FORMAT_UNSUPPORTED');
});

test('persistent ids go through the hook', () => {
  const bytes = pickle(text('id'), 'BINPERSID', 'STOP');
  expect(readPickle(bytes, { persistentLoad: (id) => (id === 'id' ? 'found' : null) }).root).toBe('found');
});

test('marks, POP and DUP work as in CPython', () => {
  expect(root('NONE', 'MARK', 'POP', 'STOP')).toBe(null);
  expect(root('NONE', 'MARK', 'NONE', 'NONE', 'POP_MARK', 'STOP')).toBe(null);
  const list = root('EMPTY_LIST', 'DUP', 'APPEND', 'STOP');
  expect(list).toMatchObject({ kind: 'list' });
  if (typeof list === 'object' && list?.kind === 'list') expect(list.items[0]).toBe(list);
});

test('READONLY_BUFFER, Python 2 strings and old-style integers', () => {
  expect(root('SHORT_BINBYTES', 1, 65, 'READONLY_BUFFER', 'STOP')).toBeInstanceOf(PyBytes);
  expect(root('SHORT_BINSTRING', 1, 65, 'STOP')).toBe('A');
  expect(root('SHORT_BINSTRING', 1, 0xe9, 'STOP')).toMatchObject({ kind: 'bytes', data: Buffer.of(0xe9) });
  expect(root('STRING', raw("'a\\x41\\n\\101\\\\'\n"), 'STOP')).toBe('aA\nA\\');
  expect(root('LONG', raw('12345678901234567890L\n'), 'STOP')).toBe(12345678901234567890n);
  expect(root('INT', raw('01\n'), 'STOP')).toBe(true);
});

test('an empty frame and data between frames are allowed', () => {
  expect(root('PROTO', 4, 'FRAME', u64(0), 'NONE', 'STOP')).toBe(null);
  expect(root('PROTO', 4, 'FRAME', u64(1), 'NONE', 'POP', 'FRAME', u64(2), 'NEWTRUE', 'STOP')).toBe(true);
});

test('names of objects are data, never looked up', () => {
  const value = root(
    'EMPTY_DICT',
    text('__proto__'),
    'NEWTRUE',
    'SETITEM',
    text('constructor'),
    'NONE',
    'SETITEM',
    'STOP',
  );
  expect(value).toBeInstanceOf(PyDict);
  if (value instanceof PyDict)
    expect([value.get('__proto__'), value.get('constructor'), value.get('toString')]).toEqual([true, null, undefined]);
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});

test('trailing bytes are allowed on demand', () => {
  expect(readPickle(pickle('NONE', 'STOP', 1, 2), { trailing: 'allow' }).end).toBe(2);
});

test('an object of an unknown class is kept, named and placed', () => {
  const bytes = pickle('EMPTY_LIST', global('my.code', 'Scorer'), 'EMPTY_TUPLE', 'NEWOBJ', 'APPEND', 'STOP');
  const file = readPickle(bytes);
  expect(file.unknown).toEqual([{ module: 'my.code', name: 'Scorer', offset: 1, path: '[0]' }]);
  expect(readPickle(bytes, { classes: new Set(['my.code.Scorer']) }).unknown).toEqual([]);
  const { root: list } = file;
  if (typeof list === 'object' && list?.kind === 'list') expect(list.items[0]).toBeInstanceOf(PyObject);
});
