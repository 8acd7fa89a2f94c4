import { readZip } from '../../formats/zip/read-zip.ts';
import type { ConversionNeed } from '../../spec/converter.ts';
import type { ConversionContext } from '../../spec/model-loader.ts';
import { foreignProgram } from '../../torch/conversion/foreign-program.ts';
import { openExport } from '../../torch/export/export-archive.ts';
import { parseJson } from '../../torch/export/json-node.ts';
import { readExport } from './read-export.ts';
import { throwUnsafePickles } from './scan-export.ts';

/** Files of an archive that PyTorch reads; one of its own libraries' code or objects is not handed to it. */
const STRANGE = /(?:^|\/)(?:custom_obj|opaque_obj)_\d+$|(?:^|\/)data\/aotinductor\/|\.so$/;

/** What says how weights and constants are stored. */
const CONFIGURATION = /_config\.json$/;

/**
 * What converting an archive takes, or `undefined` where it holds more than a program on tensors.
 *
 * @throws `ML_FORMAT_UNSAFE` for pickles that would call something; as `readExport`
 */
export async function convertExport(context: ConversionContext): Promise<ConversionNeed | undefined> {
  const { artefact, limits } = context;
  const zip = readZip(artefact.bytes, limits);
  await throwUnsafePickles(zip, context);
  const { program } = await readExport(context);
  for (const entry of [openExport(zip).program, ...zip.entries.values()]) {
    if (STRANGE.test(entry.name)) return undefined;
    const described = entry === openExport(zip).program || CONFIGURATION.test(entry.name);
    if (described && foreignProgram(parseJson(await entry.read(), entry.name).value) !== undefined) return undefined;
  }
  const inputs = program.inputs.map((input) => ({ name: input.name }));
  return {
    framework: 'torch',
    version: program.torchVersion,
    names: [],
    form: 'program',
    settings: { inputs },
  };
}
