/** `-j LOG` and `-j NFLOG` (libxt_LOG, libxt_NFLOG). */
import type { LogTarget, NflogTarget } from '../../../kernel/index.ts';
import { BOTH, defineTarget, quote } from '../extension.ts';
import { usage } from '../exit.ts';

const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'];
const DEFAULT_LEVEL = 4;

export const log = defineTarget<LogTarget>({
  name: 'LOG',
  families: BOTH,
  options: [
    { name: 'log-level', id: 'level', type: 'syslog-level' },
    { name: 'log-prefix', id: 'prefix', type: 'string', min: 1 },
    { name: 'log-tcp-sequence', id: 'tcpSequence', type: 'none' },
    { name: 'log-tcp-options', id: 'tcpOptions', type: 'none' },
    { name: 'log-ip-options', id: 'ipOptions', type: 'none' },
    { name: 'log-uid', id: 'uid', type: 'none' },
    { name: 'log-macdecode', id: 'macDecode', type: 'none' },
  ],
  init: () => ({ kind: 'LOG', level: DEFAULT_LEVEL, prefix: '', tcpSequence: false, tcpOptions: false, ipOptions: false, uid: false, macDecode: false }),
  parse(info, call) {
    if (call.id === 'level') info.level = call.number;
    else if (call.id === 'prefix') {
      if (call.argument.includes('\n')) usage('Newlines not allowed in --log-prefix');
      info.prefix = call.argument.slice(0, 29);
    } else info[call.id as 'tcpSequence' | 'tcpOptions' | 'ipOptions' | 'uid' | 'macDecode'] = true;
  },
  save(info) {
    let text = info.prefix === '' ? '' : ` --log-prefix${quote(info.prefix)}`;
    if (info.level !== DEFAULT_LEVEL) text += ` --log-level ${info.level}`;
    if (info.tcpSequence) text += ' --log-tcp-sequence';
    if (info.tcpOptions) text += ' --log-tcp-options';
    if (info.ipOptions) text += ' --log-ip-options';
    if (info.uid) text += ' --log-uid';
    if (info.macDecode) text += ' --log-macdecode';
    return text;
  },
  list(info, context) {
    let text = ' LOG';
    if (context.numeric) {
      const flags = (info.tcpSequence ? 1 : 0) | (info.tcpOptions ? 2 : 0) | (info.ipOptions ? 4 : 0) | (info.uid ? 8 : 0) | (info.macDecode ? 32 : 0);
      text += ` flags ${flags} level ${info.level}`;
    } else {
      text += ` level ${LEVELS[info.level]}`;
      if (info.tcpSequence) text += ' tcp-sequence';
      if (info.tcpOptions) text += ' tcp-options';
      if (info.ipOptions) text += ' ip-options';
      if (info.uid) text += ' uid';
      if (info.macDecode) text += ' macdecode';
    }
    return info.prefix === '' ? text : `${text} prefix "${info.prefix}"`;
  },
});

function dump(info: NflogTarget, prefix: string): string {
  let text = info.prefix === '' ? '' : ` ${prefix}nflog-prefix${quote(info.prefix)}`;
  if (info.group) text += ` ${prefix}nflog-group ${info.group}`;
  if (info.size !== null) text += ` ${prefix}nflog-size ${info.size}`;
  if (info.threshold) text += ` ${prefix}nflog-threshold ${info.threshold}`;
  return text;
}
export const nflog = defineTarget<NflogTarget>({
  name: 'NFLOG',
  families: BOTH,
  options: [
    { name: 'nflog-group', id: 'group', type: 'u16' },
    { name: 'nflog-prefix', id: 'prefix', type: 'string', min: 1 },
    { name: 'nflog-range', id: 'range', type: 'u32', excludes: ['size'] },
    { name: 'nflog-size', id: 'size', type: 'u32', excludes: ['range'] },
    { name: 'nflog-threshold', id: 'threshold', type: 'u16' },
  ],
  init: () => ({ kind: 'NFLOG', group: 0, prefix: '', size: null, threshold: 0 }),
  parse(info, call) {
    if (call.id === 'group' || call.id === 'size' || call.id === 'threshold') info[call.id] = call.number;
    else if (call.id === 'prefix') {
      if (call.argument.includes('\n')) usage('Newlines not allowed in --log-prefix');
      info.prefix = call.argument.slice(0, 127);
    }
  },
  check(_info, seen, context) {
    if (seen.has('range')) context.warn('warn: --nflog-range has never worked and is no longer supported, please use --nflog-size instead\n');
  },
  save: (info) => dump(info, '--'),
  list: (info) => dump(info, ''),
});
