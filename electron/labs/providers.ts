/** Who can make labs here. */
import type { Content } from '../content.ts';
import type { Places } from '../places.ts';
import { namespacesProvider } from './namespaces.ts';
import type { LabProvider, ProviderKind } from './provider.ts';
import { simulatedProvider } from './simulated.ts';
import { sshProvider } from './ssh/ssh-provider.ts';
import { vagrantProvider } from './vagrant/provider.ts';

export const PROVIDER_KINDS = ['simulated', 'namespaces', 'vagrant', 'ssh'] as const satisfies readonly ProviderKind[];

export interface ProvidersOptions {
  readonly places: Places;
  readonly content: Content;
  /** What a user should know of a lab that is up. */
  readonly report: (message: string) => void;
  readonly onBug: (error: unknown) => void;
}

export function makeProviders({ places, content, report, onBug }: ProvidersOptions): readonly LabProvider[] {
  return [
    simulatedProvider(content, places.version, onBug),
    namespacesProvider({ places, content, report }),
    vagrantProvider({ places, report }),
    sshProvider({ report }),
  ];
}
