import type { EncryptedFile, EncryptModelOptions } from './encrypt-model.ts';

/**
 * Encrypts a model file with AES-256-GCM. The output appears whole or not at all, and none is overwritten. Call it
 * `<name>.<extension>.enc`: the extension before `.enc` counts. The plain file stays; removing it is the caller's.
 *
 * @throws `ML_OPTIONS_INVALID`, `ML_ARTEFACT_*`, `ML_ENCRYPTION_KEY_INVALID`, `ML_ENCRYPTION_FAILED`
 */
export async function encryptModel(
  input: string,
  output: string,
  options: EncryptModelOptions,
): Promise<EncryptedFile> {
  const { encryptModel: encrypt } = await import('./encrypt-model.ts');
  return encrypt(input, output, options);
}
