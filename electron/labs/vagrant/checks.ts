/**
 * What stands in the way of machines on this host, looked at before anything is started: programs and their versions, memory, disk, the host-only
 * range, virtualisation, boxes. The facts are read in host.ts; here they are judged.
 */
import { hostOnlyRanges, isInRange } from './virtualbox.ts';
import type { Box } from './machine-readable.ts';
import type { VagrantfileHints } from './vagrantfile.ts';

export interface HostFacts {
  readonly platform: string;
  readonly architecture: string;
  /** undefined: the program is not there. */
  readonly vagrant: string | undefined;
  readonly virtualBox: string | undefined;
  readonly freeMemoryMib: number;
  readonly freeDiskMib: number;
  /** Which disk: where machines are kept. */
  readonly diskFolder: string;
  /** What /etc/vbox/networks.conf says; undefined: there is none. */
  readonly hostOnlyFile: string | undefined;
  /** Of the first processor, where the system tells: vmx, svm. */
  readonly processorFlags: readonly string[] | undefined;
  /** VirtualBox's own way to the processor is there. */
  readonly hasVirtualBoxDevice: boolean;
  /** undefined: not asked, since Vagrant is not there. */
  readonly boxes: readonly Box[] | undefined;
}

export type CheckKind = 'vagrant' | 'virtualbox' | 'architecture' | 'virtualisation' | 'virtualbox-module' | 'memory' | 'disk' | 'host-only-range' | 'box';
export interface Check {
  readonly kind: CheckKind;
  /** `missing` and `too-old` stand in the way; `warning` may; `fine` does not. */
  readonly verdict: 'fine' | 'warning' | 'missing' | 'too-old';
  readonly facts: Readonly<Record<string, string | number>>;
}
export const isObstacle = (check: Check): boolean => check.verdict === 'missing' || check.verdict === 'too-old';

const OLDEST_VAGRANT = '2.2.19';
const OLDEST_VIRTUALBOX = '6.1';
/** A machine with Kubernetes and its images. */
const DISK_PER_MACHINE_MIB = 6 * 1024;

/** `provider`: which of Vagrant's makes the machines; those of VirtualBox are asked more. `machines`: how many are not there yet. */
export function checkHost(host: HostFacts, hints: VagrantfileHints, provider: string, machines: number): readonly Check[] {
  return [
    programCheck('vagrant', host.vagrant, OLDEST_VAGRANT),
    ...(provider === 'virtualbox' ? virtualBoxChecks(host, hints) : []),
    ...(machines > 0 && hints.memoryMib > 0
      ? [
          {
            kind: 'memory',
            verdict: host.freeMemoryMib >= hints.memoryMib ? 'fine' : 'warning',
            facts: { needed: hints.memoryMib, free: Math.floor(host.freeMemoryMib) },
          } as const,
        ]
      : []),
    ...(machines > 0
      ? [
          {
            kind: 'disk',
            verdict: host.freeDiskMib >= machines * DISK_PER_MACHINE_MIB ? 'fine' : 'warning',
            facts: { needed: machines * DISK_PER_MACHINE_MIB, free: Math.floor(host.freeDiskMib), folder: host.diskFolder },
          } as const,
        ]
      : []),
    ...(machines > 0 && host.boxes ? hints.boxes.map((box) => boxCheck(box, provider, host.boxes!)) : []),
  ];
}

function virtualBoxChecks(host: HostFacts, hints: VagrantfileHints): readonly Check[] {
  const checks: Check[] = [programCheck('virtualbox', host.virtualBox, OLDEST_VIRTUALBOX)];
  if (host.platform === 'darwin' && host.architecture === 'arm64')
    checks.push({ kind: 'architecture', verdict: 'warning', facts: { architecture: host.architecture } });
  if (host.processorFlags) {
    const flag = host.processorFlags.find((one) => one === 'vmx' || one === 'svm');
    checks.push({ kind: 'virtualisation', verdict: flag === undefined ? 'missing' : 'fine', facts: { flag: flag ?? '' } });
  }
  if (host.platform === 'linux' && host.virtualBox !== undefined)
    checks.push({ kind: 'virtualbox-module', verdict: host.hasVirtualBoxDevice ? 'fine' : 'missing', facts: {} });
  // On macOS from VirtualBox 7 on, and on Windows, there is no such limit.
  if (host.platform === 'linux' && hints.addresses.length > 0) {
    const ranges = hostOnlyRanges(host.hostOnlyFile);
    const outside = hints.addresses.filter((address) => !ranges.some((range) => isInRange(address, range)));
    checks.push({
      kind: 'host-only-range',
      verdict: outside.length > 0 ? 'missing' : 'fine',
      facts: { addresses: (outside.length > 0 ? outside : hints.addresses).join(', '), ranges: ranges.join(', ') },
    });
  }
  return checks;
}

function programCheck(kind: 'vagrant' | 'virtualbox', version: string | undefined, oldest: string): Check {
  if (version === undefined) return { kind, verdict: 'missing', facts: { oldest } };
  return { kind, verdict: isOlder(version, oldest) ? 'too-old' : 'fine', facts: { version, oldest } };
}

function boxCheck(box: VagrantfileHints['boxes'][number], provider: string, boxes: readonly Box[]): Check {
  const isThere = boxes.some((one) => one.name === box.name && one.provider === provider && (box.version === undefined || one.version === box.version));
  return { kind: 'box', verdict: isThere ? 'fine' : 'warning', facts: { box: box.name, version: box.version ?? '' } };
}

/** By numbers, part by part; what follows them (`7.0.20r163906`, `2.3.4.dev`) does not count. */
export function isOlder(version: string, than: string): boolean {
  const parts = (text: string): readonly number[] => (/^\d+(\.\d+)*/.exec(text)?.[0] ?? '').split('.').map(Number);
  const [a, b] = [parts(version), parts(than)];
  for (let i = 0; i < Math.max(a.length, b.length); i++) if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) < (b[i] ?? 0);
  return false;
}
