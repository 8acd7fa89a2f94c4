import { isDict, isTuple } from './arguments.ts';
import type { CallContext } from './callable-spec.ts';
import { Cursor, MAX_TEXT_BYTES } from './cursor.ts';
import { GlobalTable } from './global-table.ts';
import { DEFAULT_PICKLE_LIMITS, type PickleLimits } from './limits.ts';
import { Memo } from './memo.ts';
import { type PyGlobal, PyBytes, PyFloat, PyList, PyObject, PyTuple, type PyValue } from './nodes.ts';
import { addItems, appendItems, buildObject, callAllowed, frozenSet, newObject, setItems } from './object-building.ts';
import { OP } from './opcodes.ts';
import type { GlobalUse, PickleOptions } from './pickle-options.ts';
import { PickleStack } from './pickle-stack.ts';
import { malformed, overLimit, truncated, unsafe, unsupported } from './problems.ts';
import { PyDict, PySet } from './py-dict.ts';
import {
  decodeLong,
  parseFloatText,
  parseInteger,
  parseQuoted,
  parseRawUnicode,
  python2String,
} from './text-operands.ts';
import { FormatError } from '../../errors/format-error.ts';

const HIGHEST_PROTOCOL = 5;
/** There is one empty tuple, as in CPython. */
const EMPTY_TUPLE = new PyTuple([]);

/**
 * Runs a pickle of protocol 0 to 5 over bytes in memory and builds inert values. Nothing of the file is executed,
 * imported or looked up. `run` works in slices, so that a large file does not hold the event loop.
 *
 * Every method throws FormatError: `ML_FORMAT_UNSAFE` where Python would run code, `ML_FORMAT_MALFORMED` and
 * `ML_FORMAT_TRUNCATED` for broken streams, `ML_FORMAT_LIMIT`, `ML_FORMAT_UNSUPPORTED`.
 */
export class PickleMachine {
  readonly #cursor: Cursor;
  readonly #options: PickleOptions;
  readonly #limits: PickleLimits;
  readonly #stack: PickleStack;
  readonly #memo: Memo;
  /** Shared with nested streams: one list of names for the whole file. */
  readonly #globals: GlobalTable;
  readonly #start: number;
  readonly #context: CallContext & { offset: number };
  #child: { readonly machine: PickleMachine; readonly accept: (value: PyValue) => PyValue } | undefined;
  #protocol = 0;
  #opcodes = 0;
  #nodes = 0;
  #result: { readonly value: PyValue } | undefined;
  #sklearnVersion: string | undefined;

