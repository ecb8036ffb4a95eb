/** Why a command of Vagrant failed: on which machine, in which step, its last lines, and which kind of trouble that is, so that advice can be given. */
import { errorOf } from './machine-readable.ts';
import type { VagrantEnd } from './process.ts';
import type { Phase, VagrantProgress } from './progress.ts';

/** What kind of trouble it is; each has a sentence of advice in words.ts. */
export type Trouble =
  | 'cancelled'
  | 'provisioner'
  | 'no-network-in-machine'
  | 'wrong-file'
  | 'boot-timeout'
  | 'ssh-login'
  | 'box-not-found'
  | 'box-download'
  | 'box-wrong-provider'
  | 'no-provider'
  | 'virtualbox-module'
  | 'virtualisation-busy'
  | 'virtualisation-off'
  | 'wrong-architecture'
  | 'host-only-range'
  | 'host-only-adapter'
  | 'network-collision'
  | 'port-taken'
  | 'locked'
  | 'disk-full'
  | 'no-memory'
  | 'vagrantfile'
  | 'snapshot-unknown'
  | 'snapshot-there'
  | 'snapshots-unsupported'
  | 'other';

/** By Vagrant's class of the error. */
const BY_KIND: Readonly<Record<string, Trouble>> = {
  VMBootTimeout: 'boot-timeout',
  SSHAuthenticationFailed: 'ssh-login',
  BoxNotFound: 'box-not-found',
  BoxAddShortNotFound: 'box-not-found',
  BoxAddNoMatchingVersion: 'box-not-found',
  BoxVersionNotFound: 'box-not-found',
  BoxAddNoMatchingProvider: 'box-wrong-provider',
  BoxProviderDoesntMatch: 'box-wrong-provider',
  DownloaderError: 'box-download',
  NoDefaultProvider: 'no-provider',
  ProviderNotFound: 'no-provider',
  ProviderNotFoundSuggestion: 'no-provider',
  ProviderNotUsable: 'no-provider',
  VirtualBoxNotDetected: 'no-provider',
  VirtualBoxInstallIncomplete: 'no-provider',
  VirtualBoxInvalidVersion: 'no-provider',
  VirtualBoxKernelModuleNotLoaded: 'virtualbox-module',
  VirtualBoxInvalidHostSubnet: 'host-only-range',
  NetworkCollision: 'network-collision',
  NetworkAddressInvalid: 'vagrantfile',
  ForwardPortCollision: 'port-taken',
  ForwardPortCollisionResume: 'port-taken',
  MachineLocked: 'locked',
  MachineActionLockedError: 'locked',
  EnvironmentLockedError: 'locked',
  VagrantfileSyntaxError: 'vagrantfile',
  VagrantfileLoadError: 'vagrantfile',
  VagrantfileNameError: 'vagrantfile',
  VagrantfileTypeError: 'vagrantfile',
  ConfigInvalid: 'vagrantfile',
  ConfigUpgradeErrors: 'vagrantfile',
  NoEnvironmentError: 'vagrantfile',
  SnapshotNotFound: 'snapshot-unknown',
  SnapshotConflictFailed: 'snapshot-there',
  SnapshotNotSupported: 'snapshots-unsupported',
};

/** By what is said; the more telling first. */
const BY_TEXT: readonly (readonly [RegExp, Trouble])[] = [
  [/There is a syntax error in the following Vagrantfile|failed to initialize at a very early stage/, 'vagrantfile'],
  [/is not the file it should be: its SHA-256/, 'wrong-file'],
  [/No space left on device|VERR_DISK_FULL/, 'disk-full'],
  [/VERR_NO_MEMORY|Cannot allocate memory|not enough memory/i, 'no-memory'],
  [/VERR_VMX_IN_VMX_ROOT_MODE|VERR_SVM_IN_USE|VirtualBox can't operate in VMX root mode/, 'virtualisation-busy'],
  [
    /VERR_VMX_NO_VMX|VERR_VMX_MSR_.*DISABLED|VERR_SVM_DISABLED|VERR_SVM_NO_SVM|VT-x is (disabled|not available)|AMD-V is (disabled|not available)/,
    'virtualisation-off',
  ],
  [/VERR_VM_DRIVER_NOT_INSTALLED|vboxdrv kernel module is not loaded|Kernel driver not installed/, 'virtualbox-module'],
  [/VBOX_E_PLATFORM_ARCH_NOT_SUPPORTED|Cannot run the machine because its platform architecture/, 'wrong-architecture'],
  [/not within the\s+allowed ranges/, 'host-only-range'],
  [/Failed to create the host-only (adapter|network)|hostonlyif.*NS_ERROR_FAILURE|VBoxNetAdpCtl/s, 'host-only-adapter'],
  [/Timed out while waiting for the machine to boot/, 'boot-timeout'],
  [/Could not resolve host|Temporary failure (in name resolution|resolving)|Failed to fetch http/, 'no-network-in-machine'],
  [/The SSH command responded with a non-zero exit status/, 'provisioner'],
];

export interface VagrantFailure {
  readonly trouble: Trouble;
  /** Which machines; none: it failed before it came to any. */
  readonly machines: readonly string[];
  /** Where the first of them was. */
  readonly phase: Phase;
  /** Of the Vagrantfile, or Vagrant's words for what it did. */
  readonly step: string;
  readonly lastLines: readonly string[];
  /** Vagrant's own. */
  readonly message: string;
}

/** undefined: it did not fail. */
export function failureOf(end: VagrantEnd, progress: VagrantProgress): VagrantFailure | undefined {
  if (end.status === 0 && !end.wasCancelled) return undefined;
  const error = errorOf(end.lines);
  const message = error?.message ?? end.strays.slice(-20).join('\n');
  const machines = [...message.matchAll(/action on the '([^']+)'\s+machine/g)].map(([, name]) => name!);
  const unfinished = progress.machines().filter(({ phase, past }) => phase !== 'done' && (phase !== 'preparing' || past.length > 0));
  const failing = machines.length > 0 ? machines : error && unfinished.length > 0 ? [unfinished.at(-1)!.machine] : [];
  for (const machine of failing) progress.failed(machine);
  const first = progress.machines().find(({ machine }) => machine === failing[0]);
  const lastLines = failing[0] === undefined ? end.strays.slice(-20) : progress.tailOf(failing[0]);
  return {
    trouble: end.wasCancelled ? 'cancelled' : troubleOf(error?.kind, [...lastLines, message].join('\n')),
    machines: failing,
    phase: first?.phase ?? 'preparing',
    step: first?.step ?? '',
    lastLines: lastLines.filter((line) => !/^An error occurred\. The error will be shown after/.test(line)),
    message,
  };
}

const troubleOf = (kind: string | undefined, text: string): Trouble =>
  (kind === undefined ? undefined : BY_KIND[kind]) ?? BY_TEXT.find(([pattern]) => pattern.test(text))?.[1] ?? 'other';
