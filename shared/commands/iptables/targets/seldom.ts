/** Targets that note, queue or copy: AUDIT, CONNSECMARK, SECMARK, ECN, IDLETIMER, LED, NFQUEUE, TEE, TPROXY, TCPOPTSTRIP, SNPT, DNPT (libxt_*, libipt_ECN, libip6t_*). */
import type {
  AuditTarget,
  ConnsecmarkTarget,
  EcnTarget,
  Family,
  IdletimerTarget,
  LedTarget,
  NfqueueTarget,
  NptTarget,
  SecmarkTarget,
  TcpoptstripTarget,
  TeeTarget,
  TproxyTarget,
} from '../../../kernel/index.ts';
import { formatAddress, parseHostAddress } from '../addresses.ts';
import { usage } from '../exit.ts';
import { BOTH, defineTarget } from '../extension.ts';
import { hex, parseWithin } from '../numbers.ts';

export const audit = defineTarget<AuditTarget>({
  name: 'AUDIT',
  families: BOTH,
  options: [{ name: 'type', id: 'type', type: 'string', mandatory: true }],
  init: () => ({ kind: 'AUDIT', type: 'accept' }),
  parse(info, { argument }) {
    info.type = (['accept', 'drop', 'reject'] as const).find((each) => each === argument.toLowerCase()) ?? usage(`Bad action type value "${argument}"`);
  },
  save: ({ type }) => ` --type ${type}`,
  list: ({ type }) => ` AUDIT ${type}`,
});

export const connsecmark = defineTarget<ConnsecmarkTarget>({
  name: 'CONNSECMARK',
  families: BOTH,
  options: [
    { name: 'save', id: 'save', type: 'none', excludes: ['restore'] },
    { name: 'restore', id: 'restore', type: 'none', excludes: ['save'] },
  ],
  init: () => ({ kind: 'CONNSECMARK', mode: 'save' }),
  parse(info, { id }) {
    info.mode = id as ConnsecmarkTarget['mode'];
  },
  check(_info, seen) {
    if (seen.size === 0) usage('CONNSECMARK target: parameter required');
  },
  save: ({ mode }) => ` --${mode}`,
  list: ({ mode }) => ` CONNSECMARK ${mode}`,
});

export const secmark = defineTarget<SecmarkTarget>({
  name: 'SECMARK',
  families: BOTH,
  options: [{ name: 'selctx', id: 'context', type: 'string', mandatory: true }],
  init: () => ({ kind: 'SECMARK', context: '' }),
  parse(info, { argument }) {
    info.context = argument;
  },
  save: ({ context }) => ` --selctx ${context}`,
  list: ({ context }) => ` SECMARK selctx ${context}`,
});

export const ecn = defineTarget<EcnTarget>({
  name: 'ECN',
  families: ['ip'],
  options: [{ name: 'ecn-tcp-remove', id: 'remove', type: 'none' }],
  init: () => ({ kind: 'ECN' }),
  parse: () => undefined,
  check(_info, seen) {
    if (seen.size === 0) usage('ECN target: An operation is required');
  },
  save: () => ' --ecn-tcp-remove',
  list: () => ' ECN TCP remove',
});

export const idletimer = defineTarget<IdletimerTarget>({
  name: 'IDLETIMER',
  families: BOTH,
  options: [
    { name: 'timeout', id: 'timeout', type: 'u32', mandatory: true },
    { name: 'label', id: 'label', type: 'string', mandatory: true, max: 27 },
    { name: 'alarm', id: 'alarm', type: 'none' },
  ],
  init: () => ({ kind: 'IDLETIMER', timeoutS: 0, label: '', alarm: false }),
  parse(info, { id, number, argument }) {
    if (id === 'timeout') info.timeoutS = number;
    else if (id === 'label') info.label = argument;
    else info.alarm = true;
  },
  save: ({ timeoutS, label, alarm }) => ` --timeout ${timeoutS} --label ${label}${alarm ? ' --alarm' : ''}`,
  list: ({ timeoutS, label, alarm }) => ` timeout:${timeoutS} label:${label}${alarm ? ' alarm' : ''}`,
});

