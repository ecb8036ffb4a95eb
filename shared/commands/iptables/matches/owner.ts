/** `-m owner`: whose socket sent it (libxt_owner). Deviation: of user and group names only root is known. */
import type { OwnerInfo, Range } from '../../../kernel/index.ts';
import { BOTH, defineMatch } from '../extension.ts';
import { usage } from '../exit.ts';
import { scanWithin } from '../numbers.ts';

const LIMIT = 0xfffffffe;

function parseIds(text: string, option: string): Range {
  if (text === 'root') return { min: 0, max: 0 };
  const bad = (): never => usage(`owner: Bad value for "--${option}" option: "${text}"`);
  const low = scanWithin(text, 0, LIMIT) ?? bad();
  if (low.rest === '') return { min: low.value, max: low.value };
  const high = /^[-:]/.test(low.rest) ? scanWithin(low.rest.slice(1), 0, LIMIT) : undefined;
  if (high?.rest !== '') return bad();
  return { min: low.value, max: high.value };
}
function dump(info: OwnerInfo, names: readonly [string, string, string, string], numeric: boolean): string {
  const ids = (range: Range): string => (range.min === range.max ? (range.min === 0 && !numeric ? 'root' : `${range.min}`) : `${range.min}-${range.max}`);
  const item = (asked: { readonly invert: boolean } | undefined, text: string): string => (asked ? `${asked.invert ? ' !' : ''} ${text}` : '');
  return (
    item(info.socketExists, names[0]) +
    item(info.uid, `${names[1]} ${info.uid && ids(info.uid.value)}`) +
    item(info.gid, `${names[2]} ${info.gid && ids(info.gid.value)}`) +
    (info.supplementaryGroups ? ` ${names[3]}` : '')
  );
}

export const owner = defineMatch<OwnerInfo>({
  name: 'owner',
  families: BOTH,
  options: [
    { name: 'uid-owner', id: 'uid', type: 'string', invertible: true },
    { name: 'gid-owner', id: 'gid', type: 'string', invertible: true },
    { name: 'socket-exists', id: 'socket', type: 'none', invertible: true },
    { name: 'suppl-groups', id: 'groups', type: 'none' },
  ],
  init: () => ({ kind: 'owner', supplementaryGroups: false }),
  parse(info, call) {
    const { invert } = call;
    switch (call.id) {
      case 'uid':
        info.uid = { value: parseIds(call.argument, call.name), invert };
        return;
      case 'gid':
        info.gid = { value: parseIds(call.argument, call.name), invert };
        return;
      case 'socket':
        info.socketExists = { value: true, invert };
        return;
      case 'groups':
        if (!info.gid) usage('owner: Bad value for "--suppl-groups" option: "you need to use --gid-owner first"');
        info.supplementaryGroups = true;
    }
  },
  check(_info, seen) {
    if (seen.size === 0) usage('owner: At least one of --uid-owner, --gid-owner or --socket-exists is required');
  },
  save: (info) => dump(info, ['--socket-exists', '--uid-owner', '--gid-owner', '--suppl-groups'], true),
  list: (info, context) => dump(info, ['owner socket exists', 'owner UID match', 'owner GID match', 'incl. suppl. groups'], context.numeric),
});
