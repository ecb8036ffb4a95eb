/**
 * VirtualBox's own view: `VBoxManage showvminfo NAME --machinereadable`, one `key=value` a line, texts in double quotes; and /etc/vbox/networks.conf,
 * which says what addresses host-only networks may have. Authority: VirtualBox's user manual, "VBoxManage showvminfo" and "Host-Only Networking";
 * the defaults are those of vagrant/plugins/providers/virtualbox/action/network.rb.
 */

export interface VirtualMachine {
  readonly name: string;
  readonly uuid: string;
  /** `running`, `poweroff`, `saved`, `paused`, `aborted` … */
  readonly state: string;
  readonly memoryMib?: number;
  readonly cpus?: number;
  readonly cards: readonly Card[];
  readonly snapshots: readonly { readonly name: string; readonly uuid: string }[];
}

/** A network card, counted from 1 as VirtualBox does: card 1 is the guest's first. */
export interface Card {
  readonly number: number;
  /** `nat`, `hostonly`, `bridged`, `intnet`, `hostonlynetwork` …; cards that are not there are left out. */
  readonly kind: string;
  /** `08:00:27:8d:c0:4d` */
  readonly mac?: string;
  /** Of the host, that it hangs on: `vboxnet0`. */
  readonly network?: string;
  readonly isCableConnected: boolean;
}

export interface VirtualMachineReading {
  readonly machine: VirtualMachine | undefined;
  readonly problems: readonly { readonly line: number; readonly text: string }[];
}

export function parseShowVmInfo(text: string): VirtualMachineReading {
  const problems: { line: number; text: string }[] = [];
  const values = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === '') continue;
    const [, quoted, bare, value] = /^(?:"((?:[^"\\]|\\.)*)"|([^"=]+))=(.*)$/.exec(line) ?? [];
    const key = quoted ?? bare;
    if (key === undefined) problems.push({ line: index + 1, text: line });
    else values.set(key, unquoted(value!));
  }
  const [name, uuid] = [values.get('name'), values.get('UUID')];
  if (name === undefined || uuid === undefined) return { machine: undefined, problems };
  return {
    machine: {
      name,
      uuid,
      state: values.get('VMState') ?? 'unknown',
      ...numberOf('memoryMib', values.get('memory')),
      ...numberOf('cpus', values.get('cpus')),
      cards: cardsOf(values),
      snapshots: [...values].flatMap(([key, value]) => {
        const [, path] = /^SnapshotName(-[0-9-]*)?$/.exec(key) ?? [];
        return /^SnapshotName/.test(key) ? [{ name: value, uuid: values.get(`SnapshotUUID${path ?? ''}`) ?? '' }] : [];
      }),
    },
    problems,
  };
}

function cardsOf(values: ReadonlyMap<string, string>): readonly Card[] {
  const numbers = [...values.keys()].flatMap((key) => /^nic(\d+)$/.exec(key)?.[1] ?? []).map(Number);
  return numbers
    .sort((a, b) => a - b)
    .flatMap((number): readonly Card[] => {
      const kind = values.get(`nic${number}`)!;
      if (kind === 'none') return [];
      const mac = values
        .get(`macaddress${number}`)
        ?.toLowerCase()
        .match(/[0-9a-f]{2}/g)
        ?.join(':');
      const network = ['hostonlyadapter', 'bridgeadapter', 'intnet', 'hostonly-network', 'nat-network']
        .map((key) => values.get(`${key}${number}`))
        .find((one) => one);
      return [
        {
          number,
          kind,
          ...(mac !== undefined && { mac }),
          ...(network !== undefined && { network }),
          isCableConnected: values.get(`cableconnected${number}`) !== 'off',
        },
      ];
    });
}

const unquoted = (value: string): string => (/^".*"$/s.test(value) ? value.slice(1, -1).replaceAll(/\\(["\\])/g, '$1') : value);
const numberOf = <K extends string>(key: K, text: string | undefined): { [P in K]?: number } => {
  const number = Number(text);
  return (text !== undefined && text !== '' && Number.isFinite(number) ? { [key]: number } : {}) as { [P in K]?: number };
};

/** The ranges that host-only networks may be in. `file`: what /etc/vbox/networks.conf says; undefined: there is none, and VirtualBox has its own. */
export function hostOnlyRanges(file: string | undefined): readonly string[] {
  if (file === undefined) return ['192.168.56.0/21'];
  return file
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.startsWith('*'))
    .flatMap((line) => line.slice(1).trim().split(/\s+/))
    .filter((range) => range !== '');
}

export function isInRange(address: string, range: string): boolean {
  const [base = '', length = '32'] = range.split('/');
  const [a, b] = [ipv4(address), ipv4(base)];
  const bits = Number(length);
  if (a === undefined || b === undefined || !(bits >= 0 && bits <= 32)) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(a / size) === Math.floor(b / size);
}
function ipv4(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return parts?.every((part) => part < 256) === true ? parts.reduce((all, part) => all * 256 + part, 0) : undefined;
}
