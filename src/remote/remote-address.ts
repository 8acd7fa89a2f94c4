import { ConfigurationError } from '../errors/configuration-error.ts';

/** A model on a server of the Open Inference Protocol. */
export interface RemoteAddress {
  readonly transport: 'http' | 'grpc';
  readonly secure: boolean;
  /** `host:port`; over HTTP the port may be left out. */
  readonly host: string;
  /** What stands before `/v2` in paths, e.g. that of an ingress. Empty as a rule. */
  readonly prefix: string;
  readonly model: string;
  /** `undefined`: the one that the server chooses. */
  readonly version: string | undefined;
  /** As it was given. */
  readonly text: string;
}

const FORMS =
  'oip+http://host:port/v2/models/<name>[/versions/<version>], the same with oip+https, or oip+grpc://host:port/<name>[/<version>] (oip+grpcs with TLS)';
const HTTP_PATH = /^(?<prefix>.*)\/v2\/models\/(?<model>[^/]+)(?:\/versions\/(?<version>[^/]+))?\/?$/;
const GRPC_PATH = /^\/(?<model>[^/]+)(?:\/(?<version>[^/]+))?\/?$/;

/** @throws `ML_OPTIONS_INVALID` */
export function remoteAddress(text: string): RemoteAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const scheme = /^oip\+(?<transport>http|grpc)(?<secure>s?):$/.exec(url?.protocol ?? '')?.groups;
  if (url === undefined || scheme === undefined) throw wrong(text, 'it has none of these forms');
  if (url.username !== '' || url.password !== '')
    throw wrong(text.replace(/\/\/[^/]*@/, '//***@'), 'it must hold no credentials: give them by remote.headers');
  if (url.search !== '' || url.hash !== '') throw wrong(text, 'it must end with the model, without ? and #');
  const transport = scheme['transport'] as 'http' | 'grpc';
  const path = (transport === 'http' ? HTTP_PATH : GRPC_PATH).exec(url.pathname)?.groups;
  if (url.hostname === '' || path === undefined) throw wrong(text, 'it names no model');
  if (transport === 'grpc' && url.port === '') throw wrong(text, 'it names no port');
  return {
    transport,
    secure: scheme['secure'] === 's',
    host: url.host,
    prefix: path['prefix'] ?? '',
    model: decoded(path['model'] as string, text),
    version: path['version'] === undefined ? undefined : decoded(path['version'], text),
    text,
  };
}

function decoded(part: string, text: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw wrong(text, `"${part}" is not percent-encoded text`);
  }
}

function wrong(text: string, why: string): ConfigurationError {
  return new ConfigurationError(
    'ML_OPTIONS_INVALID',
    `"${text}" is no address of a model on a server: ${why}; use ${FORMS}`,
    { details: { address: text } },
  );
}
