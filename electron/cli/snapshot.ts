/** `podwalk snapshot`, and how every command finds the snapshot that it was given: a lab by name, a lab file, or a file that has one. */
import { existsSync, readFileSync } from 'node:fs';
import { joinPods, type Snapshot } from '../../shared/lab/index.ts';
import { labByName } from './lab-by-name.ts';
import { printJson } from './table.ts';
import { Failure, type Arguments } from './usage.ts';
import { whyNot } from './why-not.ts';

/** A fresh lab is ready when its pods run; kube-proxy and flanneld catch up with them a moment later. */
const SETTLE_US = 5_000_000;

export async function snapshot({ operands }: Arguments): Promise<number> {
  printJson(await snapshotByName(operands[0]!));
  return 0;
}

export async function snapshotByName(name: string): Promise<Snapshot> {
  const saved = savedSnapshot(name);
  if (saved) return saved;
  const lab = await labByName(name);
  lab.simulation.runUntil(lab.simulation.nowUs + SETTLE_US);
  const now = lab.snapshot();
  lab.close();
  return now;
}

/** Undefined: no file that holds one, so it is a lab's name or file. */
function savedSnapshot(name: string): Snapshot | undefined {
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
