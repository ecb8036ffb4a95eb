/** `-j MARK` and `-j CONNMARK` (libxt_MARK, libxt_CONNMARK). */
import type { ConnmarkTarget, MarkTarget } from '../../../kernel/index.ts';
import { BOTH, defineTarget } from '../extension.ts';
import { usage } from '../exit.ts';
import { hex } from '../numbers.ts';
import type { OptionCall, OptionEntry } from '../option.ts';

const ALL = 0xffffffff;
const SETTERS = ['set-xmark', 'set-mark', 'and-mark', 'or-mark', 'xor-mark'];

const setterOptions = (excludes: readonly string[]): readonly OptionEntry[] =>
  SETTERS.map((name) => ({ name, id: name, type: name.startsWith('set') ? 'mark' : 'u32', excludes }));

/** What to clear and what to flip: mark = (mark & ~mask) ^ value. */
function setter(call: OptionCall): { readonly mark: number; readonly mask: number } | undefined {
  const value = call.number;
  switch (call.id) {
    case 'set-xmark':
      return { mark: value, mask: call.mask };
    case 'set-mark':
      return { mark: value, mask: (value | call.mask) >>> 0 };
    case 'and-mark':
      return { mark: 0, mask: ~value >>> 0 };
    case 'or-mark':
      return { mark: value, mask: value };
    case 'xor-mark':
      return { mark: value, mask: 0 };
    default:
      return undefined;
  }
}
function words(mark: number, mask: number): string {
  if (mark === 0) return `and 0x${hex(~mask)}`;
  if (mark === mask) return `or 0x${hex(mark)}`;
  if (mask === 0) return `xor 0x${hex(mark)}`;
  if (mask === ALL) return `set 0x${hex(mark)}`;
  return `xset 0x${hex(mark)}/0x${hex(mask)}`;
}

export const mark = defineTarget<MarkTarget>({
  name: 'MARK',
  families: BOTH,
  options: setterOptions(SETTERS),
  init: () => ({ kind: 'MARK', mark: 0, mask: 0 }),
  parse(info, call) {
    Object.assign(info, setter(call));
  },
  check(_info, seen) {
    if (seen.size === 0) usage('MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required');
  },
  save: (info) => ` --set-xmark 0x${hex(info.mark)}/0x${hex(info.mask)}`,
  list: (info) => ` MARK ${words(info.mark, info.mask)}`,
});

const OPERATIONS = [...SETTERS, 'save-mark', 'restore-mark'];
export const connmark = defineTarget<ConnmarkTarget>({
  name: 'CONNMARK',
  families: BOTH,
  options: [
    ...setterOptions(OPERATIONS),
    { name: 'save-mark', id: 'save-mark', type: 'none', excludes: OPERATIONS },
    { name: 'restore-mark', id: 'restore-mark', type: 'none', excludes: OPERATIONS },
    { name: 'left-shift-mark', id: 'left', type: 'u8', max: 32 },
    { name: 'right-shift-mark', id: 'right', type: 'u8', max: 32 },
    { name: 'ctmask', id: 'ctmask', type: 'u32', excludes: ['mask'] },
    { name: 'nfmask', id: 'nfmask', type: 'u32', excludes: ['mask'] },
    { name: 'mask', id: 'mask', type: 'u32', excludes: ['ctmask', 'nfmask'] },
  ],
  init: () => ({ kind: 'CONNMARK', mode: 'set', ctMark: 0, ctMask: ALL, nfMask: ALL, shift: 0 }),
  parse(info, call) {
    const set = setter(call);
    if (set) {
      info.mode = 'set';
      info.ctMark = set.mark;
      info.ctMask = set.mask;
    } else if (call.id === 'save-mark') info.mode = 'save';
    else if (call.id === 'restore-mark') info.mode = 'restore';
    else if (call.id === 'left') info.shift = call.number;
    else if (call.id === 'right') info.shift = -call.number;
    else {
      if (call.id !== 'nfmask') info.ctMask = call.number;
      if (call.id !== 'ctmask') info.nfMask = call.number;
    }
  },
  check(_info, seen) {
    if (!OPERATIONS.some((name) => seen.has(name))) usage('CONNMARK target: No operation specified');
  },
  save(info) {
    const shift = info.shift === 0 ? '' : ` --${info.shift > 0 ? 'left' : 'right'}-shift-mark ${Math.abs(info.shift)}`;
    if (info.mode === 'set') return ` --set-xmark 0x${hex(info.ctMark)}/0x${hex(info.ctMask)}${shift}`;
    return ` --${info.mode}-mark --nfmask 0x${hex(info.nfMask)} --ctmask 0x${hex(info.ctMask)}${shift}`;
  },
  list(info) {
    const shift = info.shift === 0 ? '' : ` ${info.shift > 0 ? 'left' : 'right'}-shift-mark ${Math.abs(info.shift)}`;
    if (info.mode === 'set') return ` CONNMARK ${words(info.ctMark, info.ctMask)}${shift}`;
    let masks = '';
    if (info.nfMask !== info.ctMask) {
      masks =
        info.mode === 'save' ? ` nfmask 0x${hex(info.nfMask)} ctmask ~0x${hex(info.ctMask)}` : ` ctmask 0x${hex(info.ctMask)} nfmask ~0x${hex(info.nfMask)}`;
    } else if (info.nfMask !== ALL) masks = ` mask 0x${hex(info.nfMask)}`;
    return ` CONNMARK ${info.mode}${masks}${shift}`;
  },
});
