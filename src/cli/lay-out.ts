import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { configure } from '../service/registry-config.ts';

/** Folders of a models directory. */
const FOLDERS = ['trained', 'preprocessing', 'metadata', 'checkpoints'] as const;

/** What is laid out where. */
export interface LayOut {
  /** Default `ML_MODELS_DIR`, else `./models`. */
  readonly modelsDir: string | undefined;
  /** Model that the service is for. */
  readonly name: string;
  /** The service file; `beside` the models directory; `undefined` for none. */
  readonly service: string | undefined;
}

/**
 * Makes the folders and files that are not there yet.
 *
 * @throws `ML_OPTIONS_INVALID` for a name that no file can have
 */
export async function layOut({
  modelsDir: wanted,
  name,
  service,
}: LayOut): Promise<{ readonly modelsDir: string; readonly made: string[]; readonly kept: string[] }> {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name))
    throw new ConfigurationError(
      'ML_OPTIONS_INVALID',
      `"${name}" is no model name: it begins with a letter and has letters, digits and "_"`,
    );
  const { modelsDir } = configure(wanted === undefined ? {} : { modelsDir: wanted });
  const made: string[] = [];
  const kept: string[] = [];
  for (const folder of FOLDERS) {
    const path = join(modelsDir, folder);
    const isThere = (await stat(path).catch(() => undefined)) !== undefined;
    await mkdir(path, { recursive: true });
    (isThere ? kept : made).push(path);
    // Git keeps no empty folders.
    if (!isThere) await writeOnce(join(path, '.gitkeep'), '', { made: [], kept: [] });
  }
  await writeOnce(join(modelsDir, 'README.md'), readme(name), { made, kept });
  await writeOnce(join(modelsDir, '.gitattributes'), ATTRIBUTES, { made, kept });
  if (service !== undefined) {
    const file =
      service === 'beside' ? join(dirname(modelsDir), `${name.replaceAll('_', '-')}-service.ts`) : resolve(service);
    await mkdir(dirname(file), { recursive: true });
    await writeOnce(file, serviceText(name, relative(process.cwd(), modelsDir) || '.'), { made, kept });
  }
  return { modelsDir, made, kept };
}

async function writeOnce(
  path: string,
  text: string,
  { made, kept }: { readonly made: string[]; readonly kept: string[] },
): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
    made.push(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    kept.push(path);
  }
}

const ATTRIBUTES = `# Model files are never text: no line ending conversion, no text diff.
trained/** binary
preprocessing/** binary
checkpoints/** binary
# With Git LFS (git lfs install), write these in place of the lines above:
# trained/** filter=lfs diff=lfs merge=lfs -text
# preprocessing/** filter=lfs diff=lfs merge=lfs -text
# checkpoints/** filter=lfs diff=lfs merge=lfs -text
`;

function readme(name: string): string {
  return `# ML Models Directory

\`\`\`
trained/        trained models: {model_name}_{version}_{date}.{extension}, e.g. ${name}_v1_20240101.pkl
preprocessing/  scalers, encoders, vectorizers
metadata/       one JSON file per model: name, version, checksum, features, metrics
checkpoints/    snapshots of a training
\`\`\`

Put a model here with its metadata and checksum:

\`\`\`sh
npx base-ml-service publish ${name}.pkl --name ${name} --as v1 --description "what it is for"
npx base-ml-service list
npx base-ml-service verify --require-checksums
npx base-ml-service backup ../models-backup
\`\`\`
`;
}

function serviceText(name: string, modelsDir: string): string {
  const className = `${name
    .split('_')
    .filter((part) => part !== '')
    .map((part) => part[0]?.toUpperCase() + part.slice(1))
    .join('')}Service`;
  return `import { BaseMLService, MLServiceRegistry } from 'base-ml-service';

export class ${className} extends BaseMLService {
  readonly modelName = '${name}';
  readonly modelVersion = 'latest';

  predict(rows: readonly Record<string, unknown>[]) {
    return this.model.predict(rows); // loads on first use
  }
}

// One registry per process.
export const registry = new MLServiceRegistry({ modelsDir: ${JSON.stringify(modelsDir)} });
export const ${className[0]?.toLowerCase()}${className.slice(1)} = registry.create(${className});
`;
}
