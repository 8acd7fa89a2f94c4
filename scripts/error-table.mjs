// Reads the error codes and the classes that carry them out of src/errors.
import { join } from 'node:path';
import ts from 'typescript';
import { readSource, ROOT, sourceFiles } from './source-files.mjs';

export const CODES_FILE = 'src/errors/error-codes.ts';

/** `ERROR_CODES` as it is written in the source: code to `{ retryable, meaning, remedy }`, in the source's order. */
export async function readErrorCodes() {
  const { outputText } = ts.transpileModule(readSource(CODES_FILE), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const { ERROR_CODES } = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);
  return new Map(Object.entries(ERROR_CODES));
}

/** Error class name to the codes that its constructor takes, from the alias `<Class>Code` beside each class. */
export function readErrorClasses() {
  const files = sourceFiles('src/errors').filter((file) => file.endsWith('-error.ts'));
  const program = ts.createProgram(
    files.map((file) => join(ROOT, file)),
    {
      strict: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      allowImportingTsExtensions: true,
      types: [],
    },
  );
  const checker = program.getTypeChecker();
  const classes = new Map();
  for (const file of files) {
    const source = program.getSourceFile(join(ROOT, file));
    for (const statement of source.statements) {
      if (!ts.isTypeAliasDeclaration(statement) || !statement.name.text.endsWith('ErrorCode')) continue;
      const type = checker.getTypeAtLocation(statement.name);
      const members = type.isUnion() ? type.types : [type];
      const codes = members.filter((member) => member.isStringLiteral()).map((member) => member.value);
      classes.set(statement.name.text.slice(0, -'Code'.length), { codes, file });
    }
  }
  return classes;
}
