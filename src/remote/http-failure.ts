import { RemoteError, type RemoteErrorCode } from '../errors/remote-error.ts';

/** Errors before anything was sent: the same request may go again. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'UND_ERR_CONNECT_TIMEOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** Of TLS: the certificate is not one that is trusted, or of another name. */
const NO_TRUST = /CERT|^ERR_(TLS|SSL)/;
const NO_HTTP = new Set(['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']);
const MAX_TEXT = 300;

/** What undici raised, for the caller. `label` names the model on its server. */
export function connectionFailure(error: unknown, label: string, maxResponseBytes: number): RemoteError {
  const { code = '', name = '', message = String(error) } = Object(error) as Partial<NodeJS.ErrnoException>;
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return new RemoteError(
      'ML_REMOTE_INVALID_ANSWER',
      `${label} answered with more than ${maxResponseBytes} bytes; ask with fewer rows, or raise remote.maxResponseBytes`,
      { details: { maxResponseBytes }, cause: error },
    );
  }
  if (name === 'HTTPParserError' || NO_HTTP.has(code)) {
    return new RemoteError('ML_REMOTE_INVALID_ANSWER', `${label} does not speak HTTP as it should: ${message}`, {
      details: { reason: code || name },
      cause: error,
    });
  }
  const sent = !NOT_SENT.has(code) && !NO_TRUST.test(code);
  const what = sent ? 'the connection ended before there was an answer' : 'it cannot be reached';
  return new RemoteError('ML_REMOTE_UNREACHABLE', `${label}: ${what} (${message || code})`, {
    details: { reason: code, sent },
    cause: error,
  });
}

/** An answer that is no success. */
export function answerFailure(
  status: number,
  {
    label,
    text,
    retryAfter,
  }: { readonly label: string; readonly text: string; readonly retryAfter: string | undefined },
): RemoteError {
  const said = saidBy(text);
  const message = `${label} answered with ${status}${said === '' ? '' : `: ${said}`}`;
  const retryAfterMs = millisecondsOf(retryAfter);
  return new RemoteError(codeOf(status), message, {
    details: { status, ...(retryAfterMs !== undefined && { retryAfterMs }) },
  });
}

function codeOf(status: number): RemoteErrorCode {
  if (status === 404) return 'ML_REMOTE_MODEL_MISSING';
  if (status === 429 || status === 503) return 'ML_REMOTE_BUSY';
  if (status === 408 || status === 504) return 'ML_REMOTE_TIMEOUT';
  if (status >= 500) return 'ML_REMOTE_FAILED';
  return status >= 400 ? 'ML_REMOTE_REFUSED' : 'ML_REMOTE_INVALID_ANSWER';
}

/** The member `error` of the protocol, or what else the server wrote. */
function saidBy(text: string): string {
  let said = text;
  try {
    const { error, detail } = Object(JSON.parse(text)) as { error?: unknown; detail?: unknown };
    if (typeof error === 'string') said = error;
    else if (typeof detail === 'string') said = detail;
  } catch {
    // Not JSON: a proxy's page, as a rule.
  }
  return said.length > MAX_TEXT ? `${said.slice(0, MAX_TEXT)}...` : said;
}

/** `Retry-After`: seconds or a date. */
function millisecondsOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d{1,9}(\.\d+)?$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
