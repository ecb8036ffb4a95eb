/**
 * Options of extensions: a table declares name, argument, limits and what excludes what; `readOption` reads one as xtables' generic parser
 * does, `checkOptions` judges the whole at the end of the command line. Authority: libxtables/xtoptions.c.
 */
import { portOfService } from '../names/services.ts';
import { protocolNumber } from '../names/protocols.ts';
import { applyMask, formatAddress, fullMask, parseHostAddress, parseMask } from './addresses.ts';
import { parseMac, type Mac } from '../../wire/index.ts';
import type { Address, Family, MaskedAddress, Range } from '../../kernel/index.ts';
import { usage } from './exit.ts';
import { parseWithin, scanUnsigned, scanWithin } from './numbers.ts';

export type OptionType =
  | 'none'
  | 'string'
  | 'u8'
  | 'u16'
  | 'u32'
  | 'u64'
  | 'u16-range'
  | 'u32-range'
  | 'double'
  | 'mark'
  | 'tos'
  | 'host'
  | 'host-mask'
  | 'port-range'
  | 'protocol'
  | 'mac'
  | 'syslog-level';

export interface OptionEntry {
  readonly name: string;
  /** Several names of one meaning share it. */
  readonly id: string;
  readonly type: OptionType;
  readonly invertible?: true;
  readonly mandatory?: true;
  /** May come more than once. */
  readonly multiple?: true;
  readonly min?: number;
  readonly max?: number;
  /** Ids that may not be used together with it; its own among them does nothing, repetition is refused anyway. */
  readonly excludes?: readonly string[];
  /** Ids that it needs. */
  readonly needs?: readonly string[];
}

/** What was read. Which fields are set depends on the type. */
export interface OptionCall {
  readonly id: string;
  readonly name: string;
  readonly argument: string;
  readonly invert: boolean;
  readonly family: Family;
  number: number;
  range: Range;
  /** Whether a range had both ends. */
  isRange: boolean;
  mask: number;
  address: MaskedAddress;
  mac: Mac;
}

const MAXIMUM: Readonly<Record<string, number>> = {
  u8: 255,
  u16: 65535,
  u32: 0xffffffff,
  u64: Number.MAX_SAFE_INTEGER,
  'u16-range': 65535,
  'u32-range': 0xffffffff,
};
const U64_TEXT = '18446744073709551615';

/** Aliases of protocols that libxtables itself knows. */
const PROTOCOLS: readonly (readonly [string, number])[] = [
  ['tcp', 6],
  ['sctp', 132],
  ['udp', 17],
  ['udplite', 136],
  ['icmp', 1],
  ['ipv6-icmp', 58],
  ['icmpv6', 58],
  ['esp', 50],
  ['ah', 51],
  ['mobility-header', 135],
  ['ipv6-mh', 135],
  ['mh', 135],
  ['all', 0],
];
export const chainProtocolName = (number: number): string | undefined => PROTOCOLS.find((each) => each[1] === number)?.[0];

/** `tcp`, `6`, and what /etc/protocols knows. */
export function parseProtocol(text: string): number {
  return parseWithin(text, 0, 255) ?? PROTOCOLS.find((each) => each[0] === text)?.[1] ?? protocolNumber(text) ?? usage(`unknown protocol "${text}" specified`);
}

/** Reads an option for the extension `extension`; `seen` holds the ids that were there before. */
export function readOption(
  extension: string,
  table: readonly OptionEntry[],
  given: OptionEntry,
  argument: string | undefined,
  invert: boolean,
  family: Family,
  seen: Set<string>,
): OptionCall {
  // Messages name an option by the first of its names.
  const entry = table.find((each) => each.id === given.id) ?? given;
  if (seen.has(entry.id) && !entry.multiple) usage(`${extension}: option "--${entry.name}" can only be used once.\n`);
  if (invert && !entry.invertible) usage(`${extension}: option "--${entry.name}" cannot be inverted.\n`);
  const call: OptionCall = {
    id: entry.id,
    name: entry.name,
    argument: argument ?? '',
    invert,
    family,
    number: 0,
    range: { min: 0, max: 0 },
    isRange: false,
    mask: 0xffffffff,
    address: { address: 0, mask: 0 },
    mac: 0,
  };
  readValue(extension, entry, call);
  seen.add(entry.id);
  return call;
}

