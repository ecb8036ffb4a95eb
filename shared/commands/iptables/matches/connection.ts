/** What a packet's connection has done or is marked with: connbytes, connlabel, helper, cluster (libxt_*). */
import type { ClusterInfo, ConnbytesInfo, ConnlabelInfo, HelperInfo } from '../../../kernel/index.ts';
import { usage } from '../exit.ts';
import { BOTH, defineMatch, quote } from '../extension.ts';
import { hex, parseWithin, scanUnsigned } from '../numbers.ts';

const not = (invert: boolean): string => (invert ? ' !' : '');
const hex8 = (value: number): string => `0x${hex(value).padStart(8, '0')}`;

const U64_TEXT = '18446744073709551615';
function parseAmount(text: string): { min: number; max: number } {
  const bad = (near: string): never => usage(`connbytes: bad value for option "--connbytes" near "${near}", or out of range (0-${U64_TEXT}).\n`);
  const low = text.startsWith(':') ? { value: 0, rest: text } : (scanUnsigned(text) ?? bad(text));
  if (low.rest === '' || low.rest === ':') return { min: low.value, max: Infinity };
  if (!low.rest.startsWith(':')) return usage(`connbytes: Argument to "--connbytes" has unexpected characters near "${low.rest}".\n`);
  const high = scanUnsigned(low.rest.slice(1)) ?? bad(low.rest.slice(1));
  if (high.rest !== '') usage(`connbytes: Argument to "--connbytes" has unexpected characters near "${high.rest}".\n`);
  if (high.value < low.value) usage(`${low.value} should be less than ${high.value}`);
  return { min: low.value, max: high.value };
}
const amountText = ({ amount }: ConnbytesInfo): string => (amount.max === Infinity ? `${amount.min}` : `${amount.min}:${amount.max}`);

export const connbytes = defineMatch<ConnbytesInfo>({
  name: 'connbytes',
  families: BOTH,
  options: [
    { name: 'connbytes', id: 'amount', type: 'string', mandatory: true, invertible: true },
    { name: 'connbytes-dir', id: 'direction', type: 'string', mandatory: true },
    { name: 'connbytes-mode', id: 'mode', type: 'string', mandatory: true },
  ],
  init: () => ({ kind: 'connbytes', amount: { min: 0, max: Infinity }, invert: false, what: 'packets', direction: 'original' }),
  parse(info, { id, argument, invert }) {
    if (id === 'amount') {
      info.amount = parseAmount(argument);
      info.invert = invert;
    } else if (id === 'direction') {
      if (argument !== 'original' && argument !== 'reply' && argument !== 'both') return usage(`Unknown --connbytes-dir \`${argument}'`);
      info.direction = argument;
    } else {
      if (argument !== 'packets' && argument !== 'bytes' && argument !== 'avgpkt') return usage(`Unknown --connbytes-mode \`${argument}'`);
      info.what = argument;
    }
  },
  save: (info) => `${not(info.invert)} --connbytes ${amountText(info)} --connbytes-mode ${info.what} --connbytes-dir ${info.direction}`,
  list: (info) => `${not(info.invert)} connbytes ${amountText(info)} connbytes mode ${info.what} connbytes direction ${info.direction}`,
});

/** What the library says whenever it looks for a label's name. */
export const NO_LABELS = 'Warning: cannot open /etc/xtables/connlabel.conf: No such file or directory\n';
/** Deviation: no label has a name. */
export const connlabel = defineMatch<ConnlabelInfo>({
  name: 'connlabel',
  families: BOTH,
  options: [
    { name: 'label', id: 'label', type: 'string', mandatory: true, invertible: true },
    { name: 'set', id: 'set', type: 'none' },
  ],
  init: () => ({ kind: 'connlabel', bit: 0, set: false, invert: false }),
  parse(info, call, context) {
    if (call.id === 'set') {
      info.set = true;
      return;
    }
    info.invert = call.invert;
    const bit = parseWithin(call.argument, 0, 65535);
    if (bit === undefined) {
      context.warn(NO_LABELS);
      return usage(`label '${call.argument}' not found or invalid value`);
    }
    info.bit = bit;
  },
  save: (info) => `${not(info.invert)} --label "${info.bit}"${info.set ? ' --set' : ''}`,
  list: (info) => ` connlabel${not(info.invert)} ${info.bit}${info.set ? ' set' : ''}`,
});

export const helper = defineMatch<HelperInfo>({
  name: 'helper',
  families: BOTH,
  options: [{ name: 'helper', id: 'name', type: 'string', mandatory: true, invertible: true }],
  init: () => ({ kind: 'helper', name: '', invert: false }),
  parse(info, call) {
    info.name = call.argument.slice(0, 29);
    info.invert = call.invert;
  },
  save: (info) => `${not(info.invert)} --helper${quote(info.name)}`,
  list: (info) => ` helper match${not(info.invert)} "${info.name}"`,
});

export const cluster = defineMatch<ClusterInfo>({
  name: 'cluster',
  families: BOTH,
  options: [
    { name: 'cluster-total-nodes', id: 'total', type: 'u32', min: 1, max: 32, mandatory: true },
    { name: 'cluster-local-node', id: 'node', type: 'u32', min: 1, max: 32, invertible: true, excludes: ['mask'] },
    { name: 'cluster-local-nodemask', id: 'mask', type: 'u32', invertible: true, excludes: ['node'] },
    { name: 'cluster-hash-seed', id: 'seed', type: 'u32', mandatory: true },
  ],
  init: () => ({ kind: 'cluster', total: 0, nodes: 0, seed: 0, invert: false }),
  parse(info, call) {
    if (call.id === 'total') info.total = call.number;
    else if (call.id === 'seed') info.seed = call.number;
    else {
      info.nodes = call.id === 'node' ? (1 << (call.number - 1)) >>> 0 : call.number;
      if (call.invert) info.invert = true;
    }
  },
  check(info, seen) {
    if (['total', 'node', 'seed'].every((id) => seen.has(id))) {
      if (info.nodes >= 2 ** info.total) usage("cluster match: `--cluster-local-node' must be <= `--cluster-total-nodes'");
      return;
    }
    if (['total', 'mask', 'seed'].every((id) => seen.has(id))) {
      if (info.nodes >= 2 ** info.total) usage("cluster match: `--cluster-local-nodemask' too big for `--cluster-total-nodes'");
      return;
    }
    if (!seen.has('node') && !seen.has('mask')) usage("cluster match: `--cluster-local-node' or`--cluster-local-nodemask' is missing");
  },
  save: (info) => `${not(info.invert)} --cluster-local-nodemask ${hex8(info.nodes)} --cluster-total-nodes ${info.total} --cluster-hash-seed ${hex8(info.seed)}`,
  list: (info) => ` cluster ${info.invert ? '!' : ''}node_mask=${hex8(info.nodes)} total_nodes=${info.total} hash_seed=${hex8(info.seed)}`,
});
