/**
 * `podwalk up` and `podwalk down`. A lab that is up is served on a socket of its user until Ctrl-C, or, with --detach, by a process that stays when the
 * command has ended, until `podwalk down`.
 */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { attachLab, publishLab, runFolder } from '../labs/core/sockets.ts';
import type { Question } from '../labs/provider.ts';
import { findPlaces } from '../places.ts';
import { askOnTerminal } from './ask.ts';
import { labId, providerNamed, providerOf } from './running.ts';
import { untilSignalled } from './signals.ts';
import { Failure, type Arguments } from './usage.ts';

/** Set in the process that stays: it talks to the command that started it. */
const IS_DETACHED = 'PODWALK_DETACHED';

/** From the process that stays. */
type Told =
  | { readonly kind: 'up'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'ask'; readonly question: Question };

export async function up({ options, operands }: Arguments): Promise<number> {
  const [name = ''] = operands;
  const { home } = findPlaces();
  const provider = providerNamed(options['provider']) ?? providerOf('simulated');
  const present = await attachLab(home, labId(name));
  if (present) {
    present.detach();
    if (provider.kind === present.provider || options['provider'] === undefined) {
      process.stdout.write(`${present.id} is up already (${present.provider}, process ${present.pid})\n`);
      return 0;
    }
    throw new Failure(`${present.id} is up, by the provider ${present.provider}: podwalk down ${present.id} takes it down`);
  }
  if (options['detach'] === true && process.env[IS_DETACHED] === undefined) return detach(name, provider.kind, home);
  const startMs = performance.now();
  const lab = await provider.start(name, { ask: process.send ? askParent : askOnTerminal });
  let stopped: () => void = () => undefined;
  const stop = new Promise<void>((resolve) => (stopped = resolve));
  let isDown: (() => void) | undefined;
  const down = new Promise<void>((resolve) => (isDown = resolve));
  const published = await publishLab(
    home,
    lab,
    () => {
      stopped();
      return down;
    },
    (error) => void process.stderr.write(`podwalk: ${String(error)}\n`),
  ).catch(async (error: unknown) => {
    await lab.stop();
    throw error;
  });
  const message = `${lab.id} is up (${lab.provider}): ${lab.nodes.join(' ')}, in ${Math.round(performance.now() - startMs)} ms`;
  if (process.send) {
    process.send({ kind: 'up', message } satisfies Told);
    process.disconnect();
  } else process.stdout.write(`${message}\nCtrl-C takes it down.\n`);
  await Promise.race([stop, untilSignalled()]);
  await lab.stop();
  isDown?.();
  published.close();
  return 0;
}

export async function down({ operands }: Arguments): Promise<number> {
  const [name = ''] = operands;
  const lab = await attachLab(findPlaces().home, labId(name));
  if (!lab) throw new Failure(`${labId(name)} is not up`);
  await lab.stop();
  process.stdout.write(`${lab.id} is down\n`);
  return 0;
}

function detach(name: string, kind: string, home: string): Promise<number> {
  const log = openSync(join(runFolder(home), 'detached.log'), 'a', 0o600);
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, 'up', name, '--provider', kind], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...process.env, [IS_DETACHED]: '1' },
  });
  return new Promise((resolve, reject) => {
    child.on('message', (told: Told) => {
      if (told.kind === 'ask') void askOnTerminal(told.question).then((answer) => child.send({ answer }));
      else if (told.kind === 'failed') reject(new Failure(told.message));
      else {
        process.stdout.write(`${told.message}\n`);
        child.disconnect();
        child.unref();
        resolve(0);
      }
    });
    child.on('error', reject);
    child.on('exit', (status) =>
      reject(new Failure(`the lab's process ended at once (status ${status ?? 'none'}); ${join(runFolder(home), 'detached.log')} may say why`)),
    );
  });
}
function askParent(question: Question): Promise<string | undefined> {
  return new Promise((resolve) => {
    process.once('message', ({ answer }: { readonly answer?: string }) => resolve(answer));
    process.send?.({ kind: 'ask', question } satisfies Told);
  });
}
