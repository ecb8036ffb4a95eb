/** `-m owner`: whose socket sent it (libxt_owner). Deviation: users and groups are those of a fresh Debian, whatever /etc/passwd says. */
import type { OwnerInfo, Range } from '../../../kernel/index.ts';
import { BOTH, defineMatch } from '../extension.ts';
import { usage } from '../exit.ts';
import { scanWithin } from '../numbers.ts';

const LIMIT = 0xfffffffe;
type Names = readonly (readonly [string, number])[];
const COMMON: Names = [
  ['root', 0],
  ['daemon', 1],
  ['bin', 2],
  ['sys', 3],
  ['lp', 7],
  ['mail', 8],
  ['news', 9],
  ['uucp', 10],
  ['proxy', 13],
  ['www-data', 33],
  ['backup', 34],
  ['list', 38],
  ['irc', 39],
];
const USERS: Names = [...COMMON, ['sync', 4], ['games', 5], ['man', 6], ['_apt', 42], ['nobody', 65534]];
const GROUPS: Names = [
  ...COMMON,
  ['adm', 4],
  ['man', 12],
  ['tty', 5],
  ['disk', 6],
  ['kmem', 15],
  ['sudo', 27],
  ['audio', 29],
  ['shadow', 42],
  ['video', 44],
  ['games', 60],
  ['users', 100],
  ['nogroup', 65534],
];

function parseIds(text: string, option: string, names: Names): Range {
  const named = names.find(([name]) => name === text)?.[1];
  if (named !== undefined) return { min: named, max: named };
  const bad = (): never => usage(`owner: Bad value for "--${option}" option: "${text}"`);
  const low = scanWithin(text, 0, LIMIT) ?? bad();
  if (low.rest === '') return { min: low.value, max: low.value };
  const high = /^[-:]/.test(low.rest) ? scanWithin(low.rest.slice(1), 0, LIMIT) : undefined;
  if (high?.rest !== '') return bad();
  return { min: low.value, max: high.value };
}
function dump(info: OwnerInfo, names: readonly [string, string, string, string], numeric: boolean): string {
  const ids = (range: Range, known: Names): string => {
    if (range.min !== range.max) return `${range.min}-${range.max}`;
    return (numeric ? undefined : known.find(([, id]) => id === range.min)?.[0]) ?? `${range.min}`;
  };
  const item = (asked: { readonly invert: boolean } | undefined, text: string): string => (asked ? `${asked.invert ? ' !' : ''} ${text}` : '');
  return (
    item(info.socketExists, names[0]) +
    item(info.uid, `${names[1]} ${info.uid && ids(info.uid.value, USERS)}`) +
    item(info.gid, `${names[2]} ${info.gid && ids(info.gid.value, GROUPS)}`) +
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
        info.uid = { value: parseIds(call.argument, call.name, USERS), invert };
        return;
      case 'gid':
        info.gid = { value: parseIds(call.argument, call.name, GROUPS), invert };
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
