/**
 * Names of routing tables, protocols, scopes, realms, DS fields and groups: those that are built in and those of the files under /etc/iproute2,
 * read when first needed, as a user may add to them. Authority: lib/rt_names.c, ip/rtm_map.c.
 */
import { ROUTE_TYPES } from '../../kernel/index.ts';
import type { Process } from '../../shell/index.ts';
import { abbreviates } from './arguments.ts';
import { parseInt32, parseU32, scanInteger } from './numbers.ts';

const DIRECTORY = '/etc/iproute2';
type Table = Map<number, string>;

const PROTOCOLS: Readonly<Record<number, string>> = {
  ...{ 0: 'unspec', 1: 'redirect', 2: 'kernel', 3: 'boot', 4: 'static', 8: 'gated', 9: 'ra', 10: 'mrt', 11: 'zebra', 12: 'bird', 13: 'dnrouted' },
  ...{ 14: 'xorp', 15: 'ntk', 16: 'dhcp', 18: 'keepalived', 42: 'babel', 186: 'bgp', 187: 'isis', 188: 'ospf', 189: 'rip', 192: 'eigrp' },
};
const SCOPES: Readonly<Record<number, string>> = { 0: 'global', 255: 'nowhere', 254: 'host', 253: 'link', 200: 'site' };
const TABLES: Readonly<Record<number, string>> = { 253: 'default', 254: 'main', 255: 'local' };

const asTable = (entries: Readonly<Record<number, string>>): Table => new Map(Object.entries(entries).map(([id, name]) => [Number(id), name]));

export class Names {
  /** -N: numbers stay numbers. */
  numeric = false;
  private readonly kept = new Map<string, Table>();

  constructor(
    private readonly process: Process,
    private readonly complain: (text: string) => void,
  ) {}

  protocol(id: number): string {
    return (this.numeric ? undefined : this.protocols.get(id)) ?? String(id);
  }
  parseProtocol(word: string): number | undefined {
    return lookup(this.protocols, word) ?? within(parseU32(word), 255);
  }
  scope(id: number): string {
    return (this.numeric ? undefined : this.scopes.get(id)) ?? String(id);
  }
  parseScope(word: string): number | undefined {
    return lookup(this.scopes, word) ?? within(parseU32(word), 255);
  }
  table(id: number): string {
    return (this.numeric ? undefined : this.tables.get(id)) ?? String(id);
  }
  parseTable(word: string): number | undefined {
    return lookup(this.tables, word) ?? parseU32(word);
  }
  realm(id: number): string {
    return (this.numeric ? undefined : this.realms.get(id)) ?? String(id);
  }
  /** `[FROM/]TO`, in one 32-bit number. */
  parseRealms(word: string): number | undefined {
    const one = (text: string): number | undefined => lookup(this.realms, text) ?? within(parseU32(text), 255);
    const slash = word.indexOf('/');
    const from = slash < 0 ? 0 : one(word.slice(0, slash));
    const rest = word.slice(slash + 1);
    const to = rest === '' ? 0 : one(rest);
    return from === undefined || to === undefined ? parseU32(word) : ((from << 16) | to) >>> 0;
  }
  dsField(id: number): string {
    return (this.numeric ? undefined : this.dsFields.get(id)) ?? `0x${id.toString(16).padStart(2, '0')}`;
  }
  /** Numbers are hexadecimal. */
  parseDsField(word: string): number | undefined {
    return lookup(this.dsFields, word) ?? within(parseU32(word, 16), 255);
  }
  group(id: number): string {
    return (this.numeric ? undefined : this.groups.get(id)) ?? String(id);
  }
  parseGroup(word: string): number | undefined {
    const number = parseInt32(word);
    return lookup(this.groups, word) ?? (number !== undefined && number >= 0 ? number : undefined);
  }
  routeType(id: number): string {
    if (this.numeric) return String(id);
    return id === 0 ? 'none' : (ROUTE_TYPES[id] ?? String(id));
  }

  private get protocols(): Table {
    return this.keep('rt_protos', PROTOCOLS);
  }
  private get scopes(): Table {
    return this.keep('rt_scopes', SCOPES);
  }
  private get tables(): Table {
    return this.keep('rt_tables', TABLES);
  }
  private get realms(): Table {
    return this.keep('rt_realms', { 0: 'unknown' });
  }
  private get dsFields(): Table {
    return this.keep('rt_dsfield', { 0: '0' });
  }
  private get groups(): Table {
    return this.keep('group', { 0: 'default' });
  }
  private keep(file: string, builtIn: Readonly<Record<number, string>>): Table {
    const kept = this.kept.get(file);
    if (kept) return kept;
    const table = asTable(builtIn);
    this.kept.set(file, table);
    this.readInto(table, `${DIRECTORY}/${file}`);
    const more = this.process.fs.readdir(`${DIRECTORY}/${file}.d`);
    for (const { name } of more.ok ? more.value : [])
      if (name.length > 5 && name.endsWith('.conf') && !name.startsWith('.')) this.readInto(table, `${DIRECTORY}/${file}.d/${name}`);
    return table;
  }
  private readInto(table: Table, path: string): void {
    const text = this.process.fs.readFile(path);
    for (const line of text.ok ? text.value.split('\n') : []) {
      const entry = line.replace(/^[ \t]+/, '');
      if (entry === '' || entry.startsWith('#')) continue;
      const match = /^(?:0x([\da-fA-F]+)|([+-]?\d+))\s+(\S+)\s*(?:#.*)?$/.exec(entry);
      if (!match) {
        this.complain(`Database ${path} is corrupted at ${entry}\n`);
        return;
      }
      const id = match[1] !== undefined ? parseInt(match[1], 16) : Number(match[2]);
      if (id >= 0) table.set(id, match[3] ?? '');
    }
  }
}

function lookup(table: Table, word: string): number | undefined {
  for (const [id, name] of [...table].sort(([a], [b]) => (a & 255) - (b & 255))) if (name === word) return id;
  return undefined;
}
const within = (value: number | undefined, max: number): number | undefined => (value !== undefined && value <= max ? value : undefined);

/** rtnl_rtntype_a2n: some words may be shortened, some may not. */
export function parseRouteType(word: string): number | undefined {
  const exact: Readonly<Record<string, number>> = { local: 2, nat: 10, brd: 3, throw: 9 };
  if (Object.hasOwn(exact, word)) return exact[word];
  const short: readonly (readonly [string, number])[] = [
    ['broadcast', 3],
    ['anycast', 4],
    ['multicast', 5],
    ['prohibit', 8],
    ['unreachable', 7],
    ['blackhole', 6],
    ['xresolve', 11],
    ['unicast', 1],
  ];
  for (const [name, id] of short) if (abbreviates(word, name)) return id;
  const { value, taken } = scanInteger(word);
  return taken > 0 && taken === word.length && value >= 0n && value <= 255n ? Number(value) : undefined;
}
