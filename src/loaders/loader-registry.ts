import { FormatError } from '../errors/format-error.ts';
import { LoaderError } from '../errors/loader-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import type { Content } from '../spec/artefact.ts';
import type { BuiltinLoader, LoaderDescriptor } from '../spec/loader-descriptor.ts';
import type { ModelLoader, SlicedContent } from '../spec/model-loader.ts';
import { BUILTIN_LOADERS } from './builtin-loaders.gen.ts';

interface Registered {
  readonly descriptor: LoaderDescriptor;
  readonly loader: () => Promise<ModelLoader>;
  readonly isBuiltin: boolean;
}

/** Which loader reads a content. */
export interface LoaderChoice {
  readonly loader: ModelLoader;
  /** Set where the extension belongs to another format than the content; a sentence. */
  readonly mismatch: string | undefined;
}

/** The same before the loader's code is imported. */
export interface LoaderMatch {
  readonly descriptor: LoaderDescriptor;
  readonly mismatch: string | undefined;
  /** Whether a worker has this loader, or can import it. */
  readonly portable: boolean;
  readonly loader: () => Promise<ModelLoader>;
}

/**
 * The formats that can be read, one loader each. Loaders registered later are asked first, so a
 * user's own loader takes precedence over a built-in one for the same content.
 */
export class LoaderRegistry {
  readonly #loaders = new Map<string, Registered>();

  /** @param builtins the loaders to start with; default: all that the package has */
  constructor(builtins: readonly BuiltinLoader[] = BUILTIN_LOADERS) {
    for (const { descriptor, import: load } of builtins) {
      this.#loaders.set(descriptor.name, { descriptor, loader: load, isBuiltin: true });
    }
  }

  /**
   * Adds a loader. The same object twice is harmless.
   *
   * @throws `ML_LOADER_INVALID` if a required member is missing, `ML_LOADER_EXISTS` if another loader has the name
   */
  register(loader: ModelLoader, options: { readonly overwrite?: boolean } = {}): this {
    checkShape(loader);
    const known = this.#loaders.get(loader.name);
    if (known?.descriptor === loader) return this;
    if (known !== undefined && options.overwrite !== true) {
      throw new LoaderError(
        'ML_LOADER_EXISTS',
        `a loader named "${loader.name}" is registered; choose another name or pass { overwrite: true }`,
      );
    }
    this.#loaders.delete(loader.name);
    this.#loaders.set(loader.name, { descriptor: loader, loader: () => Promise.resolve(loader), isBuiltin: false });
    return this;
  }

  /** What is known of every loader, those asked first at the front. */
  list(): readonly LoaderDescriptor[] {
    return this.#inOrder().map(({ descriptor }) => descriptor);
  }

  /** Whether some loader takes files of this extension (without the dot). */
  reads(extension: string): boolean {
    return this.list().some((descriptor) => claims(descriptor, extension));
  }

