// Names that no file and no user can make acceptable, even if they are only referred to. The decision to read a file
// rests on the allow-lists; this list makes a reference that has no harmless use an error that says what it is.
import { python3Name } from './global-names.ts';

/** Modules that run programs, load code, or reach files and the network: everything below them, too. */
const NEVER_MODULES: ReadonlySet<string> = new Set(
  `os posix nt ntpath posixpath sys subprocess _posixsubprocess shutil socket _socket ssl _ssl socketserver
  runpy importlib _frozen_importlib _frozen_importlib_external imp pkgutil zipimport ctypes _ctypes cffi _cffi_backend
  pty tty code codeop pdb bdb pydoc doctest trace profile cProfile _lsprof timeit webbrowser antigravity this
  pickle _pickle cloudpickle shelve marshal inspect gc dis multiprocessing _multiprocessing
  concurrent asyncio _asyncio threading _thread _dummy_thread signal _signal atexit faulthandler resource
  glob fileinput tempfile io _io _pyio mmap fcntl termios select selectors
  http urllib ftplib smtplib poplib imaplib nntplib telnetlib xmlrpc wsgiref
  requests urllib3 aiohttp httpx paramiko pip ensurepip venv distutils setuptools pkg_resources _distutils_hack
  idlelib lib2to3 _pyrepl _osx_support _aix_support sqlite3 _sqlite3 dbm tkinter _tkinter turtle curses
  winreg msvcrt _winapi site sitecustomize usercustomize sysconfig platform crypt spwd pwd grp
  zipfile tarfile ast _ast symtable tokenize linecache py_compile compileall modulefinder
  commands popen2 unittest _testcapi _testinternalcapi _xxsubinterpreters _interpreters xxsubtype
  readline rlcompleter cmd sched nturl2path getpass logging.config`.split(/\s+/),
);

/** Single names: what evaluates, imports, opens, reaches attributes by text, or makes code and functions. */
const NEVER_NAMES: ReadonlySet<string> = new Set(
  `builtins.eval builtins.exec builtins.execfile builtins.compile builtins.open builtins.file builtins.input
  builtins.raw_input builtins.breakpoint builtins.getattr builtins.setattr builtins.delattr builtins.hasattr
  builtins.vars builtins.globals builtins.locals builtins.dir builtins.apply builtins.map builtins.filter
  builtins.memoryview builtins.super builtins.help builtins.exit builtins.quit builtins.reload
  builtins.classmethod builtins.staticmethod builtins.property builtins.callable builtins.iter
  types.CodeType types.FunctionType types.LambdaType types.MethodType types.BuiltinFunctionType types.ModuleType
  types.FrameType types.new_class types.prepare_class types.resolve_bases types.coroutine
  functools.reduce functools.partialmethod functools.singledispatch functools.cached_property
  operator.attrgetter operator.methodcaller operator.itemgetter operator.call
  _operator.attrgetter _operator.methodcaller _operator.itemgetter _operator.call
  itertools.starmap _functools.reduce weakref.finalize contextlib.ExitStack uuid._get_command_stdout
  copyreg.add_extension copyreg.pickle copyreg.constructor copyreg.__newobj__ copyreg.__newobj_ex__
  codecs.open _codecs.lookup codecs.lookup _codecs.register codecs.register logging.FileHandler
  dill._dill._create_function dill._dill._create_code dill._dill._create_cell dill._dill._create_lock
  dill._dill._create_rlock dill._dill._create_filehandle dill._dill._create_stringi dill._dill._create_stringo
  dill._dill._eval_repr dill._dill._import_module dill._dill._get_attr dill._dill._create_type
  dill._dill._create_ftype dill._dill._load_module dill.loads dill.load dill._dill.loads dill._dill.load
  dill.load_session dill.load_module dill.source dill.dill._create_function dill.dill._create_code
  dill.dill._import_module dill.dill._get_attr dill.dill._eval_repr
  joblib.load joblib.numpy_pickle.load joblib.memory.Memory joblib._dask joblib.parallel.Parallel
  numpy.load numpy.fromfile numpy.save numpy.savez numpy.loadtxt numpy.genfromtxt
  numpy.lib.npyio.load numpy.lib._npyio_impl.load numpy.f2py numpy.distutils numpy.testing numpy.ctypeslib
  pandas.read_pickle pandas.io.pickle.read_pickle pandas.eval pandas.core.computation.eval.eval pandas.read_csv
  pandas.DataFrame.to_csv pandas.io.common.get_handle
  torch.load torch.save torch.hub.load torch.package torch.serialization.load torch.storage._load_from_bytes
  torch.utils.cpp_extension torch._inductor torch.jit.load torch.jit.unsupported_tensor_ops.execWrapper
  torch.utils.collect_env torch.utils.bottleneck torch.utils._config_module torch.fx torch.distributed
  keras.models.load_model tensorflow.io tensorflow.python.eager`.split(/\s+/),
);

/** Modules that one reaches as attributes of any other: `sklearn.utils.os`. */
const NEVER_PARTS: ReadonlySet<string> = new Set(
  'os posix nt sys subprocess shutil socket importlib ctypes runpy builtins pickle marshal'.split(' '),
);

/** Functions that are never wanted under any module: `X.system`. */
const NEVER_FUNCTIONS: ReadonlySet<string> = new Set(
  'eval exec execfile system popen spawn run_cmd runstring'.split(' '),
);

/**
 * Why a name can never be accepted, or `undefined` where nothing is known against it. Names of Python 2 are judged
 * by what they are today as well, whatever protocol the stream declares.
 */
export function neverReason(module: string, name: string): string | undefined {
  const [module3, name3] = python3Name(module, name);
  return reasonFor(module, name) ?? reasonFor(module3, name3);
}

function reasonFor(module: string, name: string): string | undefined {
  const full = `${module}.${name}`;
  for (let end = full.indexOf('.'); end >= 0; end = full.indexOf('.', end + 1)) {
    const prefix = full.slice(0, end);
    if (end <= module.length && NEVER_MODULES.has(prefix)) return `the module ${prefix} is never allowed`;
    if (NEVER_NAMES.has(prefix)) return `${prefix} is never allowed`;
  }
  if (NEVER_NAMES.has(full)) return `${full} is never allowed`;
  for (const part of name.split('.')) {
    if (part.length > 4 && part.startsWith('__') && part.endsWith('__')) return `${part} reaches into the interpreter`;
  }
  for (const part of [...module.split('.').slice(1), ...name.split('.')]) {
    if (NEVER_PARTS.has(part)) return `the module ${part} is reached through it`;
  }
  const last = name.slice(name.lastIndexOf('.') + 1);
  if (NEVER_FUNCTIONS.has(last)) return `${last} is never allowed`;
  return undefined;
}
