/**
 * What a namespaces lab leaves when the app was killed. Its processes end with the app's pipes, so this is the second line: processes are written down
 * with the time they began, and the next start ends those that still are the same and whose app is gone.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signalProcess } from '../live/pipe-program.ts';

interface ProcessMark {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat, ticks since the machine started. */
  readonly startTime: string;
}
interface LabState {
  readonly lab: string;
  readonly owner: ProcessMark;
  readonly processes: readonly ProcessMark[];
}

const PREFIX = 'namespaces-';
const fileOf = (folder: string, lab: string): string => join(folder, `${PREFIX}${encodeURIComponent(lab)}.json`);

export async function writeState(folder: string, lab: string, pids: readonly number[]): Promise<void> {
  const state: LabState = { lab, owner: markOf(process.pid)!, processes: pids.flatMap((pid) => markOf(pid) ?? []) };
  // processes do not outlive the machine: it need not be on the disk
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(fileOf(folder, lab), `${JSON.stringify(state)}\n`, { mode: 0o600 });
}
export const removeState = (folder: string, lab: string): Promise<void> => rm(fileOf(folder, lab), { force: true });

/** Ends what is left of labs whose app is gone. Answers with their names. */
export async function clearLeftovers(folder: string): Promise<readonly string[]> {
  const cleared: string[] = [];
  for (const name of namesIn(folder)) {
    if (!name.startsWith(PREFIX) || !name.endsWith('.json')) continue;
    const path = join(folder, name);
    const state = await readState(path);
    if (state && isAlive(state.owner)) continue;
    const left = state?.processes.filter(isAlive) ?? [];
    for (const { pid } of left) signalProcess(pid, 'KILL');
    if (left.length > 0) cleared.push(state!.lab);
    await rm(path, { force: true });
  }
  return cleared;
}

async function readState(path: string): Promise<LabState | undefined> {
  try {
    const state = JSON.parse(await readFile(path, 'utf8')) as Partial<LabState>;
    return typeof state.lab === 'string' && typeof state.owner?.pid === 'number' && Array.isArray(state.processes) ? (state as LabState) : undefined;
  } catch {
    return undefined;
  }
}

function markOf(pid: number): ProcessMark | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the name stands in parentheses and may have anything in it
    return { pid, startTime: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]! };
  } catch {
    return undefined;
  }
}
const isAlive = ({ pid, startTime }: ProcessMark): boolean => markOf(pid)?.startTime === startTime;
const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};
