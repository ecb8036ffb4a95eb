/** A lab that a command works on: the one that is up, wherever it is, or one that comes up for the command alone. */
import { basename } from 'node:path';
import { attachLab, publishLab } from '../labs/core/sockets.ts';
import { makeProviders, PROVIDER_KINDS } from '../labs/providers.ts';
import type { LabProvider, ProviderKind, RunningLab } from '../labs/provider.ts';
import { findPlaces } from '../places.ts';
import { askOnTerminal } from './ask.ts';
import { content } from './own-content.ts';
import { Failure, UsageError } from './usage.ts';

export interface Borrowed {
  readonly lab: RunningLab;
  /** Leaves it as it was. */
  giveBack(): Promise<void>;
}

export const labId = (name: string): string => (/\.ya?ml$/.test(name) ? basename(name).replace(/\.ya?ml$/, '') : name);

export function providerNamed(kind: string | boolean | undefined): LabProvider | undefined {
  if (kind === undefined) return undefined;
  const known = PROVIDER_KINDS.find((one) => one === kind);
  if (!known) throw new UsageError(`--provider is ${PROVIDER_KINDS.join(', ')}, not ${JSON.stringify(kind)}`);
  return providerOf(known);
}
export function providerOf(kind: ProviderKind): LabProvider {
  return makeProviders({ places: findPlaces(), content: content(), report: warn, onBug: (error) => warn(String(error)) }).find((one) => one.kind === kind)!;
}
const warn = (message: string): void => void process.stderr.write(`podwalk: ${message}\n`);

/** Undefined: it is not up, and no provider is named. */
export async function borrowLab(name: string, kind: string | boolean | undefined): Promise<Borrowed | undefined> {
  const { home } = findPlaces();
  const provider = providerNamed(kind);
  const present = await attachLab(home, labId(name));
  if (present) {
    if (provider && provider.kind !== present.provider) {
      present.detach();
      throw new Failure(`${present.id} is up, by the provider ${present.provider}: podwalk down ${present.id} takes it down`);
    }
    return { lab: present, giveBack: () => Promise.resolve(present.detach()) };
  }
  if (!provider) return undefined;
  const lab = await provider.start(name, { ask: askOnTerminal });
  const published = await publishLab(
    home,
    lab,
    () => lab.stop(),
    (error) => warn(String(error)),
  );
  return {
    lab,
    giveBack: async () => {
      published.close();
      await lab.stop();
    },
  };
}
/** As `borrowLab`; a lab that is not up comes up simulated. */
export async function anyLab(name: string, kind: string | boolean | undefined): Promise<Borrowed> {
  const borrowed = await borrowLab(name, kind);
  if (borrowed) return borrowed;
  const lab = await providerOf('simulated').start(name);
  return { lab, giveBack: () => lab.stop() };
}
