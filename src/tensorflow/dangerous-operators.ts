/**
 * Operators that reach beyond their tensors: files, network, Python, other processes. After the
 * list of the TensorAbuse study (33 of them) and TensorFlow's operator definitions.
 */
const NAMES = `
  ReadFile WriteFile MatchingFiles ImmutableConst LoadAndRemapMatrix GenerateVocabRemapping
  Save SaveSlices SaveV2 Restore RestoreSlice RestoreV2 MergeV2Checkpoints
  PyFunc PyFuncStateless EagerPyFunc StatefulPyFunc
  DebugIdentity DebugIdentityV2 DebugIdentityV3 DebugNanCount DebugNumericSummary DebugNumericSummaryV2
  RpcClient RpcCall RpcServer RpcServerRegister RpcServerStart RpcCheckStatus RpcGetValue RemoteCall
  RemoteFusedGraphExecute FileSystemSetConfiguration GcsConfigureBlockCache GcsConfigureCredentials
  DataServiceDataset DataServiceDatasetV2 DataServiceDatasetV3 DataServiceDatasetV4 RegisterDataset RegisterDatasetV2
  SqlDataset CSVDataset CSVDatasetV2 FixedLengthRecordDataset FixedLengthRecordDatasetV2 TextLineDataset
  TFRecordDataset TFRecordDatasetV2 MatchingFilesDataset LMDBDataset SnapshotDataset SnapshotDatasetV2
  SnapshotDatasetReader SnapshotNestedDatasetReader SaveDataset SaveDatasetV2 LoadDataset DistributedSave
  CacheDataset CacheDatasetV2 ListSnapshotChunksDataset
  FixedLengthRecordReader FixedLengthRecordReaderV2 TextLineReader TextLineReaderV2 TFRecordReader
  TFRecordReaderV2 WholeFileReader WholeFileReaderV2 LMDBReader BigQueryReader
  InitializeTableFromTextFile InitializeTableFromTextFileV2 InitializeTableFromDataset
  CreateSummaryFileWriter CreateSummaryDbWriter WriteGraphSummary WriteRawProtoSummary
`;

const DANGEROUS: ReadonlySet<string> = new Set(NAMES.trim().split(/\s+/));

/** Names that the same operators had while they were new. */
const PREFIX = /^Experimental(?=[A-Z])/;

/** Whether an operator reaches beyond its tensors. */
export function isDangerous(op: string): boolean {
  return DANGEROUS.has(op) || DANGEROUS.has(op.replace(PREFIX, ''));
}

/** What loading variables takes: harmless there, a file read anywhere else. */
export const RESTORE_OPERATORS: ReadonlySet<string> = new Set(['RestoreV2', 'Restore', 'RestoreSlice']);

/** What a saver has in every file: reachable from no signature, it never runs. */
export const SAVER_OPERATORS: ReadonlySet<string> = new Set([
  ...RESTORE_OPERATORS,
  'Save',
  'SaveSlices',
  'SaveV2',
  'MergeV2Checkpoints',
]);

/** What filling tables takes, from files that belong to the model. */
export const TABLE_FILE_OPERATORS: ReadonlySet<string> = new Set([
  'InitializeTableFromTextFile',
  'InitializeTableFromTextFileV2',
]);

/** Operators that change a variable or table. */
export const MUTATING_OPERATORS: ReadonlySet<string> = new Set(
  `Assign AssignAdd AssignSub AssignVariableOp AssignAddVariableOp AssignSubVariableOp ResourceScatterUpdate
   ResourceScatterAdd ResourceScatterNdUpdate ScatterUpdate ScatterAdd ScatterNdUpdate ResourceStridedSliceAssign
   StridedSliceAssign LookupTableInsertV2 LookupTableRemoveV2 LookupTableImportV2 ResourceCountUpTo`
    .trim()
    .split(/\s+/),
);
