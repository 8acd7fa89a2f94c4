import { ConfigurationError } from '../errors/configuration-error.ts';
import { IntegrityError } from '../errors/integrity-error.ts';
import { parseChecksum } from '../integrity/checksum.ts';
import { readMetadata } from '../repository/metadata-reader.ts';
import type { ModelMetadata, ModelSamples } from '../spec/metadata.ts';
import { describeOrigin } from './describe-origin.ts';
import type { Judged } from './judge-file.ts';
import type { ReleaseFiles } from './release-files.ts';
import type { ReleaseName } from './release-name.ts';

/** What metadata is made from. */
export interface MetadataParts {
  readonly name: ReleaseName;
  readonly files: ReleaseFiles;
  readonly judged: Judged;
  readonly samples: ModelSamples | undefined;
  /** What the caller says; it wins over what the file says, not over what was measured. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly training: { readonly script: string; readonly checksum: string } | undefined;
}

/** What is measured or decided here, whatever the caller's metadata says. */
const OWN: ReadonlySet<string> = new Set(['name', 'version', 'file_path', 'file_size', 'checksum', 'files', 'samples']);

/**
 * The metadata file of a model, with the fields of the contract in its order.
 *
 * @throws `ML_METADATA_INVALID`; `ML_CHECKSUM_MISMATCH` where the caller states another checksum; `ML_OPTIONS_INVALID`
 * where it is larger than readers take
 */
export function releaseMetadata(
  { name, files, judged, samples, given, training }: MetadataParts,
  maxBytes: number,
): { readonly text: string; readonly metadata: ModelMetadata } {
  compareChecksum(given['checksum'], files);
  const { algorithm, framework, frameworkVersion, converter, requirements } = describeOrigin(judged);
  const { featureNames, classes } = judged;
  const found: Record<string, unknown> = {
    name: name.name,
    version: name.version,
    description: undefined,
    algorithm,
    framework,
    created_at: new Date().toISOString(),
    trained_on: undefined,
    features: featureNames,
    target: undefined,
    metrics: undefined,
  };
  const measured: Record<string, unknown> = {
    file_path: files.id,
    file_size: files.size,
    checksum: files.checksum,
    files: Object.keys(files.companions).length > 0 ? files.companions : undefined,
  };
  const further: Record<string, unknown> = {
    framework_version: frameworkVersion,
    converter,
    classes: classes?.every((label) => label !== null && typeof label !== 'bigint') === true ? classes : undefined,
    requirements: requirements.length > 0 ? requirements : undefined,
    training,
    samples,
  };
  const stated = Object.entries(given).filter(([key, value]) => !OWN.has(key) && value !== undefined);
  // Keys that are there already keep their place.
  const document = { ...found, ...measured, ...further, ...Object.fromEntries(stated) };
  const text = `${JSON.stringify(document, undefined, 2)}\n`;
  const size = Buffer.byteLength(text);
  if (size > maxBytes)
    throw new ConfigurationError(
      'ML_OPTIONS_INVALID',
      `the metadata has ${size} bytes, readers take ${maxBytes} (limits.maxMetadataBytes); give fewer samples`,
      { details: { size, maxBytes } },
    );
  const read = readMetadata(text, `metadata of ${name.stem}`);
  if (read.kind === 'models' && read.models[0] !== undefined) return { text, metadata: read.models[0] };
  const rejected = read.kind === 'models' ? read.rejected[0]?.error : undefined;
  throw rejected ?? new ConfigurationError('ML_OPTIONS_INVALID', 'the metadata given describes no model');
}

function compareChecksum(stated: unknown, { checksum, id }: ReleaseFiles): void {
  if (typeof stated !== 'string') return;
  const { algorithm, digest } = parseChecksum(stated);
  if (algorithm === 'sha256' && `sha256:${digest}` !== checksum)
    throw new IntegrityError(
      'ML_CHECKSUM_MISMATCH',
      `the metadata given is of another file: it states ${stated}, ${id} has ${checksum}; leave the checksum out, it is filled in`,
      { details: { id, expected: stated, actual: checksum } },
    );
}
