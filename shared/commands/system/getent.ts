/** getent(1) of glibc 2.36: entries of /etc/passwd, group and hosts, services and protocols, as the name service switch of a Debian machine finds them. */
import type { Bytes } from '../../base/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { formatIpv4, parseIpv4 } from '../../wire/index.ts';
import { protocolName, protocolNumber } from '../names/protocols.ts';
import { SERVICES, type Service } from '../names/services.ts';
import { hostNameOf, lookupHost } from '../net/index.ts';
import { declared, declaredOptions, type Declaration } from '../declaration.ts';
import { parseOptions, type OptionSpec } from '../options.ts';

const OPTIONS: readonly OptionSpec<'i' | 's' | 'V' | '?'>[] = [
  { id: 'i', short: 'i', long: 'no-idn', argument: 'none', help: 'disable IDN encoding' },
  { id: 's', short: 's', long: 'service', argument: 'required', value: 'CONFIG', help: 'Service configuration to be used' },
  { id: '?', short: '?', long: 'help', argument: 'none', help: 'Give this help list' },
  { id: 'V', short: 'V', long: 'version', argument: 'none', help: 'Print program version' },
];
const ADVICE = "Try `getent --help' or `getent --usage' for more information.\n";

/** Rows that a key finds, all without one; undefined when there are none. */
type Database = (p: Process, keys: readonly Bytes[]) => Sys<readonly (string | undefined)[]>;

const rowsOf = (p: Process, path: Bytes): readonly Bytes[] => {
  const file = p.fs.readFile(path);
  return (file.ok ? file.value : '').split('\n').filter((row) => row !== '' && !row.startsWith('#'));
};
/** By name or number, which stand first and third. */
const ofFile = (path: Bytes): Database =>
  function* (p, keys) {
    yield* p.tick();
    const rows = rowsOf(p, path);
    return keys.length === 0 ? rows : keys.map((key) => rows.find((row) => row.split(':')[/^\d+$/.test(key) ? 2 : 0] === key));
  };
const hosts: Database = function* (p, keys) {
  if (keys.length === 0)
    return rowsOf(p, '/etc/hosts').map((row) => {
      const [address = '', ...names] = row.split('#')[0]!.trim().split(/\s+/);
      return `${address.padEnd(15)} ${names.join(' ')}`;
    });
  const found: (string | undefined)[] = [];
  for (const key of keys) {
    const literal = parseIpv4(key);
    const resolved = literal === undefined ? yield* lookupHost(p, key) : undefined;
    const name = literal === undefined ? key : hostNameOf(p, literal);
    const address = literal ?? (resolved?.kind === 'found' ? resolved.address : undefined);
    found.push(address === undefined || name === undefined ? undefined : `${formatIpv4(address).padEnd(15)} ${name}`);
  }
  return found;
};
const ahosts: Database = function* (p, keys) {
  const found: (string | undefined)[] = [];
  for (const key of keys) {
    const resolved = yield* lookupHost(p, key);
    if (resolved.kind !== 'found') return [...found, undefined];
    const address = formatIpv4(resolved.address).padEnd(15);
    found.push(`${address} STREAM ${key}`, `${address} DGRAM  `, `${address} RAW    `);
  }
  return found;
};
const services: Database = function* (p, keys) {
  yield* p.tick();
  const show = ({ name, port, protocol, aliases }: Service): string => `${name.padEnd(21)} ${port}/${protocol}${aliases.map((alias) => ` ${alias}`).join('')}`;
  const find = (key: Bytes): string | undefined => {
    const [wanted = '', protocol] = key.split('/');
    const one = SERVICES.find(
      (each) =>
        (protocol === undefined || each.protocol === protocol) && (String(each.port) === wanted || each.name === wanted || each.aliases.includes(wanted)),
    );
    return one && show(one);
  };
  return keys.length === 0 ? SERVICES.map(show) : keys.map(find);
};
const protocols: Database = function* (p, keys) {
  yield* p.tick();
  return keys.map((key) => {
    const number = /^\d+$/.test(key) ? Number(key) : protocolNumber(key);
    const name = number === undefined ? undefined : protocolName(number);
    return name === undefined ? undefined : `${name.padEnd(21)} ${number} ${name.toUpperCase()}`;
  });
};
const DATABASES: Readonly<Record<string, Database>> = {
  ...{ ahosts, ahostsv4: ahosts, group: ofFile('/etc/group'), hosts, passwd: ofFile('/etc/passwd'), protocols, services },
};
const DECLARATION: Declaration = {
  synopsis: '[OPTION...] database [key ...]',
  summary: 'Get entries from administrative database.',
  options: declaredOptions(OPTIONS),
  commands: Object.keys(DATABASES).map((name) => ({ name })),
  missing: ['the other databases', 'IPv6 addresses of hosts', 'all protocols without a key'],
};

export const getent = declared(DECLARATION, function* (p) {
  const { options, operands, error } = parseOptions(p.argv, OPTIONS);
  if (error !== undefined) return (yield* p.error(error + ADVICE), 64);
  const has = (id: string): boolean => options.some((each) => each.id === id);
  if (has('V')) return (yield* p.print('getent (Debian GLIBC 2.36-9+deb12u10) 2.36\n'), 0);
  if (has('?')) {
    yield* p.print('Usage: getent [OPTION...] database [key ...]\nGet entries from administrative database.\n');
    return 0;
  }
  const [name, ...keys] = operands;
  if (name === undefined) return (yield* p.error(`getent: wrong number of arguments\n${ADVICE}`), 1);
  const database = Object.hasOwn(DATABASES, name) ? DATABASES[name] : undefined;
  if (!database) return (yield* p.error(`Unknown database: ${name}\n${ADVICE}`), 1);
  const rows = yield* database(p, keys);
  for (const row of rows) if (row !== undefined) yield* p.print(`${row}\n`);
  return rows.includes(undefined) ? 2 : 0;
});