export const led = defineTarget<LedTarget>({
  name: 'LED',
  families: BOTH,
  options: [
    { name: 'led-trigger-id', id: 'trigger', type: 'string', mandatory: true },
    { name: 'led-delay', id: 'delay', type: 'string' },
    { name: 'led-always-blink', id: 'blink', type: 'none' },
  ],
  init: () => ({ kind: 'LED', trigger: '', delayMs: 0, alwaysBlink: false }),
  parse(info, { id, argument }) {
    if (id === 'trigger') info.trigger = argument;
    else if (id === 'blink') info.alwaysBlink = true;
    else
      info.delayMs =
        argument.toLowerCase() === 'inf' ? null : (parseWithin(argument, 0, 0xffffffff) ?? usage('Delay value must be within range 0..4294967295'));
  },
  save({ trigger, delayMs, alwaysBlink }) {
    const delay = delayMs === null ? ' --led-delay -1' : delayMs > 0 ? ` --led-delay ${delayMs}` : '';
    return ` --led-trigger-id "${trigger}"${delay}${alwaysBlink ? ' --led-always-blink' : ''}`;
  },
  list: ({ trigger, delayMs, alwaysBlink }) =>
    ` led-trigger-id:"${trigger}"${delayMs === null ? ' led-delay:inf' : ` led-delay:${delayMs}ms`}${alwaysBlink ? ' led-always-blink' : ''}`,
});

const queueText = ({ queue, count, bypass, cpuFanout }: NfqueueTarget, num: string, option: string): string =>
  `${count > 1 ? ` ${option}balance ${queue}:${queue + count - 1}` : ` ${option}${num} ${queue}`}${bypass ? ` ${option}bypass` : ''}${
    cpuFanout ? ` ${option}cpu-fanout` : ''
  }`;
export const nfqueue = defineTarget<NfqueueTarget>({
  name: 'NFQUEUE',
  families: BOTH,
  options: [
    { name: 'queue-num', id: 'num', type: 'u16', excludes: ['balance'] },
    { name: 'queue-balance', id: 'balance', type: 'u16-range', excludes: ['num'] },
    { name: 'queue-bypass', id: 'bypass', type: 'none' },
    { name: 'queue-cpu-fanout', id: 'fanout', type: 'none', needs: ['balance'] },
  ],
  init: () => ({ kind: 'NFQUEUE', queue: 0, count: 1, bypass: false, cpuFanout: false }),
  parse(info, call) {
    switch (call.id) {
      case 'num':
        info.queue = call.number;
        return;
      case 'balance':
        if (!call.isRange) return usage(`Bad range "${call.argument}"`);
        if (call.range.min >= call.range.max) usage(`${call.range.min} should be less than ${call.range.max}`);
        info.queue = call.range.min;
        info.count = call.range.max - call.range.min + 1;
        return;
      case 'bypass':
        info.bypass = true;
        return;
      case 'fanout':
        info.cpuFanout = true;
    }
  },
  save: (info) => queueText(info, 'num', '--queue-'),
  list: (info) => ` NFQUEUE${queueText(info, 'num', '')}`,
});

export const tee = defineTarget<TeeTarget>({
  name: 'TEE',
  families: BOTH,
  options: [
    { name: 'gateway', id: 'gateway', type: 'host', mandatory: true },
    { name: 'oif', id: 'oif', type: 'string', max: 15 },
  ],
  init: () => ({ kind: 'TEE', gateway: 0, device: '' }),
  parse(info, call) {
    if (call.id === 'gateway') info.gateway = call.address.address;
    else info.device = call.argument;
  },
  save: ({ gateway, device }) => ` --gateway ${formatAddress(gateway)}${device === '' ? '' : ` --oif ${device}`}`,
  list: ({ gateway, device }) => ` TEE gw:${formatAddress(gateway)}${device === '' ? '' : ` oif=${device}`}`,
});

