/**
 * hostname(1) 3.23 and its other names: dnsdomainname, domainname, nisdomainname, ypdomainname. Authority: hostname.c of that version.
 * Deviation: name servers are not asked; a name has the addresses that /etc/hosts gives it.
 */
import { strerror, type Bytes } from '../../base/index.ts';
import { devicesInOrder, type Netns } from '../../kernel/index.ts';
import { netnsOf } from '../../machine/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { formatIpv4, formatIpv6, isIpv6LinkLocal, parseIpv4 } from '../../wire/index.ts';
import { hostNameOf } from '../net/index.ts';
import { parseOptions, type OptionSpec } from '../options.ts';
import { declared, declaredOptions } from '../declaration.ts';

const OPTIONS: readonly OptionSpec[] = [
  { id: 'a', short: 'a', long: 'alias', argument: 'none', help: 'alias names' },
  { id: 'A', short: 'A', long: 'all-fqdns', argument: 'none', help: 'all long host names (FQDNs)' },
  { id: 'b', short: 'b', long: 'boot', argument: 'none', help: 'set default hostname if none available' },
  { id: 'd', short: 'd', long: 'domain', argument: 'none', help: 'DNS domain name' },
  { id: 'f', short: 'f', long: 'fqdn', argument: 'none', help: 'long host name (FQDN)' },
  { id: 'f', short: '', long: 'long', argument: 'none' },
  { id: 'F', short: 'F', long: 'file', argument: 'required', help: 'read host name or NIS domain name from given file' },
  { id: 'i', short: 'i', long: 'ip-address', argument: 'none', help: 'addresses for the host name' },
  { id: 'I', short: 'I', long: 'all-ip-addresses', argument: 'none', help: 'all addresses for the host' },
  { id: 's', short: 's', long: 'short', argument: 'none', help: 'short host name' },
  { id: 'y', short: 'y', long: 'yp', argument: 'none', help: 'NIS/YP domain name' },
  { id: 'y', short: '', long: 'nis', argument: 'none' },
  { id: 'V', short: 'V', long: 'version', argument: 'none' },
  { id: 'h', short: 'h', long: 'help', argument: 'none' },
];
const HELP = [
  'Usage: hostname [-b] {hostname|-F file}         set host name (from file)',
  '       hostname [-a|-A|-d|-f|-i|-I|-s|-y]       display formatted name',
  '       hostname                                 display host name',
  '',
  '       {yp,nis,}domainname {nisdomain|-F file}  set NIS domain name (from file)',
  '       {yp,nis,}domainname                      display NIS domain name',
  '',
  '       dnsdomainname                            display dns domain name',
  '',
  '       hostname -V|--version|-h|--help          print info and exit',
  '',
  'Program name:',
  '       {yp,nis,}domainname=hostname -y',
  '       dnsdomainname=hostname -d',
  '',
  'Program options:',
  ...OPTIONS.filter(({ help }) => help !== undefined).map(({ id, short, help }) => {
    const names = OPTIONS.filter((each) => each.id === id).map(({ long }) => `--${long}`);
    return `    ${`-${short}, ${names.join(', ')}`.padEnd(22)} ${help}`;
  }),
  '',
  'Description:',
  '   This command can get or set the host name or the NIS domain name. You can',
  '   also get the DNS domain or the FQDN (fully qualified domain name).',
  '   Unless you are using bind or NIS for host lookups you can change the',
  '   FQDN (Fully Qualified Domain Name) and the DNS domain name (which is',
  '   part of the FQDN) in the /etc/hosts file.',
  '',
].join('\n');
const USAGE_STATUS = 255;
const NAME_MAX = 64;
const NONE = '(none)';

type Shown = 'name' | 'alias' | 'all-names' | 'domain' | 'fqdn' | 'addresses' | 'all-addresses' | 'short' | 'nis';
const SHOWN: Readonly<Record<string, Shown>> = {
  ...{ a: 'alias', A: 'all-names', d: 'domain', f: 'fqdn', i: 'addresses', I: 'all-addresses', s: 'short', y: 'nis' },
};
/** What a program shows by its name. */
const BY_NAME: Readonly<Record<string, Shown>> = { dnsdomainname: 'domain', domainname: 'nis', nisdomainname: 'nis', ypdomainname: 'nis' };

