/** How images are put together: from programs that machines have, under the paths of the image. */
import type { InstalledProgram } from '../../machine/index.ts';
import { formatTime } from '../../commands/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import type { Image, ImageProgram } from '../image.ts';

const base = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Some of the programs there are, by name, in a directory of the image. What is not there is left out. */
export function applets(programs: readonly InstalledProgram[], directory: string, names: readonly string[]): readonly ImageProgram[] {
  return names.flatMap((name) => {
    const found = programs.find((one) => base(one.path) === name);
    return found ? [{ path: `${directory}/${name}`, name: found.path, main: found.main }] : [];
  });
}
/** A program that only this image has. */
export const own = (path: string, name: string, main: Program): ImageProgram => ({ path, name, main });

/** A digest that belongs to the name, as real ones belong to content. */
export function digestOf(text: string): string {
  let out = '';
  for (let round = 0; round < 8; round++) {
    let hash = 0x811c9dc5 ^ (round * 0x9e3779b1);
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    out += (hash >>> 0).toString(16).padStart(8, '0');
  }
  return out;
}

export type ImageParts = Pick<Image, 'repository' | 'tags' | 'sizeBytes'> & Partial<Omit<Image, 'repository' | 'tags' | 'sizeBytes' | 'digest'>>;
export const makeImage = (parts: ImageParts): Image => ({
  entrypoint: [],
  cmd: [],
  env: {},
  workdir: '/',
  directories: ['/root', '/home', '/usr/bin'],
  links: {},
  files: {},
  programs: [],
  stopSignal: 'TERM',
  ...parts,
  digest: digestOf(`${parts.repository}:${parts.tags[0] ?? ''}`),
});

/** A line of a component's log, as k8s.io/klog writes it. */
export const klog = (p: Process, where: string, text: string, level = 'I'): string => klogLine(p.unixUs, p.pid, where, text, level);
export function klogLine(unixUs: number, pid: number, where: string, text: string, level = 'I'): string {
  const now = formatTime(unixUs);
  return `${level}${now.slice(5, 7)}${now.slice(8, 10)} ${now.slice(11, 19)}.${String(Math.floor(unixUs) % 1_000_000).padStart(6, '0')} ${String(pid).padStart(7)} ${where}] ${text}`;
}

/** A program that says it is up and then works until it is told to end. */
export const daemon = (lines: (p: Parameters<Program>[0]) => readonly string[]): Program =>
  function* (p): Sys<number> {
    for (const signal of ['TERM', 'INT', 'QUIT'] as const) p.on(signal, () => p.exit(0));
    for (const line of lines(p)) yield* p.error(`${line}\n`);
    for (;;) yield* p.sleep(1_000_000_000_000);
  };
