import type { LoadContext } from '../spec/model-loader.ts';
import type { BuildRequest, BuildSettings } from './build-model.ts';
import type { LoadableOf } from './loadable.ts';
import { placeElsewhere } from './place-elsewhere.ts';
import type { PlacedModel } from './placed-model.ts';

/** A model that is to leave the event loop. */
export interface MoveWork {
  readonly placed: PlacedModel;
  readonly loadableOf: LoadableOf;
  /** Of the file that it was loaded from. */
  readonly sha256: string;
  readonly reason: string;
  readonly warn: LoadContext['warn'];
}

/**
 * Loads a model again in a thread, from the same bytes, and lets calls go there; until then, and if that fails, it
 * answers where it is. Never rejects.
 */
export async function moveModel(settings: BuildSettings, request: BuildRequest, work: MoveWork): Promise<void> {
  const { placed, loadableOf, sha256, reason, warn } = work;
  const { runtime, events, loadTimeoutMs } = settings;
  const startedAt = performance.now();
  runtime.held.add(sha256);
  try {
    const signal = AbortSignal.timeout(loadTimeoutMs);
    const artefact = await request.open({
      signal,
      onProgress: () => undefined,
      mayStayOpen: () => Promise.resolve(false),
    });
    // A newer file is for the next load to find.
    if (artefact.sha256 !== sha256 || placed.disposed) return;
    const clock = { enter: (): void => undefined };
    const placement = await placeElsewhere(settings, request, {
      place: 'thread',
      loadable: await loadableOf(artefact, signal),
      loadableOf,
      sha256,
      signal,
      clock,
      warn,
    });
    if (placed.disposed) {
      await placement.dispose();
      return;
    }
    placed.moveTo(placement);
    const durationMs = performance.now() - startedAt;
    events.emit('execution:moved', { ...request.ref, from: 'inline', to: 'thread', reason, durationMs });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    warn({ code: 'move-failed', message: `it holds the event loop (${reason}) and cannot be moved: ${text}` });
  }
}
