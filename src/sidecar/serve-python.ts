import type { ServedModel, ServeOptions } from '../spec/converter.ts';
import { PythonHost } from './python-host.ts';
import { createPythonModel } from './python-model.ts';
import { ServingWorker } from './serving-worker.ts';
import type { WorkerRequest } from './worker-request.ts';

/**
 * Starts a worker that stays, and gives the model that it answers for.
 *
 * @throws `ML_SIDECAR_*`, `ML_ABORTED`
 */
export async function servePython(
  request: WorkerRequest,
  { extraFeatures, callMs }: ServeOptions,
): Promise<ServedModel> {
  const start = (signal: AbortSignal): Promise<ServingWorker> => ServingWorker.start({ ...request, signal });
  const host = await PythonHost.open(start, request.signal, callMs);
  try {
    const model = createPythonModel(
      await host.worker.about(),
      (method, inputs) => host.call(method, inputs),
      extraFeatures,
    );
    return {
      model: { ...model, dispose: () => host.dispose() },
      residentBytes: await host.worker.residentBytes(),
      get restarts() {
        return host.restarts;
      },
      abandon: () => host.abandon(),
    };
  } catch (error) {
    await host.dispose();
    throw error;
  }
}