function readValue(extension: string, entry: OptionEntry, call: OptionCall): void {
  const text = call.argument;
  switch (entry.type) {
    case 'none':
      return;
    case 'string':
      if (entry.min && text.length < entry.min) usage(`Argument must have a minimum length of ${entry.min} characters\n`);
      if (entry.max && text.length > entry.max) usage(`Argument must have a maximum length of ${entry.max} characters\n`);
      return;
    case 'u8':
    case 'u16':
    case 'u32':
    case 'u64': {
      const min = entry.min ?? 0;
      const max = entry.max || MAXIMUM[entry.type]!;
      const shown = entry.type === 'u64' && !entry.max ? U64_TEXT : `${max}`;
      call.number = parseWithin(text, min, max) ?? usage(`${extension}: bad value for option "--${entry.name}", or out of range (${min}-${shown}).\n`);
      return;
    }
    case 'u16-range':
    case 'u32-range':
      return readRange(extension, entry, call);
    case 'double': {
      const value = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : NaN;
      const min = entry.min ?? 0;
      const max = entry.max ?? 0;
      if (Number.isNaN(value) || (min !== max && (value < min || value > max)))
        usage(`${extension}: bad value for option "--${entry.name}", or out of range (${min}-${max}).\n`);
      call.number = value;
      return;
    }
    case 'mark':
      return readMark(extension, entry, call);
    case 'tos':
      return readTos(entry, call);
    case 'host':
      call.address = { address: parseHostAddress(text, call.family) ?? usage(`getaddrinfo: Name or service not known\n`), mask: fullMask(call.family) };
      return;
    case 'host-mask':
      return readHostMask(extension, entry, call);
    case 'port-range':
      return readPorts(extension, entry, call);
    case 'protocol':
      call.number = parseProtocol(text);
      return;
    case 'mac':
      if (!/^[\da-fA-F]{1,2}(:[\da-fA-F]{1,2}){5}$/.test(text)) usage('Invalid MAC address specified.');
      call.mac = parseMac(text) ?? 0;
      return;
    case 'syslog-level':
      call.number = syslogLevel(text);
      return;
  }
}

/** `N`, `N:M`, `N:`, `:M`. */
function readRange(extension: string, entry: OptionEntry, call: OptionCall): void {
  const limit = MAXIMUM[entry.type]!;
  const values: number[] = [];
  for (let text = call.argument; ;) {
    if (values.length === 2) usage(`${extension}: Too many components for option "--${entry.name}" (max: 2)\n`);
    let rest = text;
    if (text === '' || text.startsWith(':')) values.push(values.length === 1 ? limit : 0);
    else {
      const digits = scanWithin(text, 0, limit);
      if (!digits) return usage(`${extension}: bad value for option "--${entry.name}" near "${text}", or out of range (0-${limit}).\n`);
      rest = digits.rest;
      if (rest !== '' && !rest.startsWith(':')) usage(`${extension}: Argument to "--${entry.name}" has unexpected characters near "${rest}".\n`);
      values.push(digits.value);
    }
    if (rest === '') break;
    text = rest.slice(1);
  }
  call.isRange = values.length === 2;
  call.range = { min: values[0]!, max: values[1] ?? values[0]! };
}

/** `value[/mask]` (xtables_parse_mark_mask). */
function readMark(extension: string, entry: OptionEntry, call: OptionCall): void {
  const bad = (): never => usage(`${extension}: bad integer value for option "--${entry.name}", or out of range.\n`);
  const value = scanWithin(call.argument, 0, 0xffffffff) ?? bad();
  call.number = value.value;
  if (value.rest === '') return;
  const garbage = (): never => usage(`${extension}: trailing garbage after value for option "--${entry.name}".\n`);
  if (!value.rest.startsWith('/')) garbage();
  const mask = scanWithin(value.rest.slice(1), 0, 0xffffffff) ?? bad();
  if (mask.rest !== '') garbage();
  call.mask = mask.value;
}

