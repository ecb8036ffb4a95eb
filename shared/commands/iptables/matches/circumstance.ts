/** What is around a packet: ecn, devgroup, realm, cgroup, socket, ipvs, nfacct, rateest, osf (libxt_*, libipt_realm). */
import type {
  Asked,
  CgroupInfo,
  DevgroupInfo,
  EcnInfo,
  IpvsInfo,
  MaskedNumber,
  NamedObjectInfo,
  OsfInfo,
  RealmInfo,
  SocketInfo,
} from '../../../kernel/index.ts';
import { formatAddress, maskSuffix } from '../addresses.ts';
import { usage } from '../exit.ts';
import { BOTH, defineMatch, quote } from '../extension.ts';
import { hex, scanWithin } from '../numbers.ts';

const not = (invert: boolean): string => (invert ? ' !' : '');

export const ecn = defineMatch<EcnInfo>({
  name: 'ecn',
  families: BOTH,
  options: [
    { name: 'ecn-tcp-cwr', id: 'cwr', type: 'none', invertible: true },
    { name: 'ecn-tcp-ece', id: 'ece', type: 'none', invertible: true },
    { name: 'ecn-ip-ect', id: 'ect', type: 'u8', max: 3, invertible: true },
    { name: 'ecn-ip-ce', id: 'ce', type: 'none', invertible: true },
  ],
  init: () => ({ kind: 'ecn', ece: null, cwr: null, ect: null }),
  parse(info, { id, invert, number }) {
    if (id === 'cwr' || id === 'ece') info[id] = { value: true, invert };
    else info.ect = { value: id === 'ce' ? 3 : number, invert };
  },
  check(_info, seen) {
    if (seen.size === 0) usage('ECN match: some option required');
  },
  save: ({ ece, cwr, ect }) =>
    (ece === null ? '' : `${not(ece.invert)} --ecn-tcp-ece`) +
    (cwr === null ? '' : `${not(cwr.invert)} --ecn-tcp-cwr`) +
    (ect === null ? '' : `${not(ect.invert)} --ecn-ip-ect ${ect.value}`),
  list: ({ ece, cwr, ect }) =>
    ` ECN match${ece === null ? '' : ` ${ece.invert ? '!' : ''}ECE`}${cwr === null ? '' : ` ${cwr.invert ? '!' : ''}CWR`}${
      ect === null ? '' : ` ${ect.invert ? '!' : ''}ECT=${ect.value}`
    }`,
});

const ALL = 0xffffffff;
/** `value[/mask]`, or a name that a file of iproute2 knows (xtables_parse_val_mask). */
function parseMasked(text: string, extension: string, option: string, names: Readonly<Record<string, number>>): MaskedNumber {
  const named = names[text];
  if (named !== undefined) return { value: named, mask: ALL };
  const value = scanWithin(text, 0, ALL);
  if (!value) return usage(`${extension}: could not map name ${text} to an integer value for option "--${option}".\n`);
  if (value.rest === '') return { value: value.value, mask: ALL };
  const garbage = (): never => usage(`${extension}: trailing garbage after value for option "--${option}".\n`);
  if (!value.rest.startsWith('/')) return garbage();
  const mask = scanWithin(value.rest.slice(1), 0, ALL) ?? usage(`${extension}: bad integer value for option "--${option}", or out of range.\n`);
  return mask.rest === '' ? { value: value.value, mask: mask.value } : garbage();
}
function maskedText({ value, mask }: MaskedNumber, names: Readonly<Record<string, number>>, numeric: 'numeric' | 'named' = 'named'): string {
  if (mask !== ALL) return `0x${hex(value)}/0x${hex(mask)}`;
  if (numeric === 'numeric') return `0x${hex(value)}`;
  return Object.entries(names).find(([, number]) => number === value)?.[0] ?? `0x${hex(value)}`;
}

