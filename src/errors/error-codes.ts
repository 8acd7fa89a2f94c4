import type { ErrorCode } from './error-code.ts';

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
  ML_OPTIONS_DEPENDENCY_MISSING: final(
    'What was asked for needs a package that cannot be imported.',
    'Install the package named in the message.',
  ),
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

  ML_ARTEFACT_PERMISSIONS: final(
    'Others than the owner may write to the file, or to a folder that it is in.',
    'Take the permission away (`chmod go-w`), or set `filePermissions` to `warn`.',
  ),

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

  ML_LOCK_MISSING: final(
    'The lock file, or the model in it, or a file that the model needs, is missing.',
    'Look at where the file comes from, then write the lock again with `npx base-ml-service lock`.',
  ),
  ML_LOCK_INVALID: final(
    'The lock file cannot be read, or is none.',
    'Write it again with `npx base-ml-service lock`; do not edit it.',
  ),
  ML_LOCK_MISMATCH: final(
    'A model or its metadata is not what the lock file pins.',
    'Restore the file; write the lock again only after making sure who changed it.',
  ),
  ML_SIGNATURE_MISSING: final(
    'Signatures are required and none lies beside the model.',
    'Sign the model into `<file>.sig`, or its folder into `model.sig`.',
  ),
  ML_SIGNATURE_MALFORMED: final(
    'The signature file is no OpenSSF Model Signing bundle, or breaks its rules.',
    'Copy the signature again, or sign the model again.',
  ),
  ML_SIGNATURE_UNSUPPORTED: final(
    'The signature needs something that is not to be had here: a hash, or packages that are not installed.',
    'Install what the message names, or sign with sha256.',
  ),
  ML_SIGNATURE_UNTRUSTED: final(
    'The signature was made by someone, or in a way, that is not trusted here: another method, authority, identity, or time.',
    'Trust the signer in `authenticity.signatures` if you know who it is; else do not use the model.',
  ),
  ML_SIGNATURE_INVALID: final(
    'The signature does not belong to its content, or was not made with a trusted key.',
    'Do not use the model; fetch it and its signature again from the publisher.',
  ),
  ML_SIGNATURE_MISMATCH: final(
    'The files are not those that were signed: one was changed, added, removed, or is a link.',
    'Do not use the model; restore the files, or sign again after making sure what changed.',
  ),
  ML_ENCRYPTION_INVALID: final(
    'The file is no encrypted model of a known form, or it is plain where an encrypted one is needed.',
    'Encrypt the file again, or update the library.',
  ),
  ML_ENCRYPTION_KEY_MISSING: final(
    'The file is encrypted, and there is no key for it.',
    'Give `encryption.key`, a function that gives the key for the id in the message.',
  ),
  ML_ENCRYPTION_KEY_INVALID: final('What was given as a key is not 32 bytes.', 'Give a `Uint8Array` of 32 bytes.'),
  ML_ENCRYPTION_KEY_UNAVAILABLE: retry(
    'The function that gives keys failed.',
    'The cause says why; it is asked again with the next load.',
  ),
  ML_ENCRYPTION_KEY_WRONG: final(
    'The key is not the one that the file was encrypted with, or the head of the file was changed.',
    'Give the right key for that id, or restore the file.',
  ),
  ML_ENCRYPTION_FAILED: retry(
    'The operating system failed while a file was encrypted; the output is not there.',
    'See to the disk, its space and the permissions; then encrypt the file again.',
  ),
  ML_ENCRYPTION_TAMPERED: final('The encrypted file was changed after it was written.', 'Restore the file.'),
  ML_ENCRYPTION_TRUNCATED: final('The encrypted file ends in the middle.', 'Copy the file again.'),
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

  ML_QUANTIZE_NOTHING: final(
    'The graph has no weight that could be made smaller.',
    'The message says why each weight stayed; use the other method, or the model as it is.',
  ),
  ML_QUANTIZE_CHANGED: final(
    'With smaller weights the model answers the sample rows too differently.',
    'Use `float16`, or raise `maxChange` (and `maxLabelChanges`) if the differences do no harm; `details` has the worst row.',
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

  ML_SWAP_FAILED: retry(
    'A step of a swap failed (`details.step`); the version before goes on serving.',
    'The cause is the error of that step.',
  ),
  ML_SWAP_INCOMPATIBLE: final(
    'The new version differs from the one that it would replace in what callers rely on (`details.differences`).',
    'Give the version to callers that know it, or swap with `force: true`.',
  ),
  ML_SWAP_SAMPLES: final(
    'The new version does not answer the samples of its metadata as the metadata says.',
    'Find out why; the message has the first answer that differs. `samples` and `tolerance` change the check.',
  ),
  ML_SWAP_NO_PREVIOUS: final(
    '`rollback()` of a model that no swap changed, or of which every swap was rolled back.',
    'Swap to the version that is wanted.',
  ),
  ML_CONTRACT_INVALID: final(
    'No contract can be made for the rows of the model: nothing is known of them, or `input_schema` cannot be used.',
    'Add or correct `features` and `input_schema` in the metadata, or set `validateInput` to `off`.',
  ),
  ML_CONTRACT_MISMATCH: final(
    'The metadata says something else about the features than the model itself.',
    'Correct `features` or `input_schema` in the metadata; the message has both sides.',
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

  ML_INPUT_CONTRACT: final(
    "Rows do not fit the model's input contract, or the service's own `inputSchema`.",
    'Correct the rows and features that `details.issues` names.',
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

  ML_ROUTE_UNKNOWN: final(
    'There is no route for that model, or no arm of that name in it.',
    'Use a name that the message lists, or set a route with `registry.route`.',
  ),
  ML_ROUTE_ARM_FAILED: final(
    'An arm or the shadow of a route did not load; what was in force before still is.',
    'The cause is the error of the load.',
  ),
  ML_ROUTE_INCOMPATIBLE: final(
    'An arm of a route differs from the control arm in what its callers see; the message lists how.',
    'Route between versions with the same inputs and classes, or say `allowDifferences: true`.',
  ),
  ML_ROUTE_SUPERSEDED: final(
    'While the arms of a route loaded, a later call for the same model took effect.',
    'Nothing, if the later one is wanted; else set the route again.',
  ),
  ML_ROUTE_OUTCOME_INVALID: final(
    'The value of an outcome is neither a boolean nor a finite number.',
    'Pass `true`, `false` or a number.',
  ),
  ML_ACCESS_DENIED: final(
    'No rule allows this caller to do this with this model.',
    'Call with `as(principal)` or `runAs(principal, ...)`, or add a rule; the event `access:decision` says more.',
  ),
  ML_REMOTE_UNREACHABLE: retry(
    'The server of a remote model cannot be reached, or the connection ended before there was an answer.',
    'Check the address and the network; `details.sent` says whether the request may have arrived.',
  ),
  ML_REMOTE_BUSY: retry(
    'The server of a remote model refused the call for now: it is overloaded, or its model is not ready.',
    'Wait for `details.retryAfterMs`, where the server gave it, or send less at once.',
  ),
  ML_REMOTE_PAUSED: retry(
    'The server of a remote model failed several times in a row and is left alone for now.',
    'Wait for `details.retryAfterMs`; the cause is the last failure. A `fallback` answers meanwhile.',
  ),
  ML_REMOTE_TIMEOUT: retry(
    'The server of a remote model did not answer in time.',
    'Raise `timeoutMs` of the call or of `remote`, or ask with fewer rows.',
  ),
  ML_REMOTE_REFUSED: final(
    'The server of a remote model does not take the request; the message has its reason.',
    'Compare the rows with the inputs in `info`; for 401 and 403 give credentials by `remote.headers`.',
  ),
  ML_REMOTE_FAILED: retry('The server of a remote model failed while it answered.', "Look into the server's log."),
  ML_REMOTE_INVALID_ANSWER: final(
    'The server of a remote model answered something that is no answer to the call: it breaks the protocol, or has other rows, names or types.',
    'Check that the address is that of the model, and that the server speaks the Open Inference Protocol.',
  ),
  ML_REMOTE_MODEL_MISSING: final(
    'The server does not have the model or version of the address.',
    'Check the name and version, and that the model is loaded there.',
  ),

  ML_PROTOCOL_MALFORMED: final(
    'A message of the Open Inference Protocol breaks its rules: JSON, shapes, sizes or values do not fit together.',
    'Correct what the message names; the protocol is described in `docs/serving.md`.',
  ),
  ML_PROTOCOL_LIMIT: final(
    'A message of the Open Inference Protocol is larger than the limit for it.',
    'Send fewer rows at once, or raise the limit that the message names.',
  ),
  ML_PROTOCOL_UNSUPPORTED: final(
    'A message of the Open Inference Protocol asks for, or would need, something that is not done here.',
    'Use what the message names instead.',
  ),

  ML_ABORTED: retry("The caller's signal aborted.", 'Call again without aborting.'),
};
