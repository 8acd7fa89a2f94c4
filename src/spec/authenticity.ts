/**
 * `require`: what is configured must be there and hold. `ifPresent`: what is there must hold; a model that is in no
 * lock file, or has no signature, passes. `off`: nothing is looked at.
 */
export type AuthenticityPolicy = 'require' | 'ifPresent' | 'off';

/** Who may sign with Sigstore, and the keys of Sigstore that are believed. */
export interface SigstoreSigner {
  /** The signer's identity as in the certificate, compared exactly: an e-mail address or a URI. */
  readonly identity: string;
  /** The OpenID Connect issuer that vouched for the identity, compared exactly. */
  readonly issuer: string;
  /** Sigstore's `trusted_root.json`: its path, or the parsed document. Nothing is downloaded. */
  readonly trustedRoot: string | Readonly<Record<string, unknown>>;
}

/**
 * One whose signatures count:
 * - `publicKey`: an elliptic-curve key (P-256, P-384, P-521), PEM or the path of a PEM file;
 * - `certificateRoots`: authorities, PEM or the path of a PEM file, one or several; whoever has a certificate for
 *   signing from them;
 * - `sigstore`: an identity of Sigstore (needs `@sigstore/bundle`, `@sigstore/verify`, `@sigstore/protobuf-specs`).
 */
export type TrustedSigner =
  | { readonly publicKey: string }
  | { readonly certificateRoots: string }
  | { readonly sigstore: SigstoreSigner };

/** Where the proof comes from that a model is the publisher's. None of it comes from the models directory. */
export interface AuthenticityOptions {
  /** Default `require`. */
  readonly policy?: AuthenticityPolicy;
  /** Digests made by `npx base-ml-service lock`, kept outside the models directory. Default `ML_MODELS_LOCK`. */
  readonly lockFile?: string;
  /** Whose OpenSSF Model Signing signatures count; one suffices. Default: signatures are not looked at. */
  readonly signatures?: readonly TrustedSigner[];
  /**
   * Paths below a signed folder that the signature need not cover, beside those that it names itself. Signatures made
   * before version 1.1 of the signing tool name none.
   */
  readonly ignorePaths?: readonly string[];
}

/** How one kind of proof came out. A proof that does not hold is an error, not a fact. */
export type ProofState = 'ok' | 'absent' | 'off';

/** A signature that holds. */
export interface SignatureFact {
  /** Path of the signature file. */
  readonly path: string;
  readonly method: 'key' | 'certificate' | 'sigstore';
  /** SHA-256 of the public key's PEM, the certificate's subject, or the Sigstore identity. */
  readonly signer: string;
  /** What the signer called the model; tells nothing about which one it is. */
  readonly subject: string;
  /** Files that the signature covers. */
  readonly files: number;
}

/** What is proved of a model. */
export interface AuthenticityFact {
  /** `absent`: the lock file does not list it. `off`: there is no lock file, or the policy is `off`. */
  readonly lock: ProofState;
  /** `absent`: no signature lies beside it. `off`: no signer is configured, or the policy is `off`. */
  readonly signature: ProofState;
  readonly signedBy: SignatureFact | undefined;
}
