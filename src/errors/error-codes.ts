/** The codes that errors can have: `ML_<AREA>_<WHAT>`. A retired code stays here and is never given a new meaning. */
export type ErrorCode =
  | 'ML_OPTIONS_INVALID'
  | 'ML_ENV_INVALID'
  | 'ML_SERVICE_INVALID'
  | 'ML_REGISTRY_CLOSED'
  | 'ML_MODEL_NOT_FOUND'
  | 'ML_MODEL_VERSION_NOT_FOUND'
  | 'ML_MODEL_VERSION_INVALID'
  | 'ML_MODEL_AMBIGUOUS'
  | 'ML_MODEL_NOT_LOADED'
  | 'ML_MODEL_DISPOSED'
  | 'ML_MODEL_METHOD_UNSUPPORTED'
  | 'ML_MODEL_PART_UNKNOWN'
  | 'ML_MODEL_UNLOAD_TIMEOUT'
  | 'ML_METADATA_INVALID'
  | 'ML_ARTEFACT_MISSING'
  | 'ML_ARTEFACT_UNREADABLE'
  | 'ML_ARTEFACT_NOT_A_FILE'
  | 'ML_ARTEFACT_ESCAPES'
  | 'ML_ARTEFACT_EMPTY'
  | 'ML_ARTEFACT_LFS_POINTER'
  | 'ML_ARTEFACT_HTML'
  | 'ML_ARTEFACT_TOO_LARGE'
  | 'ML_ARTEFACT_CHANGED'
  | 'ML_CHECKSUM_MISMATCH'
  | 'ML_CHECKSUM_MISSING'
  | 'ML_CHECKSUM_WEAK'
  | 'ML_CHECKSUM_INVALID'
  | 'ML_SIZE_MISMATCH'
  | 'ML_PUBLISH_EXISTS'
  | 'ML_PUBLISH_REFUSED'
  | 'ML_PUBLISH_LOCKED'
  | 'ML_PUBLISH_FAILED'
  | 'ML_PUBLISH_INTERRUPTED'
  | 'ML_BACKUP_REFUSED'
  | 'ML_BACKUP_MALFORMED'
  | 'ML_BACKUP_FAILED'
  | 'ML_BACKUP_CONFLICT'
  | 'ML_FORMAT_UNKNOWN'
  | 'ML_FORMAT_MALFORMED'
  | 'ML_FORMAT_TRUNCATED'
  | 'ML_FORMAT_UNSAFE'
  | 'ML_FORMAT_UNSUPPORTED'
  | 'ML_FORMAT_NOT_FITTED'
  | 'ML_FORMAT_LIMIT'
  | 'ML_FORMAT_EXTENSION_MISMATCH'
  | 'ML_LOADER_INVALID'
  | 'ML_LOADER_EXISTS'
  | 'ML_LOADER_UNKNOWN'
  | 'ML_LOADER_DEPENDENCY_MISSING'
  | 'ML_LOADER_FAILED'
  | 'ML_SIDECAR_NO_PYTHON'
  | 'ML_SIDECAR_SETUP'
  | 'ML_SIDECAR_SANDBOX'
  | 'ML_SIDECAR_TIMEOUT'
  | 'ML_SIDECAR_LIMIT'
  | 'ML_SIDECAR_CRASHED'
  | 'ML_SIDECAR_PROTOCOL'
  | 'ML_SIDECAR_FAILED'
  | 'ML_SIDECAR_MISMATCH'
  | 'ML_LOAD_BACKOFF'
  | 'ML_LOAD_TIMEOUT'
  | 'ML_CACHE_MODEL_TOO_LARGE'
  | 'ML_CACHE_BUDGET_EXHAUSTED'
  | 'ML_INPUT_INVALID'
  | 'ML_INPUT_FEATURE_COUNT'
  | 'ML_INPUT_FEATURE_NAMES'
  | 'ML_INPUT_DTYPE'
  | 'ML_INPUT_SHAPE'
  | 'ML_INPUT_MISSING_VALUE'
  | 'ML_PREDICT_FAILED'
  | 'ML_OVERLOADED'
  | 'ML_DEADLINE_EXCEEDED'
  | 'ML_WORKER_START_FAILED'
  | 'ML_WORKER_CRASHED'
  | 'ML_WORKER_GIVEN_UP'
  | 'ML_ABORTED';

