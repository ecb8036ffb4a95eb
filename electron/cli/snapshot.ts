/** `podwalk snapshot`, also of what programs printed, and how every command finds the snapshot that it was given: a lab by name, a lab file, or a file that has one. */
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { joinPods, readFolder, type Snapshot } from '../../shared/lab/index.ts';
import { labByName } from './lab-by-name.ts';
import { borrowLab } from './running.ts';
import { printJson } from './table.ts';
import { Failure, UsageError, type Arguments } from './usage.ts';
import { whyNot } from './why-not.ts';

/** A fresh lab is ready when its pods run; kube-proxy and flanneld catch up with them a moment later. */
const SETTLE_US = 5_000_000;

export async function snapshot({ options, operands }: Arguments): Promise<number> {
  const from = options['from'];
  const [name] = operands;
  if ((from === undefined) === (name === undefined)) throw new UsageError('a lab is wanted, or --from FOLDER');
  printJson(typeof from === 'string' ? await fromFolder(from) : await snapshotByName(name!, options['provider']));
  return 0;
}

/** Of the lab that is up; else of a fresh one. */
export async function snapshotByName(name: string, provider?: string | boolean): Promise<Snapshot> {
  const saved = provider === undefined ? savedSnapshot(name) : undefined;
  if (saved) return saved;
  const borrowed = await borrowLab(name, provider);
  if (borrowed) {
    try {
      return await borrowed.lab.snapshot();
    } finally {
      await borrowed.giveBack();
    }
  }
  const lab = await labByName(name);
  lab.simulation.runUntil(lab.simulation.nowUs + SETTLE_US);
  const now = lab.snapshot();
  lab.close();
  return now;
}

/** Undefined: no file that holds one, so it is a lab's name or file. */
export function savedSnapshot(name: string): Snapshot | undefined {
  if (!existsSync(name)) {
    if (name.endsWith('.json')) throw new Failure(`there is no file ${name}`);
    return undefined;
  }
  let text: string;
  try {
    text = readFileSync(name, 'utf8');
  } catch (error) {
    throw new Failure(`${name} cannot be read: ${whyNot(error)}`);
  }
  const found = parsed(text);
  if (isSnapshot(found)) return joinPods(found);
  if (name.endsWith('.json')) throw new Failure(`${name} is no snapshot: \`podwalk snapshot LAB\` prints one`);
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSnapshot(value: unknown): value is Snapshot {
  const { nodes, segments } = (value ?? {}) as { readonly nodes?: unknown; readonly segments?: unknown };
  return Array.isArray(nodes) && Array.isArray(segments) && nodes.every((node: { readonly namespaces?: unknown } | null) => Array.isArray(node?.namespaces));
}

async function fromFolder(folder: string): Promise<Snapshot> {
  const files: { readonly path: readonly string[]; readonly text: string }[] = [];
  const read = async (path: readonly string[]): Promise<void> => {
    const entries = await readdir(join(folder, ...path), { withFileTypes: true }).catch(() => {
      throw new Failure(`${join(folder, ...path)}: there is no such folder`);
    });
    for (const entry of entries) {
      if (entry.isDirectory()) await read([...path, entry.name]);
      else if (entry.isFile()) files.push({ path: [...path, entry.name], text: await readFile(join(folder, ...path, entry.name), 'utf8') });
    }
  };
  await read([]);
  const { snapshot: found, problems } = readFolder(files);
  for (const { file, line, message } of problems) process.stderr.write(`podwalk: ${file}${line === undefined ? '' : `:${line}`}: ${message}\n`);
  if (found.nodes.length === 0)
    throw new Failure(`${folder}: no output of a program is there; it wants a folder for each node, with files such as ip_addr.txt`);
  return found;
}