const GROUPS = { default: 0 };
const groups = ({ source, destination }: DevgroupInfo, option: string, numeric: 'numeric' | 'named'): string => {
  const one = (name: string, asked: Asked<MaskedNumber> | null): string =>
    asked === null ? '' : `${not(asked.invert)} ${option}${name} ${maskedText(asked.value, GROUPS, numeric)}`;
  return one('src-group', source) + one('dst-group', destination);
};
export const devgroup = defineMatch<DevgroupInfo>({
  name: 'devgroup',
  families: BOTH,
  options: [
    { name: 'src-group', id: 'source', type: 'string', invertible: true },
    { name: 'dst-group', id: 'destination', type: 'string', invertible: true },
  ],
  init: () => ({ kind: 'devgroup', source: null, destination: null }),
  parse(info, call) {
    info[call.id as 'source' | 'destination'] = { value: parseMasked(call.argument, 'devgroup', call.name, GROUPS), invert: call.invert };
  },
  check(_info, seen) {
    if (seen.size === 0) usage("devgroup match: You must specify either '--src-group' or '--dst-group'");
  },
  save: (info) => groups(info, '--', 'named'),
  list: (info, context) => groups(info, '', context.numeric ? 'numeric' : 'named'),
});

const REALMS = { cosmos: 0 };
export const realm = defineMatch<RealmInfo>({
  name: 'realm',
  families: ['ip'],
  options: [{ name: 'realm', id: 'realm', type: 'string', mandatory: true, invertible: true }],
  init: () => ({ kind: 'realm', realm: { value: { value: 0, mask: ALL }, invert: false } }),
  parse(info, call) {
    info.realm = { value: parseMasked(call.argument, 'realm', 'realm', REALMS), invert: call.invert };
  },
  save: (info) => `${not(info.realm.invert)} --realm ${maskedText(info.realm.value, REALMS)}`,
  list: (info, context) => `${not(info.realm.invert)} realm ${maskedText(info.realm.value, REALMS, context.numeric ? 'numeric' : 'named')}`,
});

const groupText = ({ classId, path }: CgroupInfo, option: string): string =>
  (path === null ? '' : `${option === '' ? ' cgroup' : ''}${not(path.invert)} ${option === '' ? '' : '--path '}${path.value}`) +
  (classId === null ? '' : option === '' ? ` cgroup${not(classId.invert)} ${classId.value}` : `${not(classId.invert)} --cgroup ${classId.value}`);
export const cgroup = defineMatch<CgroupInfo>({
  name: 'cgroup',
  families: BOTH,
  options: [
    { name: 'path', id: 'path', type: 'string', invertible: true, excludes: ['class'] },
    { name: 'cgroup', id: 'class', type: 'u32', invertible: true, excludes: ['path'] },
  ],
  init: () => ({ kind: 'cgroup', classId: null, path: null }),
  parse(info, call) {
    if (call.id === 'path') info.path = { value: call.argument, invert: call.invert };
    else info.classId = { value: call.number, invert: call.invert };
  },
  save: (info) => groupText(info, '--'),
  list: (info) => groupText(info, ''),
});

const socketText = (info: SocketInfo): string =>
  `${info.transparent ? ' --transparent' : ''}${info.noWildcard ? ' --nowildcard' : ''}${info.restoreMark ? ' --restore-skmark' : ''}`;
export const socket = defineMatch<SocketInfo>({
  name: 'socket',
  families: BOTH,
  options: [
    { name: 'transparent', id: 'transparent', type: 'none' },
    { name: 'nowildcard', id: 'noWildcard', type: 'none' },
    { name: 'restore-skmark', id: 'restoreMark', type: 'none' },
  ],
  init: () => ({ kind: 'socket', transparent: false, noWildcard: false, restoreMark: false }),
  parse(info, call) {
    info[call.id as 'transparent' | 'noWildcard' | 'restoreMark'] = true;
  },
  save: socketText,
  list: (info) => ` socket${socketText(info)}`,
});

