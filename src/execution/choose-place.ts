import { ConfigurationError } from '../errors/configuration-error.ts';
import { inForeignRealm } from '../internal/realm.ts';
import type { Place, PlaceChoice } from '../spec/execution.ts';
import type { LoaderDescriptor } from '../spec/loader-descriptor.ts';

/** What the choice of a place goes by. */
export interface PlaceFacts {
  readonly wanted: PlaceChoice;
  readonly descriptor: Pick<LoaderDescriptor, 'name' | 'capabilities' | 'detectSlices' | 'module'>;
  /** Whether a worker has the loader, or can import it. */
  readonly portable: boolean;
  /** Bytes of the artefact. */
  readonly bytes: number;
  /** Whether the file stays open and is read in pieces: only this process has it. */
  readonly staysOpen: boolean;
  /** What the user set for this loader. */
  readonly loaderOptions: unknown;
  /** Files larger than this are not laid out on the event loop. */
  readonly inlineMaxBytes: number;
  /** Whether this artefact was seen to hold the event loop before. */
  readonly heldBefore: boolean;
}

/**
 * Where a model runs.
 *
 * @throws `ML_OPTIONS_INVALID` where a place was asked for that the loader cannot be taken to
 */
export function choosePlace(facts: PlaceFacts): Place {
  const { wanted, descriptor, bytes, inlineMaxBytes, heldBefore } = facts;
  if (wanted === 'inline') return 'inline';
  const obstacle = obstacleOf(facts, wanted === 'process' ? 'process' : 'thread');
  if (wanted !== 'auto') {
    if (obstacle === undefined) return wanted;
    throw new ConfigurationError(
      'ML_OPTIONS_INVALID',
      `place "${wanted}" is impossible for models of the loader "${descriptor.name}": ${obstacle}`,
      { details: { place: wanted, loader: descriptor.name } },
    );
  }
  if (obstacle !== undefined) return 'inline';
  if (heldBefore || (descriptor.capabilities?.nativeEngine === true && inForeignRealm())) return 'thread';
  return bytes > inlineMaxBytes && descriptor.capabilities?.yields !== true ? 'thread' : 'inline';
}

/** Why a model cannot run in a worker, or `undefined`. */
export function obstacleOf(
  { descriptor, portable, staysOpen, loaderOptions }: PlaceFacts,
  place: 'thread' | 'process',
): string | undefined {
  if (staysOpen) return 'its file is large, stays open and is read in pieces';
  if (!portable) return 'it was registered as an object; give it a `module` that says where it is exported';
  if (descriptor.detectSlices !== undefined) return 'its tensors are read from the file when they are asked for';
  if (place === 'thread' && descriptor.capabilities?.threadSafe !== true)
    return 'it does not declare the capability `threadSafe`';
  try {
    structuredClone(loaderOptions);
    return undefined;
  } catch {
    return 'its loaderOptions hold functions, which cannot be sent to a worker';
  }
}
