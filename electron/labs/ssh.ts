/** stub */
import { refuse } from '../../shared/ipc/index.ts';
import type { LabProvider } from './provider.ts';
export function sshProvider(_options: { readonly report: (message: string) => void }): LabProvider {
  return { kind: 'ssh', list: () => Promise.resolve([]), start: () => Promise.reject(new Error(String(refuse))) };
}