export const hostname = declared({ synopsis: '[options] [hostname|nisdomain]', options: declaredOptions(OPTIONS) }, function* (p) {
  const { options, operands, error } = parseOptions(p.argv, OPTIONS);
  let shown = BY_NAME[p.name] ?? 'name';
  let file: Bytes | undefined;
  const keepsName = options.some(({ id }) => id === 'b');
  for (const { id, argument } of options) {
    if (id === 'V') return (yield* p.print('hostname 3.23\n'), 0);
    if (id === 'h') return (yield* p.print(HELP), USAGE_STATUS);
    if (id === 'F') file = argument;
    shown = SHOWN[id] ?? shown;
  }
  if (error !== undefined) return (yield* p.error(error + HELP), USAGE_STATUS);
  if (file !== undefined || operands.length > 0) {
    if (operands.length > (file === undefined ? 1 : 0) || (shown !== 'name' && shown !== 'nis')) return (yield* p.error(HELP), USAGE_STATUS);
    return yield* set(p, shown === 'nis' ? 'domainname' : 'hostname', file, operands[0], keepsName);
  }
  return yield* show(p, shown);
});

function* set(p: Process, what: 'hostname' | 'domainname', path: Bytes | undefined, word: Bytes | undefined, keepsName: boolean): Sys<number> {
  let name = word;
  if (path !== undefined) {
    const file = p.fs.readFile(path);
    if (!file.ok) {
      if (!keepsName) return yield* p.fail(strerror(file.error));
      name = 'localhost';
    } else
      name = file.value
        .split('\n')
        .find((line) => line.trim() !== '' && !line.startsWith('#'))
        ?.trim();
  }
  if (p.credentials.euid !== 0) return yield* p.fail(`you must be root to change the ${what === 'hostname' ? 'host' : 'domain'} name`);
  const isValid = name !== undefined && (what === 'domainname' || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(name));
  if (name === undefined || !isValid) return yield* p.fail('the specified hostname is invalid');
  if (name.length > NAME_MAX) return yield* p.fail('name too long');
  p.namespaces.uts[what] = name;
  return 0;
}

/** A line of /etc/hosts that names this host: its address, then its names. */
const entriesOf = (p: Process, name: Bytes): readonly (readonly [address: Bytes, names: readonly Bytes[]])[] => {
  const file = p.fs.readFile('/etc/hosts');
  return (file.ok ? file.value : '').split('\n').flatMap((row) => {
    const [address, ...names] = (row.split('#', 1)[0] ?? '').trim().split(/\s+/);
    return address !== undefined && names.includes(name) ? [[address, names] as const] : [];
  });
};

function* show(p: Process, shown: Shown): Sys<number> {
  const { hostname: name, domainname } = p.namespaces.uts;
  const line = function* (text: Bytes): Sys<number> {
    yield* p.print(`${text}\n`);
    return 0;
  };
  switch (shown) {
    case 'name':
      return yield* line(name);
    case 'short':
      return yield* line(name.split('.', 1)[0] ?? '');
    case 'nis':
      if (domainname !== NONE || p.name === 'domainname') return yield* line(domainname);
      return yield* p.fail('Local domain name not set');
    case 'all-addresses':
      return yield* line(
        addressesOf(netnsOf(p))
          .map((address) => `${address} `)
          .join(''),
      );
    case 'all-names':
      return yield* line(
        namesOf(p)
          .map((each) => `${each} `)
          .join(''),
      );
    default:
  }
  const entries = entriesOf(p, name);
  const [first] = entries;
  if (first === undefined) return yield* p.fail('Temporary failure in name resolution');
  const [canonical = name, ...aliases] = first[1];
  switch (shown) {
    case 'fqdn':
      return yield* line(canonical);
    case 'domain': {
      const dot = canonical.indexOf('.');
      if (dot >= 0) yield* line(canonical.slice(dot + 1));
      return 0;
    }
    case 'alias':
      return yield* line(aliases.join(' '));
    case 'addresses':
      return yield* line(entries.map(([address]) => address).join(' '));
  }
}
/** Of all devices that are up, but the loopback's and link-local ones: IPv4's first, as getifaddrs(3) lists them. */
function addressesOf(netns: Netns): readonly Bytes[] {
  const devices = devicesInOrder(netns).filter((device) => device.isUp && !device.isLoopback);
  return [
    ...devices.flatMap((device) => (device.ipv4?.addresses ?? []).map(({ local }) => formatIpv4(local))),
    ...devices.flatMap((device) => (device.ipv6?.addresses ?? []).filter(({ address }) => !isIpv6LinkLocal(address)).map(({ address }) => formatIpv6(address))),
  ];
}
const namesOf = (p: Process): readonly Bytes[] =>
  addressesOf(netnsOf(p)).flatMap((text) => {
    const address = parseIpv4(text);
    return (address === undefined ? undefined : hostNameOf(p, address)) ?? [];
  });