export const tproxy = defineTarget<TproxyTarget>({
  name: 'TPROXY',
  families: BOTH,
  options: [
    { name: 'on-port', id: 'port', type: 'port-range', mandatory: true },
    { name: 'on-ip', id: 'ip', type: 'host' },
    { name: 'tproxy-mark', id: 'mark', type: 'mark' },
  ],
  init: () => ({ kind: 'TPROXY', port: 0, address: null, mark: 0, mask: 0 }),
  parse(info, call) {
    if (call.id === 'port') info.port = call.range.min;
    else if (call.id === 'ip') info.address = call.address.address;
    else {
      info.mark = call.number;
      info.mask = call.mask;
    }
  },
  save: (info, { family }) => ` --on-port ${info.port} --on-ip ${proxyAddress(info, family)} --tproxy-mark 0x${hex(info.mark)}/0x${hex(info.mask)}`,
  list: (info, { family }) => ` TPROXY redirect ${proxyAddress(info, family)}:${info.port} mark 0x${hex(info.mark)}/0x${hex(info.mask)}`,
});
const proxyAddress = ({ address }: TproxyTarget, family: Family): string => (address !== null ? formatAddress(address) : family === 'ip' ? '0.0.0.0' : '::');

const TCP_OPTIONS: readonly (readonly [string, number])[] = [
  ['wscale', 3],
  ['mss', 2],
  ['sack-permitted', 4],
  ['sack', 5],
  ['timestamp', 8],
  ['md5', 19],
];
export const tcpoptstrip = defineTarget<TcpoptstripTarget>({
  name: 'TCPOPTSTRIP',
  families: BOTH,
  options: [{ name: 'strip-options', id: 'options', type: 'string' }],
  init: () => ({ kind: 'TCPOPTSTRIP', options: [] }),
  parse(info, { argument }) {
    const options = argument.split(',').map((name) => {
      const known = TCP_OPTIONS.find((each) => each[0] === name)?.[1];
      return known ?? parseWithin(name, 0, 255) ?? usage(`Bad TCP option value "${name}"`);
    });
    for (const number of options) if (number < 2) usage(`Option value may not be 0 or 1`);
    info.options = [...new Set(options)].sort((a, b) => a - b);
  },
  save: ({ options }) => (options.length === 0 ? '' : ` --strip-options ${options.join(',')}`),
  list: ({ options }, { numeric }) =>
    options.length === 0
      ? ''
      : ` TCPOPTSTRIP options ${options.map((kind) => (numeric ? undefined : TCP_OPTIONS.find((each) => each[1] === kind)?.[0]) ?? `${kind}`).join(',')}`,
});

const PREFIX_MAX = 64;
function parsePrefix(text: string): NptTarget['source'] {
  const [host = '', length] = text.split('/');
  const address = parseHostAddress(host, 'ip6') ?? usage(`getaddrinfo: Name or service not known\n`);
  return { address, length: length === undefined ? 128 : (parseWithin(length, 0, 128) ?? usage(`invalid prefix length`)) };
}
const prefixTranslation = (kind: 'SNPT' | 'DNPT') =>
  defineTarget<NptTarget>({
    name: kind,
    families: ['ip6'],
    options: [
      { name: 'src-pfx', id: 'source', type: 'string', mandatory: true },
      { name: 'dst-pfx', id: 'destination', type: 'string', mandatory: true },
    ],
    init: () => ({ kind, source: { address: '', length: PREFIX_MAX }, destination: { address: '', length: PREFIX_MAX } }),
    parse(info, { id, argument }) {
      info[id as 'source' | 'destination'] = parsePrefix(argument);
    },
    save: ({ source, destination }) =>
      ` --src-pfx ${formatAddress(source.address)}/${source.length} --dst-pfx ${formatAddress(destination.address)}/${destination.length}`,
    list: ({ source, destination }) =>
      ` ${kind} src-pfx ${formatAddress(source.address)}/${source.length} dst-pfx ${formatAddress(destination.address)}/${destination.length}`,
  });
export const snpt = prefixTranslation('SNPT');
export const dnpt = prefixTranslation('DNPT');
