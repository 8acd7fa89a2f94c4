import type { AuthenticityOptions, TrustedSigner } from '../index.ts';
import type { CliCall, CliOption } from './cli-command.ts';
import { textOption } from './text-option.ts';

/** The options of commands that prove models. */
export const AUTHENTICITY_FLAGS: readonly CliOption[] = [
  { flags: '--lock <file>', summary: 'the lock file that must list every file (default: ML_MODELS_LOCK)' },
  { flags: '--public-key <file>', summary: 'a PEM public key whose signatures count' },
  { flags: '--certificate-roots <file>', summary: 'PEM certificates of authorities whose signers count' },
  { flags: '--identity <identity>', summary: 'a Sigstore identity whose signatures count; with the next two' },
  { flags: '--issuer <url>', summary: 'the OpenID Connect issuer of the Sigstore identity' },
  { flags: '--trusted-root <file>', summary: "Sigstore's trusted_root.json" },
  {
    flags: '--policy <policy>',
    summary: 'whether a file that is not listed or not signed fails (default: require)',
    choices: ['require', 'ifPresent', 'off'],
  },
];

/** What the options say; `undefined` where there are none. */
export function authenticityOf(options: CliCall['options']): AuthenticityOptions | undefined {
  const text = (name: string): string | undefined => textOption(options, name);
  const lockFile = text('lock');
  const publicKey = text('publicKey');
  const certificateRoots = text('certificateRoots');
  const sigstore = { identity: text('identity'), issuer: text('issuer'), trustedRoot: text('trustedRoot') };
  const isSigstore = Object.values(sigstore).some((value) => value !== undefined);
  const signatures: TrustedSigner[] = [
    ...(publicKey === undefined ? [] : [{ publicKey }]),
    ...(certificateRoots === undefined ? [] : [{ certificateRoots }]),
    // The registry says which of the three is missing.
    ...(isSigstore ? [{ sigstore } as TrustedSigner] : []),
  ];
  const policy = text('policy') as AuthenticityOptions['policy'];
  if (lockFile === undefined && signatures.length === 0 && policy === undefined) return undefined;
  return {
    ...(policy !== undefined && { policy }),
    ...(lockFile !== undefined && { lockFile }),
    ...(signatures.length > 0 && { signatures }),
  };
}