/** What is documented of a code: `docs/errors.md` is generated from this table. */
export interface ErrorCodeEntry {
  /** Whether the same call may succeed later, unchanged. */
  readonly retryable: boolean;
  readonly meaning: string;
  readonly remedy: string;
}

const final = (meaning: string, remedy: string): ErrorCodeEntry => ({ retryable: false, meaning, remedy });
const retry = (meaning: string, remedy: string): ErrorCodeEntry => ({ retryable: true, meaning, remedy });

/** Every error code with what there is to say of it. */
export const ERROR_CODES: Readonly<Record<ErrorCode, ErrorCodeEntry>> = {
  ML_OPTIONS_INVALID: final('An option has a wrong type or value.', 'Correct the option named in the message.'),
  ML_ENV_INVALID: final('An environment variable has a value that cannot be used.', 'Correct or unset the variable.'),
  ML_SERVICE_INVALID: final(
    'A service class lacks `modelName` or gives a wrong `modelVersion`.',
    'Set the field named in the message in the class.',
  ),
  ML_REGISTRY_CLOSED: final('The registry was closed.', 'Create a new registry, or close it later.'),

  ML_MODEL_NOT_FOUND: final(
    'No file of that model name exists.',
    'Put the file into `models/trained/`, or correct the name; the message lists what is there.',
  ),
  ML_MODEL_VERSION_NOT_FOUND: final(
    'The model exists, but no file satisfies the version asked for.',
    'Ask for a version that the message lists, or add the file.',
  ),
  ML_MODEL_VERSION_INVALID: final(
    'The version asked for is neither a label, a version, a range nor an alias.',
    'Use `latest`, `v1`, `1.2.3`, a semver range or an alias.',
  ),
  ML_MODEL_AMBIGUOUS: final(
    'Two different files have the same name, version and date.',
    'Remove one, give it another version or date, or name one in the metadata.',
  ),
  ML_MODEL_NOT_LOADED: final(
    'Something that only a loaded model knows (`info`, `parts`, `tensors`, `value`) was asked of one that is not loaded.',
    'Await `load()` or a prediction first.',
  ),
  ML_MODEL_DISPOSED: final('The model was disposed, then called.', 'Load it again, or dispose it later.'),
  ML_MODEL_METHOD_UNSUPPORTED: final(
    'The model does not have the method called.',
    'Call one of the methods listed in the message.',
  ),
  ML_MODEL_PART_UNKNOWN: final(
    'The file holds no object or tensor of that name.',
    'Use one of the names in `model.parts` or `model.tensors`.',
  ),
  ML_MODEL_UNLOAD_TIMEOUT: retry(
    'Calls were still in flight when the time for unloading ended; nothing was freed under them.',
    'Call again; the model is freed when the last call ends.',
  ),

  ML_METADATA_INVALID: final(
    'A metadata file is not valid JSON, too large, or a field has a wrong type.',
    'Correct the field named in the message.',
  ),

  ML_ARTEFACT_MISSING: final('A file that was named does not exist.', 'Restore the file, or correct the path.'),
  ML_ARTEFACT_UNREADABLE: retry(
    'The operating system refused or failed to read the file.',
    'Check permissions and the disk; the cause says more.',
  ),
  ML_ARTEFACT_NOT_A_FILE: final(
    'The path is a directory, FIFO, device or socket where a file is needed.',
    'Name a regular file.',
  ),
  ML_ARTEFACT_ESCAPES: final(
    'A path leaves the models directory, directly or through a link.',
    'Keep every file below the models directory.',
  ),
  ML_ARTEFACT_EMPTY: final('The file has no bytes.', 'Copy the file again.'),
  ML_ARTEFACT_LFS_POINTER: final('The file is a Git LFS pointer, not the model.', 'Run `git lfs pull`.'),
  ML_ARTEFACT_HTML: final(
    'The file is an HTML page, probably the error page of a download.',
    'Download the file again.',
  ),
  ML_ARTEFACT_TOO_LARGE: final(
    'The file is larger than `limits.maxModelBytes`.',
    'Raise the limit, or use a smaller model.',
  ),
  ML_ARTEFACT_CHANGED: retry('The file changed while it was read.', 'Publish files with a rename, then load again.'),

  ML_CHECKSUM_MISMATCH: final(
    'The bytes are not those that the metadata describes.',
    'Restore the file, or correct the checksum after making sure where the file comes from.',
  ),
  ML_CHECKSUM_MISSING: final(
    '`verification` is `require` and the metadata has no checksum.',
    'Add `checksum: "sha256:..."` to the metadata.',
  ),
  ML_CHECKSUM_WEAK: final('The checksum is md5 or sha1, which prove nothing.', 'Use sha256.'),
  ML_CHECKSUM_INVALID: final(
    'The checksum is not `<algorithm>:<hex digest>` of the right length.',
    'Write it as `sha256:` and 64 hex digits.',
  ),
  ML_SIZE_MISMATCH: final(
    'The size is not the one that the metadata states: the file is truncated or another one.',
    'Copy the file again, or correct `file_size`.',
  ),

  ML_PUBLISH_EXISTS: final(
    'The models directory has this version already; a version that was published is never overwritten.',
    'Publish it as another version. `details.identical` tells whether the bytes that are there are the same.',
  ),
  ML_PUBLISH_REFUSED: final(
    'The file is not published: it is not safe, does not load, or does not answer as expected.',
    'The message says what was found; `details` has all of it.',
  ),
  ML_PUBLISH_LOCKED: retry(
    'Another process is changing the models directory.',
    'Try again when it is done; the message names it.',
  ),
  ML_PUBLISH_FAILED: retry(
    'The operating system failed while files of a models directory were changed; what was done is undone.',
    'See to the disk, its space and the permissions; then run the command again.',
  ),
  ML_PUBLISH_INTERRUPTED: retry(
    'A change of the models directory is under way, or was interrupted and is not undone yet.',
    'Run `base-ml-service recover`, unless another command is at work.',
  ),
  ML_BACKUP_REFUSED: final(
    'No backup was made: files are not as their metadata says, or cannot be read.',
    'Restore or correct the files that the message lists.',
  ),
  ML_BACKUP_MALFORMED: final(
    'The backup is damaged, incomplete, or not made by this library; nothing was restored.',
    'Use another backup; the message says what is wrong.',
  ),
  ML_BACKUP_FAILED: retry(
    'The operating system failed while a backup was written or read; there is no half backup.',
    'See to the disk, its space and the permissions; then run the command again.',
  ),
  ML_BACKUP_CONFLICT: final(
    'Files of the models directory differ from those of the backup; nothing was restored.',
    'Restore into an empty directory, or ask for replacement (`replace`, `--replace`).',
  ),

  ML_FORMAT_UNKNOWN: final('No loader recognises the content.', 'Register a loader for it, or convert the file.'),
  ML_FORMAT_MALFORMED: final('The file breaks the rules of its format.', 'Export the model again.'),
  ML_FORMAT_TRUNCATED: final('The file ends in the middle.', 'Copy the file again.'),
  ML_FORMAT_UNSAFE: final(
    'The file would run code, or read or write other files.',
    'Do not use it; ask its author for a data-only export.',
  ),
  ML_FORMAT_UNSUPPORTED: final(
    'The file is valid but needs something that cannot be computed here.',
    'The message names what and what to do instead.',
  ),
  ML_FORMAT_NOT_FITTED: final('The estimator in the file was never fitted.', 'Save the model after `fit()`.'),
  ML_FORMAT_LIMIT: final(
    'The content exceeds a limit that keeps files from costing too much.',
    'Raise the limit named in the message if you trust the file.',
  ),
  ML_FORMAT_EXTENSION_MISMATCH: final(
    '`strictExtensions` is on and the content is of another format than the extension says.',
    'Rename the file.',
  ),

  ML_LOADER_INVALID: final(
    'A loader lacks a required member, or gave something that is no model.',
    'Implement the `ModelLoader` contract; the contract suite in `base-ml-service/testing` shows what fails.',
  ),
  ML_LOADER_EXISTS: final(
    'Another loader with this name is registered.',
    'Choose another name, or pass `{ overwrite: true }`.',
  ),
  ML_LOADER_UNKNOWN: final('No loader of that name is registered.', 'Register it, or use one that the message lists.'),
  ML_LOADER_DEPENDENCY_MISSING: final(
    'The loader needs a package that is not installed.',
    'Install the package named in the message.',
  ),
  ML_LOADER_FAILED: final('A loader raised an error of its own.', 'The cause holds the original error.'),

  ML_SIDECAR_NO_PYTHON: final(
    'There is no Python that the sidecar can use: none was found, it does not start, or its version does not fit.',
    'Install the Python that the message names, or name one by the `python` option or `ML_PYTHON`.',
  ),
  ML_SIDECAR_SETUP: retry(
    'The environment of the sidecar could not be made, or a conversion could not be kept; nothing half-done is left.',
    'The message has the reason: network, disk, or a package that is missing.',
  ),
  ML_SIDECAR_SANDBOX: final(
    "`sandbox` is `require`, and a layer of the sidecar's sandbox is not to be had on this machine.",
    "Convert on a machine that has it, or set `sandbox: 'best-effort'` for files that you trust.",
  ),
  ML_SIDECAR_TIMEOUT: retry(
    'The sidecar took longer than its time limit; it was killed.',
    'Raise `timeoutMs` of the sidecar, or convert on a faster machine.',
  ),
  ML_SIDECAR_LIMIT: final(
    'The sidecar reached a limit of memory or output; nothing of its work was kept.',
    'Raise the limit named in the message if you trust the file.',
  ),
  ML_SIDECAR_CRASHED: final(
    'The Python process of the sidecar ended before it gave a result.',
    "The message has the signal or exit code and the end of the process's own output.",
  ),
  ML_SIDECAR_PROTOCOL: final(
    "What came out of the sidecar's pipe does not follow its protocol; nothing of it was kept.",
    'Do not trust the file: a converter does not write there by itself.',
  ),
  ML_SIDECAR_FAILED: final(
    'The Python code of the sidecar raised an error or refused the model.',
    "The message has Python's own; a model that no converter takes needs another export.",
  ),
  ML_SIDECAR_MISMATCH: final(
    'The converted model does not answer as the original does; it was thrown away.',
    'Do not convert this model in this way; the message has the worst row.',
  ),

  ML_LOAD_BACKOFF: retry(
    'The last load failed a short while ago; it is not tried again yet.',
    'Wait for `details.retryAfterMs`, or call `load()` to try at once.',
  ),
  ML_LOAD_TIMEOUT: retry('Loading took longer than `loadTimeoutMs`.', 'Raise the option, or use a smaller model.'),

  ML_CACHE_MODEL_TOO_LARGE: final('The model alone is larger than the memory budget.', 'Raise `cache.maxBytes`.'),
  ML_CACHE_BUDGET_EXHAUSTED: retry(
    'Every model in memory is in use or pinned, and the new one does not fit beside them.',
    'Raise `cache.maxBytes`, unpin models, or try later.',
  ),

  ML_INPUT_INVALID: final(
    'The rows are of a kind that the model does not take.',
    'Pass arrays, records, columns, a tensor or an Arrow table.',
  ),
  ML_INPUT_FEATURE_COUNT: final(
    'A row has more or fewer values than the model has features.',
    'Pass the number of values in the message.',
  ),
  ML_INPUT_FEATURE_NAMES: final(
    'A record lacks a feature, or has one that the model does not know.',
    'Use the names in the message.',
  ),
  ML_INPUT_DTYPE: final(
    'A value has a type that the feature does not take.',
    'Convert the value; the message names row and column.',
  ),
  ML_INPUT_SHAPE: final('A tensor has a shape that does not fit.', 'Pass the shape in the message.'),
  ML_INPUT_MISSING_VALUE: final(
    'A value is missing where the model has no way to express it.',
    'Fill the value before the call.',
  ),

  ML_PREDICT_FAILED: final('The engine failed while it computed.', "The cause holds the engine's own message."),
  ML_OVERLOADED: retry(
    'More calls wait than the limits allow; this one was refused before any work was done.',
    'Wait for `details.retryAfterMs`, send less at once, or raise the limit that the message names.',
  ),
  ML_DEADLINE_EXCEEDED: retry(
    'The time that the caller gave the call (`timeoutMs`) was over before there was a result.',
    'Give more time, or ask with fewer rows; `details.started` says whether work had begun.',
  ),

  ML_WORKER_START_FAILED: retry(
    'The worker that a model runs in could not be started.',
    'The message says why; `place: "inline"` needs no worker.',
  ),
  ML_WORKER_CRASHED: retry(
    'The worker that computed the call ended: it crashed, ran out of memory, or was ended because it hung.',
    'The model is started again by itself. A call that crashes it again and again must not be sent.',
  ),
  ML_WORKER_GIVEN_UP: retry(
    'The worker of this model ended too often in a row and is not started again for now.',
    'Find out what ends it (`details.reason`), then `load()` the model; other models are not affected.',
  ),

  ML_ABORTED: retry("The caller's signal aborted.", 'Call again without aborting.'),
};
