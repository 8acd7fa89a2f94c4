// Nothing that Python would call is accepted, and nothing is hidden in the arguments of what is allowed.
import { expect, test } from 'vitest';
import type { FormatError } from '../../../src/errors/format-error.ts';
import { neverReason } from '../../../src/formats/pickle/never-list.ts';
import { readPickle } from '../../../src/formats/pickle/read-pickle.ts';
import { codeOf, global, type Piece, pickle, raw, text } from './opcodes.ts';

const UNSAFE: Record<string, readonly Piece[]> = {
  'os.system referred to': [global('os', 'system'), 'STOP'],
  'os.system called': [global('os', 'system'), text('x'), 'TUPLE1', 'REDUCE', 'STOP'],
  'by STACK_GLOBAL': [text('posix'), text('system'), 'STACK_GLOBAL', 'STOP'],
  'by INST': ['MARK', text('x'), 'INST', raw('os\nsystem\n'), 'STOP'],
  'by OBJ': ['MARK', global('os', 'system'), text('x'), 'OBJ', 'STOP'],
  'an unknown callable': [global('my.code', 'run'), 'EMPTY_TUPLE', 'REDUCE', 'STOP'],
  'an unknown callable by INST': ['MARK', 'INST', raw('my.code\nrun\n'), 'STOP'],
  'a known class called': [global('sklearn.pipeline', 'Pipeline'), 'EMPTY_TUPLE', 'REDUCE', 'STOP'],
  'a value called': [global('numpy', 'log1p'), 'BININT1', 1, 'TUPLE1', 'REDUCE', 'STOP'],
  'a list called': ['EMPTY_LIST', 'EMPTY_TUPLE', 'REDUCE', 'STOP'],
  'a name of Python 2': [global('commands', 'getoutput'), 'STOP'],
  'a name of Python 2 in protocol 4': ['PROTO', 4, global('__builtin__', 'eval'), 'STOP'],
  'a module reached through another': [global('sklearn.utils', 'os.path'), 'STOP'],
  'a module as a value': [global('sklearn.utils', 'sys'), 'STOP'],
  'an attribute of the interpreter': [global('my', 'f.__globals__'), 'STOP'],
  'defaultdict of a function': [
    global('collections', 'defaultdict'),
    global('builtins', 'print'),
    'TUPLE1',
    'REDUCE',
    'STOP',
  ],
  'a reconstructor of a function': [
    global('copyreg', '_reconstructor'),
    global('numpy', 'log1p'),
    global('builtins', 'object'),
    'NONE',
    'TUPLE3',
    'REDUCE',
    'STOP',
  ],
  'an array of an unknown class': [
    global('numpy.core.multiarray', '_reconstruct'),
    global('m', 'C'),
    'EMPTY_TUPLE',
    text('b'),
    'TUPLE3',
    'REDUCE',
    'STOP',
  ],
  'an index of an unknown class': [
    global('pandas.core.indexes.base', '_new_Index'),
    global('m', 'C'),
    'EMPTY_DICT',
    'TUPLE2',
    'REDUCE',
    'STOP',
  ],
  'a ufunc of another module': [
    global('numpy.core', '_ufunc_reconstruct'),
    text('os'),
    text('system'),
    'TUPLE2',
    'REDUCE',
    'STOP',
  ],
  "dill's function type": [global('dill._dill', '_load_type'), text('FunctionType'), 'TUPLE1', 'REDUCE', 'STOP'],
  "dill's code": [global('dill._dill', '_create_code'), 'STOP'],
  'a class that is changed': [global('sklearn.pipeline', 'Pipeline'), 'EMPTY_DICT', 'BUILD', 'STOP'],
  'an attribute __class__': [
    global('m', 'C'),
    'EMPTY_TUPLE',
    'NEWOBJ',
    'EMPTY_DICT',
    text('__class__'),
    'NONE',
    'SETITEM',
    'BUILD',
    'STOP',
  ],
  'the extension registry': ['EXT1', 1, 'STOP'],
};

test.each(Object.entries(UNSAFE))('unsafe: %s', (_, pieces) => {
  expect(codeOf(() => readPickle(pickle(...pieces)))).toBe('ML_FORMAT_UNSAFE');
});

test('the message names what, where and what to do', () => {
  expect(() => readPickle(pickle('NONE', 'POP', global('my.code', 'run'), 'EMPTY_TUPLE', 'REDUCE', 'STOP'))).toThrow(
    'would call my.code.run (byte 16). Nothing was run. Do not use the file',
  );
});

test('a registered class does not lift the list of names that are never allowed', () => {
  const bytes = pickle(global('os', 'system'), 'STOP');
  expect(codeOf(() => readPickle(bytes, { classes: { has: () => true } }))).toBe('ML_FORMAT_UNSAFE');
});

test('a scan lists everything unsafe and reads on', () => {
  const found: FormatError[] = [];
  const call: Piece[] = [global('os', 'system'), text('x'), 'TUPLE1', 'REDUCE'];
  const file = readPickle(pickle(...call, 'POP', global('my', 'f'), 'EMPTY_TUPLE', 'REDUCE', 'STOP'), {
    onUnsafe: (e) => found.push(e),
  });
  expect(found.map((e) => e.message.split(' (byte')[0])).toEqual([
    'The pickle refers to os.system: the module os is never allowed',
    'The pickle would call os.system',
    'The pickle would call my.f',
  ]);
  expect(file.globals.map((g) => `${g.module}.${g.name}`)).toEqual(['os.system', 'my.f']);
});

test('harmless names are not on the list', () => {
  for (const [module, name] of [
    ['sklearn.pipeline', 'Pipeline'],
    ['numpy.core.multiarray', '_reconstruct'],
    ['sklearn._loss._loss', '__pyx_unpickle_CyHalfBinomialLoss'],
    ['numpy.random._pickle', '__randomstate_ctor'],
    ['osprey.model', 'Model'],
    ['codename.x', 'Y'],
  ] as const) {
    expect(neverReason(module, name)).toBeUndefined();
  }
});
