import type { Principal } from '../spec/access.ts';
import { Refusal } from './failure.ts';
import type { InferenceCall, InferenceOptions } from './inference-options.ts';

/**
 * Who asks, as the hook says.
 *
 * @throws `Refusal` with 401 or 403
 */
export async function whoAsks(
  authenticate: NonNullable<InferenceOptions['authenticate']>,
  call: InferenceCall,
): Promise<Principal> {
  let principal: Principal | undefined;
  try {
    principal = await authenticate(call);
  } catch (error) {
    const { statusCode } = Object(error) as { statusCode?: unknown };
    if ((statusCode !== 401 && statusCode !== 403) || !(error instanceof Error)) throw error;
    throw new Refusal(statusCode, error.message);
  }
  if (principal !== undefined) return principal;
  throw new Refusal(401, 'the request does not say who asks', { 'www-authenticate': 'Bearer' });
}
