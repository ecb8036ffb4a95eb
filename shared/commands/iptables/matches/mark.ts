/** `-m mark` and `-m connmark` (libxt_mark, libxt_connmark). */
import type { MarkInfo } from '../../../kernel/index.ts';
import { BOTH, defineMatch } from '../extension.ts';
import { hex } from '../numbers.ts';

const text = (info: MarkInfo): string => ` 0x${hex(info.mark)}${info.mask === 0xffffffff ? '' : `/0x${hex(info.mask)}`}`;
const OPTIONS = [{ name: 'mark', id: 'mark', type: 'mark', mandatory: true, invertible: true }] as const;

const extension = (kind: MarkInfo['kind'], words: (invert: boolean) => string) =>
  defineMatch<MarkInfo>({
    name: kind,
    families: BOTH,
    options: OPTIONS,
    init: () => ({ kind, mark: 0, mask: 0, invert: false }),
    parse(info, call) {
      info.mark = call.number;
      info.mask = call.mask;
      info.invert = call.invert;
    },
    save: (info) => `${info.invert ? ' !' : ''} --mark${text(info)}`,
    list: (info) => words(info.invert) + text(info),
  });

export const mark = extension('mark', (invert) => ` mark match${invert ? ' !' : ''}`);
export const connmark = extension('connmark', (invert) => ` connmark match ${invert ? '!' : ''}`);