  /** @throws `ML_LOADER_UNKNOWN` */
  async get(name: string): Promise<ModelLoader> {
    const found = this.#loaders.get(name);
    if (found !== undefined) return found.loader();
    const known = [...this.#loaders.keys()].join(', ');
    throw new LoaderError('ML_LOADER_UNKNOWN', `no loader is named "${name}"; known are ${known}`, {
      details: { name },
    });
  }

  /**
   * The loader for a content: the content decides, the extension only where no loader recognises it.
   *
   * @throws `ML_FORMAT_UNKNOWN` with the reason of every loader
   */
  async find(content: Content): Promise<LoaderChoice> {
    const { loader, mismatch } = await this.match(content);
    return { loader: await loader(), mismatch };
  }

  /** As `find`, without importing the loader's code. */
  async match(content: Content): Promise<LoaderMatch> {
    const extension = extensionOf(content.name);
    const inOrder = this.#inOrder();
    const matches =
      content.slices === undefined
        ? inOrder.filter(({ descriptor }) => recognises(descriptor, content, extension))
        : await this.#matchSlices({ name: content.name, source: content.slices });
    const chosen =
      matches.find(({ descriptor }) => claims(descriptor, extension)) ??
      matches[0] ??
      // A damaged file is best judged by the loader of its extension, which can say what is wrong.
      inOrder.find(({ descriptor }) => claims(descriptor, extension));
    if (chosen === undefined) throw unknownFormat(content, inOrder);
    const { descriptor } = chosen;
    const mismatch =
      claims(descriptor, extension) || extension === ''
        ? undefined
        : `${content.name} is named .${extension} but its content is ${descriptor.name} (.${descriptor.formats.join(', .')})`;
    const portable = descriptor.module !== undefined || BUILTIN_LOADERS.some((one) => one.descriptor === descriptor);
    return { descriptor, mismatch, portable, loader: chosen.loader };
  }

  /** Whether a large file is of a loader that reads in pieces, so that it need not be read whole. */
  async mayStayOpen(content: SlicedContent): Promise<boolean> {
    const extension = extensionOf(content.name);
    // A loader of the user's for this extension takes precedence, and judges by the whole file.
    const own = this.#inOrder().some(
      ({ descriptor, isBuiltin }) =>
        !isBuiltin && descriptor.detectSlices === undefined && claims(descriptor, extension),
    );
    return !own && (await this.#matchSlices(content)).length > 0;
  }

  async #matchSlices(content: SlicedContent): Promise<Registered[]> {
    const matches: Registered[] = [];
    for (const registered of this.#inOrder()) {
      if ((await registered.descriptor.detectSlices?.(content)) === true) matches.push(registered);
    }
    return matches;
  }

  #inOrder(): Registered[] {
    return [...this.#loaders.values()].reverse();
  }
}

/** The last extension of a file name, lower case, without the dot. */
function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
}

function claims(descriptor: LoaderDescriptor, extension: string): boolean {
  return descriptor.formats.some((format) => format === extension || format === `.${extension}`);
}

function recognises(descriptor: LoaderDescriptor, content: Content, extension: string): boolean {
  if (descriptor.detect === undefined) return claims(descriptor, extension);
  try {
    return descriptor.detect(content);
  } catch (error) {
    if (MLServiceError.isInstance(error)) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw new LoaderError(
      'ML_LOADER_FAILED',
      `detect() of loader "${descriptor.name}" failed on ${content.name}: ${text}`,
      {
        cause: error,
        details: { loader: descriptor.name },
      },
    );
  }
}

function unknownFormat(content: Content, asked: readonly Registered[]): FormatError {
  const reasons = asked.map(
    ({ descriptor }) =>
      `${descriptor.name}: ${descriptor.detect === undefined ? `reads only .${descriptor.formats.join(', .')}` : 'does not recognise the content'}`,
  );
  return new FormatError(
    'ML_FORMAT_UNKNOWN',
    `no loader reads ${content.name} (${reasons.join('; ') || 'none is registered'}); register a loader or convert the file`,
    {
      details: { name: content.name, reasons },
    },
  );
}

function checkShape(loader: ModelLoader): void {
  const { name, formats, load } = (loader ?? {}) as Partial<ModelLoader>;
  const wrong =
    typeof name !== 'string' || name === ''
      ? 'name must be a non-empty string'
      : !Array.isArray(formats) ||
          formats.length === 0 ||
          !formats.every((format) => typeof format === 'string' && format !== '')
        ? 'formats must be a non-empty array of file extensions'
        : typeof load !== 'function'
          ? 'load must be a function'
          : loader.specVersion !== undefined && loader.specVersion !== 'v1'
            ? `specVersion must be "v1", got ${JSON.stringify(loader.specVersion)}`
            : undefined;
  if (wrong !== undefined)
    throw new LoaderError(
      'ML_LOADER_INVALID',
      `loader ${typeof name === 'string' ? `"${name}"` : '(unnamed)'}: ${wrong}`,
    );
}
