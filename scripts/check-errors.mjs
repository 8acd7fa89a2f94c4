// Keeps error codes, classes and source in step: each code belongs to one class and is raised somewhere, and every
// ML_... literal in src is a code or an environment variable.
import ts from 'typescript';
import { CODES_FILE, readErrorClasses, readErrorCodes } from './error-table.mjs';
import { finish, nodesOf, parseSource, placeOf, sourceFiles } from './source-files.mjs';

const ENVIRONMENT =
  /^ML_(MODELS_DIR|MODELS_LOCK|MODEL_(?:.*_)?(?:PATH|VERSION|PLACE)|EXECUTION_PLACE|CACHE_DIR|MAX_MODEL_BYTES|PYTHON|SIDECAR|MODEL_)$/;
/** A process warning has a code too, which nobody catches: it is no error code. */
function inWarning(node) {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isCallExpression(at)) return at.expression.getText() === 'process.emitWarning';
  }
  return false;
}

const codes = await readErrorCodes();
const classes = readErrorClasses();
const problems = [];

for (const code of codes.keys()) {
  const owners = [...classes].filter(([, { codes: own }]) => own.includes(code)).map(([name]) => name);
  if (owners.length !== 1) {
    problems.push(
      `${code}: belongs to ${owners.length === 0 ? 'no error class' : owners.join(' and ')}, not to exactly one`,
    );
  }
}

const raised = new Set();
for (const file of sourceFiles()) {
  if (file === CODES_FILE) continue;
  for (const node of nodesOf(parseSource(file))) {
    if (!ts.isStringLiteralLike(node) || !/^ML_[A-Z0-9_]+$/.test(node.text)) continue;
    if (codes.has(node.text)) {
      if (!file.startsWith('src/errors/')) raised.add(node.text);
    } else if (!ENVIRONMENT.test(node.text) && !inWarning(node)) {
      problems.push(`${placeOf(node)}: '${node.text}' is no code of ${CODES_FILE} and no environment variable`);
    }
  }
}
for (const code of codes.keys()) {
  if (!raised.has(code)) problems.push(`${code}: nothing in src raises it`);
}

finish('check-errors', problems, `${codes.size} codes in ${classes.size} classes`);