  constructor(bytes: Uint8Array, options: PickleOptions = {}, globals?: GlobalTable) {
    this.#options = options;
    this.#limits = { ...DEFAULT_PICKLE_LIMITS, ...options.limits };
    this.#start = options.start ?? 0;
    this.#cursor = new Cursor(bytes, this.#start);
    this.#stack = new PickleStack(this.#limits.maxNesting);
    this.#memo = new Memo(this.#limits.maxMemo);
    this.#globals = globals ?? new GlobalTable(options.classes, (error) => this.#reportUnsafe(error));
    this.#context = {
      offset: 0,
      charge: (elements) => this.#charge(elements),
      global: (module, name) => this.#globals.resolve([module, name], HIGHEST_PROTOCOL, this.#context.offset),
    };
  }

  /** The value, once `run` has returned true. */
  get value(): PyValue {
    if (this.#result === undefined) throw truncated('it has no value yet');
    return this.#result.value;
  }

  /** The protocol that the stream declares; 0 where it declares none. */
  get protocol(): number {
    return this.#protocol;
  }

  /** Where the stream ended, one past STOP. */
  get end(): number {
    return this.#cursor.position;
  }

  /** The names that were used so far, those of nested streams among them. */
  get globals(): GlobalUse[] {
    return this.#globals.uses();
  }

  /** The `_sklearn_version` of the last object that had one: the outermost. */
  get sklearnVersion(): string | undefined {
    return this.#sklearnVersion;
  }

  /** Runs at most `operations` opcodes. Returns whether the stream is done. */
  run(operations: number = Number.POSITIVE_INFINITY): boolean {
    for (let left = operations; left > 0 && this.#result === undefined; left--) {
      if (this.#child === undefined) {
        this.#step();
      } else {
        const { machine, accept } = this.#child;
        if (!machine.run(left)) return false;
        this.#child = undefined;
        this.#cursor.position = machine.end;
        this.#opcodes += machine.#opcodes;
        this.#nodes += machine.#nodes;
        this.#stack.replaceTop(accept(machine.value), machine.end);
      }
    }
    return this.#result !== undefined;
  }

  #step(): void {
    const cursor = this.#cursor;
    const stack = this.#stack;
    const context = this.#context;
    const at = cursor.position;
    context.offset = at;
    if (at >= cursor.bytes.length) throw truncated('it has no STOP', at);
    if (++this.#opcodes > this.#limits.maxOpcodes) throw this.#over('maxOpcodes', 'more opcodes');
    const opcode = cursor.uint8();
    switch (opcode) {
      case OP.PROTO:
        this.#setProtocol(cursor.uint8(), at);
        break;
      case OP.FRAME:
        cursor.beginFrame(cursor.uint64());
        break;
      case OP.STOP:
        this.#stop(at);
        break;

      case OP.MARK:
        stack.mark(at);
        break;
      case OP.POP:
        stack.discard(at);
        break;
      case OP.POP_MARK:
        stack.popMark(at);
        break;
      case OP.DUP:
        stack.push(stack.top(at));
        break;

      case OP.NONE:
        stack.push(null);
        break;
      case OP.NEWTRUE:
        stack.push(true);
        break;
      case OP.NEWFALSE:
        stack.push(false);
        break;
      case OP.BININT:
        stack.push(cursor.int32());
        break;
      case OP.BININT1:
        stack.push(cursor.uint8());
        break;
      case OP.BININT2:
        stack.push(cursor.uint16());
        break;
      case OP.LONG1:
        stack.push(this.#long(cursor.uint8(), at));
        break;
      case OP.LONG4:
        stack.push(this.#long(cursor.int32(), at));
        break;
      case OP.INT: {
        const text = cursor.line('INT');
        if (text === '00' || text === '01') stack.push(text === '01');
        else stack.push(parseInteger(text, this.#limits.maxIntegerDigits, at));
        break;
      }
      case OP.LONG:
        stack.push(parseInteger(cursor.line('LONG').replace(/L$/, ''), this.#limits.maxIntegerDigits, at));
        break;
      case OP.FLOAT:
        this.#push(new PyFloat(parseFloatText(cursor.line('FLOAT'), at)));
        break;
      case OP.BINFLOAT:
        this.#push(new PyFloat(cursor.float64()));
        break;

      case OP.SHORT_BINUNICODE:
        this.#push(cursor.utf8(cursor.uint8(), 'text'));
        break;
      case OP.BINUNICODE:
        this.#push(cursor.utf8(cursor.uint32(), 'text'));
        break;
      case OP.BINUNICODE8:
        this.#push(cursor.utf8(cursor.uint64(), 'text'));
        break;
      case OP.UNICODE:
        this.#push(parseRawUnicode(cursor.line('UNICODE'), at));
        break;
      case OP.STRING:
        this.#push(parseQuoted(cursor.line('STRING').trimEnd(), at));
        break;
      case OP.SHORT_BINSTRING:
        this.#push(this.#python2(cursor.uint8()));
        break;
      case OP.BINSTRING:
        this.#push(this.#python2(this.#length(cursor.int32(), at)));
        break;
      case OP.SHORT_BINBYTES:
        this.#push(new PyBytes(cursor.view(cursor.uint8(), 'bytes')));
        break;
      case OP.BINBYTES:
        this.#push(new PyBytes(cursor.view(cursor.uint32(), 'bytes')));
        break;
      case OP.BINBYTES8:
        this.#push(new PyBytes(cursor.view(cursor.uint64(), 'bytes')));
        break;
      case OP.BYTEARRAY8:
        this.#push(new PyBytes(cursor.view(cursor.uint64(), 'bytes'), true));
        break;

      case OP.EMPTY_TUPLE:
        stack.push(EMPTY_TUPLE);
        break;
      case OP.TUPLE1:
        this.#push(new PyTuple([stack.pop(at)]));
        break;
      case OP.TUPLE2: {
        const second = stack.pop(at);
        this.#push(new PyTuple([stack.pop(at), second]));
        break;
      }
      case OP.TUPLE3: {
        const third = stack.pop(at);
        const second = stack.pop(at);
        this.#push(new PyTuple([stack.pop(at), second, third]));
        break;
      }
      case OP.TUPLE:
        this.#tuple(stack.popMark(at));
        break;
      case OP.EMPTY_LIST:
        this.#push(new PyList());
        break;
      case OP.LIST:
        this.#push(new PyList(stack.popMark(at)));
        break;
      case OP.EMPTY_DICT:
        this.#push(new PyDict());
        break;
      case OP.DICT: {
        const dict = new PyDict();
        setItems(dict, stack.popMark(at), context);
        this.#push(dict);
        break;
      }
      case OP.EMPTY_SET:
        this.#push(new PySet());
        break;
      case OP.FROZENSET:
        this.#push(frozenSet(stack.popMark(at), context));
        break;
      case OP.APPEND: {
        const item = stack.pop(at);
        appendItems(stack.top(at), [item], at);
        break;
      }
      case OP.APPENDS: {
        const items = stack.popMark(at);
        appendItems(stack.top(at), items, at);
        break;
      }
      case OP.SETITEM: {
        const value = stack.pop(at);
        const key = stack.pop(at);
        setItems(stack.top(at), [key, value], context);
        break;
      }
      case OP.SETITEMS: {
        const pairs = stack.popMark(at);
        setItems(stack.top(at), pairs, context);
        break;
      }
      case OP.ADDITEMS: {
        const items = stack.popMark(at);
        addItems(stack.top(at), items, context);
        break;
      }

      case OP.PUT:
        this.#memo.put(this.#index(cursor.line('PUT'), at), stack.top(at), at);
        break;
      case OP.BINPUT:
        this.#memo.put(cursor.uint8(), stack.top(at), at);
        break;
      case OP.LONG_BINPUT:
        this.#memo.put(cursor.uint32(), stack.top(at), at);
        break;
      case OP.MEMOIZE:
        this.#memo.put(this.#memo.size, stack.top(at), at);
        break;
      case OP.GET:
        stack.push(this.#memo.get(this.#index(cursor.line('GET'), at), at));
        break;
      case OP.BINGET:
        stack.push(this.#memo.get(cursor.uint8(), at));
        break;
      case OP.LONG_BINGET:
        stack.push(this.#memo.get(cursor.uint32(), at));
        break;

      case OP.GLOBAL:
        stack.push(this.#global(cursor.line('GLOBAL'), cursor.line('GLOBAL'), at));
        break;
      case OP.STACK_GLOBAL: {
        const name = stack.pop(at);
        const module = stack.pop(at);
        if (typeof name !== 'string' || typeof module !== 'string') throw malformed('a name is no text', at);
        stack.push(this.#globals.resolve([module, name], this.#protocol, at));
        break;
      }
      case OP.REDUCE: {
        const args = stack.pop(at);
        if (!isTuple(args)) throw malformed('a call has no tuple of arguments', at);
        this.#call(stack.pop(at), args.items);
        break;
      }
      case OP.INST: {
        const cls = this.#global(cursor.line('INST'), cursor.line('INST'), at);
        this.#call(cls, stack.popMark(at));
        break;
      }
      case OP.OBJ: {
        const [cls, ...args] = stack.popMark(at);
        this.#call(cls, args);
        break;
      }
      case OP.NEWOBJ:
        this.#newObject(stack.pop(at), undefined, at);
        break;
      case OP.NEWOBJ_EX: {
        const kwargs = stack.pop(at);
        if (!isDict(kwargs) || kwargs.keys().some((key) => typeof key !== 'string')) {
          throw malformed('keyword arguments are no dictionary of names', at);
        }
        this.#newObject(stack.pop(at), kwargs, at);
        break;
      }
      case OP.BUILD:
        this.#build(at);
        break;

      case OP.PERSID:
        this.#persistent(cursor.line('PERSID'), at);
        break;
      case OP.BINPERSID:
        this.#persistent(stack.pop(at), at);
        break;
      case OP.EXT1:
      case OP.EXT2:
      case OP.EXT4:
        throw unsafe('uses the extension registry, whose names only the writing program knows', at);
      case OP.NEXT_BUFFER:
        throw unsupported('keeps data outside itself, in buffers that are not in the file', at);
      case OP.READONLY_BUFFER:
        if (!(stack.top(at) instanceof PyBytes)) throw malformed('a buffer is no bytes', at);
        break;
      default:
        throw malformed(`0x${opcode.toString(16).padStart(2, '0')} is no opcode`, at);
    }
  }

  #setProtocol(protocol: number, at: number): void {
    if (at !== this.#start) throw malformed('the protocol is declared in the middle', at);
    if (protocol > HIGHEST_PROTOCOL)
      throw unsupported(`has protocol ${protocol}; 0 to ${HIGHEST_PROTOCOL} are known`, at);
    this.#protocol = protocol;
  }

  #stop(at: number): void {
    const value = this.#stack.result(at);
    const { position, bytes, outsideFrame } = this.#cursor;
    if (!outsideFrame) throw malformed('a frame goes on after STOP', position);
    if (position < bytes.length && (this.#options.trailing ?? 'refuse') === 'refuse') {
      throw malformed(`${bytes.length - position} bytes follow STOP`, position);
    }
    this.#result = { value };
  }

  /** Pushes a value that takes memory of its own. */
  #push(value: PyValue): void {
    if (++this.#nodes > this.#limits.maxNodes) throw this.#over('maxNodes', 'more objects');
    this.#stack.push(value);
  }

  #tuple(items: readonly PyValue[]): void {
    if (items.length === 0) this.#stack.push(EMPTY_TUPLE);
    else this.#push(new PyTuple(items));
  }

  #charge(elements: number): void {
    this.#opcodes += elements;
    if (this.#opcodes > this.#limits.maxOpcodes) throw this.#over('maxOpcodes', 'more work');
  }

  #over(limit: 'maxOpcodes' | 'maxNodes', what: string): Error {
    return overLimit(limit, this.#limits[limit], what, this.#cursor.position);
  }

  #length(length: number, at: number): number {
    if (length < 0) throw malformed(`a length is ${length}`, at);
    return length;
  }

  #long(length: number, at: number): number | bigint {
    const { maxIntegerBytes } = this.#limits;
    if (this.#length(length, at) > maxIntegerBytes) {
      throw overLimit('maxIntegerBytes', maxIntegerBytes, `an integer of ${length} bytes`, at);
    }
    return decodeLong(this.#cursor.view(length, 'an integer'));
  }

  #python2(length: number): PyValue {
    const bytes = this.#cursor.view(length, 'a string');
    if (length > MAX_TEXT_BYTES) return new PyBytes(bytes);
    for (let i = 0; i < length; i++) if ((bytes[i] as number) > 0x7f) return new PyBytes(bytes);
    return python2String(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
  }

  #index(text: string, at: number): number {
    if (!/^\d{1,10}$/.test(text)) throw malformed(`${JSON.stringify(text.slice(0, 40))} is no memo index`, at);
    return Number(text);
  }

  #global(module: string, name: string, at: number): PyGlobal {
    const decode = (line: string): string => Buffer.from(line, 'latin1').toString('utf8');
    return this.#globals.resolve([decode(module), decode(name)], this.#protocol, at);
  }

  #call(callee: PyValue | undefined, args: readonly PyValue[]): void {
    this.#push(this.#guarded(callee, args, () => callAllowed(callee, args, this.#context)));
  }

  #newObject(args: PyValue, kwargs: PyDict | undefined, at: number): void {
    const cls = this.#stack.pop(at);
    if (!isTuple(args)) throw malformed('an object has no tuple of arguments', at);
    this.#push(this.#guarded(cls, args.items, () => newObject(cls, args.items, kwargs, this.#context)));
  }

  /** Where unsafe calls are only listed, their result is a record, so that the rest of the stream can be looked at. */
  #guarded(callee: PyValue | undefined, args: readonly PyValue[], make: () => PyValue): PyValue {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof FormatError) || error.code !== 'ML_FORMAT_UNSAFE') throw error;
      this.#reportUnsafe(error);
      const cls =
        typeof callee === 'object' && callee?.kind === 'global' ? callee : this.#context.global('builtins', 'object');
      return new PyObject(cls, { args });
    }
  }

  #reportUnsafe(error: FormatError): void {
    if (this.#options.onUnsafe === undefined) throw error;
    this.#options.onUnsafe(error);
  }

  #build(at: number): void {
    const state = this.#stack.pop(at);
    const target = this.#stack.top(at);
    buildObject(target, state, this.#context);
    if (!(target instanceof PyObject)) return;
    const version = target.cls.module.startsWith('sklearn.') ? target.attr('_sklearn_version') : undefined;
    if (typeof version === 'string') this.#sklearnVersion = version;
    const next = this.#options.afterBuild?.(target, this.#cursor);
    if (next === undefined) return;
    if (!('nested' in next)) {
      this.#stack.replaceTop(next.value, at);
      return;
    }
    // One level only: a nested stream is a plain pickle, without the hooks of its container.
    const { limits, classes, onUnsafe } = this.#options;
    const options: PickleOptions = {
      start: this.#cursor.position,
      trailing: 'allow',
      limits: {
        ...limits,
        maxOpcodes: this.#limits.maxOpcodes - this.#opcodes,
        maxNodes: this.#limits.maxNodes - this.#nodes,
      },
      classes,
      ...(onUnsafe === undefined ? {} : { onUnsafe }),
    };
    const machine = new PickleMachine(this.#cursor.bytes, options, this.#globals);
    this.#child = { machine, accept: next.accept };
  }

  #persistent(id: PyValue, at: number): void {
    const load = this.#options.persistentLoad;
    if (load === undefined) throw unsupported('refers to objects that are stored elsewhere (a persistent id)', at);
    this.#push(load(id, at));
  }
}