function ipvsText(info: IpvsInfo, option: string): string {
  const one = (asked: { readonly invert: boolean } | null, text: string): string => (asked === null ? '' : `${not(asked.invert)} ${option}${text}`);
  return (
    one(info.property, 'ipvs') +
    one(info.protocol, `vproto ${info.protocol?.value}`) +
    one(info.address, `vaddr ${info.address === null ? '' : formatAddress(info.address.value.address) + maskSuffix(info.address.value.mask)}`) +
    one(info.port, `vport ${info.port?.value}`) +
    (info.direction === null ? '' : ` ${option}vdir ${info.direction}`) +
    one(info.method, `vmethod ${info.method?.value}`) +
    one(info.controlPort, `vportctl ${info.controlPort?.value}`)
  );
}
export const ipvs = defineMatch<IpvsInfo>({
  name: 'ipvs',
  families: BOTH,
  options: [
    { name: 'ipvs', id: 'property', type: 'none', invertible: true },
    { name: 'vproto', id: 'protocol', type: 'protocol', invertible: true },
    { name: 'vaddr', id: 'address', type: 'host-mask', invertible: true },
    { name: 'vport', id: 'port', type: 'port-range', invertible: true },
    { name: 'vdir', id: 'direction', type: 'string' },
    { name: 'vmethod', id: 'method', type: 'string', invertible: true },
    { name: 'vportctl', id: 'controlPort', type: 'port-range', invertible: true },
  ],
  init: () => ({ kind: 'ipvs', property: null, protocol: null, address: null, port: null, direction: null, method: null, controlPort: null }),
  parse(info, call) {
    const { invert, argument } = call;
    const bad = (): never => usage(`ipvs: Bad value for "--${call.name}" option: "${argument}"`);
    switch (call.id) {
      case 'property':
        info.property = { value: true, invert };
        return;
      case 'protocol':
        info.protocol = { value: call.number, invert };
        return;
      case 'address':
        info.address = { value: call.address, invert };
        return;
      case 'port':
      case 'controlPort':
        info[call.id] = { value: call.range.min, invert };
        return;
      case 'direction':
        info.direction = (['ORIGINAL', 'REPLY'] as const).find((each) => each === argument.toUpperCase()) ?? bad();
        return;
      case 'method':
        info.method = { value: (['GATE', 'IPIP', 'MASQ'] as const).find((each) => each === argument.toUpperCase()) ?? bad(), invert };
    }
  },
  check(_info, seen) {
    if (seen.size === 0) usage('IPVS: At least one option is required');
  },
  save: (info) => ipvsText(info, '--'),
  list: (info) => ipvsText(info, ''),
});

/** No accounting object is ever there: the kernel refuses every rule with one. */
export const nfacct = defineMatch<NamedObjectInfo>({
  name: 'nfacct',
  families: BOTH,
  options: [{ name: 'nfacct-name', id: 'name', type: 'string', mandatory: true, max: 31 }],
  init: () => ({ kind: 'nfacct', name: '' }),
  parse(info, call) {
    info.name = call.argument;
  },
  save: (info) => ` --nfacct-name ${info.name}`,
  list: (info) => ` nfacct-name  ${info.name}`,
});
/** Nor is an estimator, because RATEEST is not modelled. */
export const rateest = defineMatch<NamedObjectInfo>({
  name: 'rateest',
  families: BOTH,
  options: [
    ...['rateest', 'rateest1', 'rateest2'].map((name) => ({ name, id: name, type: 'string' as const })),
    ...['rateest-delta', 'rateest-lt', 'rateest-gt', 'rateest-eq'].map((name) => ({ name, id: name, type: 'none' as const, invertible: true as const })),
    ...['rateest-bps', 'rateest-pps', 'rateest-bps1', 'rateest-bps2', 'rateest-pps1', 'rateest-pps2'].map((name) => ({
      name,
      id: name,
      type: 'none' as const,
    })),
  ],
  byHand: true,
  init: () => ({ kind: 'rateest', name: '' }),
  parse(info, call, context) {
    if (call.id === 'rateest' || call.id === 'rateest1') info.name = call.argument;
    else if (call.id.startsWith('rateest-bps') || call.id.startsWith('rateest-pps')) context.takeOperand();
  },
  save: (info) => ` --rateest ${info.name}`,
  list: (info) => ` rateest match ${info.name}`,
});

export const osf = defineMatch<OsfInfo>({
  name: 'osf',
  families: ['ip'],
  options: [
    { name: 'genre', id: 'genre', type: 'string', max: 32, mandatory: true, invertible: true },
    { name: 'ttl', id: 'ttl', type: 'u32', max: 2 },
    { name: 'log', id: 'log', type: 'u32', max: 2 },
  ],
  init: () => ({ kind: 'osf', genre: '', ttl: null, log: null, invert: false }),
  parse(info, call) {
    if (call.id === 'genre') {
      info.genre = call.argument;
      info.invert = call.invert;
    } else info[call.id as 'ttl' | 'log'] = call.number;
  },
  save: (info) =>
    `${not(info.invert)} --genre${quote(info.genre)}${info.ttl === null ? '' : ` --ttl ${info.ttl}`}${info.log === null ? '' : ` --log ${info.log}`}`,
  list: (info) => ` OS fingerprint match${not(info.invert)} ${info.genre}`,
});
