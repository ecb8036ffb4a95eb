/** A simulated lab with a pod of ours on each of two nodes, run free in this process. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModule, root } from './bundle.mjs';

const LAB = 'flannel-host-gw';
const PIECE = 4096;
const READY_LIMIT_US = 30e6;

/** `from` and `to` are endpoints of the lab; `run` runs a program on one to its end and throws where it fails. */
export async function twoPods() {
  const { createLab, parseLabFile } = await loadModule('shared/lab/index.ts');
  const source = readFileSync(join(root, `resources/labs/${LAB}.yaml`), 'utf8');
  const started = performance.now();
  const lab = createLab(parseLabFile(LAB, source).value, { seed: 1, epochMs: Date.now() });
  const readyMs = performance.now() - started;

  /** @param {string} target @param {string[]} argv @param {string} [input] @returns {string} what it printed */
  function run(target, argv, input) {
    const { ok, value: session, error } = lab.exec({ target, argv });
    if (!ok) throw new Error(error.message);
    let output = '';
    let rest = input;
    const take = () => (output += session.read(1 << 20) + session.readError(1 << 20));
    let isGiving = false;
    const give = () => {
      if (rest === undefined || isGiving) return;
      isGiving = true;
      for (let taken = 1; taken > 0 && rest !== ''; rest = rest.slice(taken)) taken = session.write(rest.slice(0, PIECE));
      isGiving = false;
      if (rest !== '') return;
      rest = undefined;
      session.closeInput();
    };
    session.onReadable(take);
    session.onWritable(give);
    give();
    while (session.exitStatus === undefined) if (lab.simulation.runFree(() => session.exitStatus === undefined) === 'idle') break;
    take();
    if (session.exitStatus !== 0) throw new Error(`${argv.join(' ')}: ${output}`);
    return output;
  }

  const [controlplane, one, two] = lab.nodes;
  for (const [name, node] of [
    ['ping-a', one],
    ['ping-b', two],
  ]) {
    const place = `--overrides={"spec":{"nodeName":"${node}"}}`;
    run(controlplane, ['kubectl', 'run', name, '--image=nicolaka/netshoot', place, '--command', '--', 'sleep', 'infinity']);
  }
  const until = lab.simulation.nowUs + READY_LIMIT_US;
  const running = () => lab.endpoints().filter((/** @type {any} */ pod) => pod.kind === 'pod' && pod.label.startsWith('ping-') && pod.status === 'Running');
  while (running().length < 2 && lab.simulation.nowUs < until) lab.simulation.runUntil(lab.simulation.nowUs + 100_000);
  const [from, to] = running();
  if (!from || !to) throw new Error('the pods do not run');
  return { lab, run, from, to, readyMs };
}

/** Round trips per second of a flood ping. @param {Awaited<ReturnType<typeof twoPods>>} pods @param {number} count */
export function floodPing({ run, from, to }, count) {
  const started = performance.now();
  const output = run(from.id, ['ping', '-f', '-q', '-c', String(count), to.address]);
  const seconds = (performance.now() - started) / 1000;
  if (!output.includes(` ${count} received, 0% packet loss`)) throw new Error(output);
  return count / seconds;
}
