import type { FormatError } from '../../errors/format-error.ts';
import { type PythonFile, readPythonFile } from '../../formats/joblib/read-python-file.ts';
import { ConstructContext } from '../../sklearn/base/construct.ts';
import { ESTIMATORS } from '../../sklearn/estimators.ts';
import type { ModelLoader, ScanContext } from '../../spec/model-loader.ts';
import type { Finding } from '../../spec/scan.ts';
import { descriptor } from './pickle-format.ts';
import { PickleContents } from './pickle-contents.ts';

/**
 * `.pkl` and `.joblib`: parsed to inert values, judged by an exact allow-list, then built natively.
 * Nothing in the file is executed and no Python runs.
 */
export const loader: ModelLoader = {
  ...descriptor,
  async load(context) {
    context.phase('parse');
    const file = await readPythonFile(context.artefact.bytes, { signal: context.signal });
    context.phase('build');
    return new PickleContents(new ConstructContext(ESTIMATORS), context).read(file.root);
  },
  scan,
};

async function scan({ artefact, signal }: ScanContext): Promise<readonly Finding[]> {
  const unsafe: FormatError[] = [];
  const file = await readPythonFile(artefact.bytes, { signal, onUnsafe: (error) => unsafe.push(error) });
  return [...unsafe.map(unsafeFinding), ...unknownFindings(file)];
}

function unsafeFinding(error: FormatError): Finding {
  const { offset } = error.details;
  return {
    severity: 'unsafe',
    code: error.code,
    message: error.message,
    ...(typeof offset === 'number' && { offset }),
  };
}

function unknownFindings(file: PythonFile): Finding[] {
  return file.unknown.map(({ module, name, offset, path }) => ({
    severity: 'unsupported',
    code: 'ML_FORMAT_UNSUPPORTED',
    message: `${module}.${name}${path === '' ? '' : ` at ${path}`} is not known; it is left unread`,
    offset,
  }));
}