export const TOS_NAMES: readonly (readonly [string, number])[] = [
  ['Minimize-Delay', 0x10],
  ['Maximize-Throughput', 0x08],
  ['Maximize-Reliability', 0x04],
  ['Minimize-Cost', 0x02],
  ['Normal-Service', 0x00],
];
/** `value[/mask]` or a symbol, whose mask is the entry's `max`. */
function readTos(entry: OptionEntry, call: OptionCall): void {
  const text = call.argument;
  const value = scanUnsigned(text);
  if (!value || value.value > 255) {
    const symbol = TOS_NAMES.find(([name]) => name.toLowerCase() === text.toLowerCase());
    if (!symbol) return usage(`Symbolic name "${text}" is unknown`);
    call.number = symbol[1];
    call.mask = entry.max ?? 255;
    return;
  }
  call.number = value.value;
  call.mask = 255;
  if (value.rest === '') return;
  const mask = value.rest.startsWith('/') ? scanWithin(value.rest.slice(1), 0, 255) : undefined;
  if (mask?.rest !== '') return usage(`Illegal value: "${text}"`);
  call.mask = mask.value;
}

function readHostMask(extension: string, entry: OptionEntry, call: OptionCall): void {
  const slash = call.argument.indexOf('/');
  const host = slash < 0 ? call.argument : call.argument.slice(0, slash);
  const address = parseHostAddress(host, call.family) ?? usage(`getaddrinfo: Name or service not known\n`);
  if (slash < 0) {
    call.address = { address, mask: fullMask(call.family) };
    return;
  }
  const text = call.argument.slice(slash + 1);
  const limit = call.family === 'ip' ? 32 : 128;
  const isLength = parseWithin(text, 0, limit) !== undefined;
  const looksLikeAddress: Address | undefined = isLength ? undefined : parseHostAddress(text, call.family);
  if (!isLength && looksLikeAddress === undefined) {
    usage(`${extension}: bad value for option "--${entry.name}", neither a valid network mask nor valid CIDR (0-${limit}).\n`);
  }
  const mask = parseMask(isLength ? text : formatAddress(looksLikeAddress!), call.family);
  call.address = { address: applyMask(address, mask), mask };
}

/** A port or `A:B`, by number or name. */
function readPorts(extension: string, entry: OptionEntry, call: OptionCall): void {
  const parts = call.argument.split(':');
  if (parts.length > 2) usage(`${extension}: Too many components for option "--${entry.name}" (max: 2)\n`);
  // getaddrinfo(3) takes any decimal number for a port, and its lower half.
  const port = (text: string): number =>
    (/^\d+$/.test(text) ? Number(text) & 65535 : portOfService(text)) ?? usage(`Port "${text}" does not resolve to anything.\n`);
  const min = parts[0] === '' ? 0 : port(parts[0]!);
  const max = parts.length === 1 ? (parts[0] === '' ? 0 : min) : parts[1] === '' ? 65535 : port(parts[1]!);
  call.range = { min, max };
  call.isRange = parts.length === 2;
}

const SYSLOG_LEVELS: Readonly<Record<string, number>> = { alert: 1, crit: 2, debug: 7, emerg: 0, error: 3, info: 6, notice: 5, panic: 0, warning: 4 };
const syslogLevel = (text: string): number => parseWithin(text, 0, 7) ?? SYSLOG_LEVELS[text] ?? usage(`log level "${text}" unknown\n`);

/** What must be there, what needs what, what excludes what. */
export function checkOptions(extension: string, table: readonly OptionEntry[], seen: ReadonlySet<string>): void {
  const first = (id: string): OptionEntry | undefined => table.find((entry) => entry.id === id);
  const ids = [...new Set(table.map((entry) => entry.id))];
  for (const entry of table) {
    if (entry.mandatory && !seen.has(entry.id)) usage(`${extension}: option "--${entry.name}" must be specified\n`);
    if (!seen.has(entry.id)) continue;
    for (const id of ids) {
      const other = first(id);
      if (!other || id === entry.id) continue;
      if (entry.needs?.includes(id) && !seen.has(id)) usage(`${extension}: option "--${entry.name}" also requires "--${other.name}".\n`);
      if (entry.excludes?.includes(id) && seen.has(id)) usage(`${extension}: option "--${entry.name}" cannot be used together with "--${other.name}".\n`);
    }
  }
}
