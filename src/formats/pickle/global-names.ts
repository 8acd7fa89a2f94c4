/** Modules that Python 3 renamed; a pickle of protocol 0 to 2 may use the old names. */
const RENAMED_MODULES: ReadonlyMap<string, string> = new Map([
  ['__builtin__', 'builtins'],
  ['exceptions', 'builtins'],
  ['copy_reg', 'copyreg'],
  ['cPickle', 'pickle'],
  ['commands', 'subprocess'],
  ['thread', '_thread'],
  ['dummy_thread', '_dummy_thread'],
  ['UserDict', 'collections'],
  ['UserList', 'collections'],
  ['UserString', 'collections'],
  ['_abcoll', 'collections.abc'],
  ['StringIO', 'io'],
  ['cStringIO', 'io'],
  ['Queue', 'queue'],
  ['urllib2', 'urllib.request'],
  ['httplib', 'http.client'],
  ['xmlrpclib', 'xmlrpc.client'],
  ['SocketServer', 'socketserver'],
  ['_winreg', 'winreg'],
  ['anydbm', 'dbm'],
  ['whichdb', 'dbm'],
]);

/** Names that Python 3 renamed or moved, as `module name`. */
const RENAMED_NAMES: ReadonlyMap<string, readonly [module: string, name: string]> = new Map([
  ['__builtin__ xrange', ['builtins', 'range']],
  ['__builtin__ unicode', ['builtins', 'str']],
  ['__builtin__ basestring', ['builtins', 'str']],
  ['__builtin__ long', ['builtins', 'int']],
  ['__builtin__ unichr', ['builtins', 'chr']],
  ['__builtin__ reduce', ['functools', 'reduce']],
  ['__builtin__ intern', ['sys', 'intern']],
  ['UserDict IterableUserDict', ['collections', 'UserDict']],
  ['itertools izip', ['builtins', 'zip']],
  ['itertools imap', ['builtins', 'map']],
  ['itertools ifilter', ['builtins', 'filter']],
  ['socket _socketobject', ['socket', 'SocketType']],
  ['_socket fromfd', ['socket', 'fromfd']],
  ['_multiprocessing Connection', ['multiprocessing.connection', 'Connection']],
]);

/** A name as Python 3 has it. */
export function python3Name(module: string, name: string): readonly [module: string, name: string] {
  return RENAMED_NAMES.get(`${module} ${name}`) ?? [RENAMED_MODULES.get(module) ?? module, name];
}

/**
 * Six builds of scikit-learn name the module of their compiled losses `_loss`, without its packages: the same classes.
 */
export function fullModule(module: string): string {
  return module === '_loss' ? 'sklearn._loss._loss' : module;
}

const IDENTIFIER_PATH =
  /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*(?:\.[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*)*$/u;

/** Whether a text can be the name of a module or a (nested) class: identifiers with dots. */
export function isIdentifierPath(text: string): boolean {
  return text.length <= 512 && IDENTIFIER_PATH.test(text);
}
