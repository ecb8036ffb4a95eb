/**
 * Container images: what a registry offers, how a reference names one, what a container of it finds in its root. Programs are ours; names, tags,
 * entry points and sizes are those of the real images.
 */
import type { Bytes } from '../base/index.ts';
import { makeLayer, programImage, type FileView, type MemoryFs, type Program } from '../shell/index.ts';

export interface Image {
  /** As pulled: `docker.io/library/httpd`. */
  readonly repository: string;
  /** Those it answers to; the first is what `latest` means. */
  readonly tags: readonly string[];
  readonly digest: string;
  readonly sizeBytes: number;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
  /** Directories and links of its root besides what its files need. */
  readonly directories: readonly string[];
  readonly links: Readonly<Record<string, string>>;
  /** By absolute path: text. */
  readonly files: Readonly<Record<string, string>>;
  readonly programs: readonly ImageProgram[];
  /** What ends it politely: most programs TERM. */
  readonly stopSignal: 'TERM' | 'QUIT' | 'WINCH';
}
export interface ImageProgram {
  readonly path: string;
  /** Under which the machine knows the program. */
  readonly name: string;
  readonly main: Program;
}

export interface Reference {
  /** With its registry: `docker.io/library/httpd`. */
  readonly repository: string;
  readonly tag: string;
}

/** `httpd` → `docker.io/library/httpd:latest`. Undefined for what is no reference. */
export function parseReference(text: string): Reference | undefined {
  const match = /^((?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::\d+)?\/)?[a-z0-9]+(?:[._\-/]+[a-z0-9]+)*)(?::([\w][\w.-]{0,127}))?(?:@sha256:[\da-f]{64})?$/.exec(text);
  if (!match) return undefined;
  const [, name = '', tag = 'latest'] = match;
  const first = name.split('/')[0] ?? '';
  const hasRegistry = name.includes('/') && /[.:]|^localhost$/.test(first);
  return { repository: hasRegistry ? name : `docker.io/${name.includes('/') ? '' : 'library/'}${name}`, tag };
}
export const formatReference = (reference: Reference): string => `${reference.repository}:${reference.tag}`;

/** What pulling an image comes to. */
export type Pull = { readonly kind: 'pulled'; readonly image: Image } | { readonly kind: 'not-found'; readonly message: string };

export class ImageRegistry {
  private readonly images = new Map<string, Image>();
  constructor(images: readonly Image[]) {
    for (const image of images) for (const tag of image.tags) this.images.set(`${image.repository}:${tag}`, image);
  }
  pull(reference: Reference): Pull {
    const image = this.images.get(formatReference(reference)) ?? (reference.tag === 'latest' ? undefined : this.anyVersion(reference));
    if (image) return { kind: 'pulled', image };
    const full = formatReference(reference);
    const isKnown = [...this.images.values()].some((one) => one.repository === reference.repository);
    const cause = isKnown
      ? `${full}: not found`
      : 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed';
    return {
      kind: 'not-found',
      message: isKnown
        ? `failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${cause}`
        : `failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${cause}`,
    };
  }
  /** A version tag such as `1.36` or `2.4-alpine` is what the present image is. */
  private anyVersion(reference: Reference): Image | undefined {
    return /^\d/.test(reference.tag) ? [...this.images.values()].find((one) => one.repository === reference.repository) : undefined;
  }
  get all(): Iterable<Image> {
    return new Set(this.images.values());
  }
}

/** As containerd says it; `unreachable`: why no registry can be reached. */
export function pullFailure({ repository, tag }: Reference, pulled: Pull, unreachable: string): string {
  const full = `${repository}:${tag}`;
  if (pulled.kind === 'not-found') return `rpc error: code = NotFound desc = ${pulled.message}`;
  const manifest = `https://registry-1.docker.io/v2/${repository.replace(/^[^/]*\//, '')}/manifests/${tag}`;
  return `rpc error: code = Unknown desc = failed to pull and unpack image "${full}": failed to resolve reference "${full}": failed to do request: Head "${manifest}": ${unreachable}`;
}

/** How executables begin, whatever their program. */
const PROGRAM = programImage('').slice(0, 4);

const layers = new WeakMap<Image, MemoryFs>();

/** What the roots of an image's containers begin as. */
export function layerOf(image: Image): MemoryFs {
  let layer = layers.get(image);
  if (!layer) layers.set(image, (layer = makeLayer((fs) => unpackImage(image, fs))));
  return layer;
}

function unpackImage(image: Image, fs: FileView): void {
  for (const path of ['/dev', '/etc', '/proc', '/sys', '/tmp', '/run', '/var', ...image.directories]) fs.mkdirs(path, 0o755);
  fs.chmod('/tmp', 0o1777);
  for (const [path, target] of Object.entries(image.links)) fs.symlink(target, path);
  const put = (path: string, content: Bytes, mode: number): void => {
    fs.mkdirs(path.slice(0, path.lastIndexOf('/')) || '/', 0o755);
    fs.writeFile(path, content, { mode });
  };
  for (const [path, text] of Object.entries(image.files)) put(path, text, text.startsWith(PROGRAM) ? 0o755 : 0o644);
  for (const program of image.programs) put(program.path, programImage(program.name), 0o755);
}
