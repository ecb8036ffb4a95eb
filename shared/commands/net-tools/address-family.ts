/** Address families by the names that options give them. Authority: lib/af.c (aftrans_opt), lib/getroute.c of net-tools 2.10. */
import { strerror, type Bytes } from '../../base/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import type { GivenOption, OptionSpec } from '../options.ts';
import { isFamily } from './families.ts';
import { showRoutes4, showRoutes6, type RouteView } from './route-table.ts';

const ALIASES: Readonly<Record<string, string>> = {
  ax25: 'ax25', ip: 'inet', ip6: 'inet6', ipx: 'ipx', rose: 'rose', appletalk: 'ddp', netrom: 'netrom', inet: 'inet', inet6: 'inet6', ddp: 'ddp', unix: 'unix',
  tcpip: 'inet', econet: 'ec', x25: 'x25', ash: 'ash', bluetooth: 'bluetooth',
}; // prettier-ignore

/** `--inet`, `--ip6`, …: each family has an option of its own name. */
export const FAMILY_OPTIONS: readonly OptionSpec[] = Object.keys(ALIASES).map((long) => ({ id: `--${long}`, short: '', long, argument: 'none' }));
/** The list of families that an option gives: `-4`, `-6`, `-A inet`, `--inet`. */
export function familyOption({ id, argument }: GivenOption<string>): Bytes | undefined {
  if (id.startsWith('--')) return id.slice(2);
  return id === '4' ? 'inet' : id === '6' ? 'inet6' : id === 'A' ? argument : undefined;
}

/** The families that `-A a,b` names; a text says which is unknown. */
export function familiesOf(list: Bytes): readonly string[] | string {
  const found: string[] = [];
  for (const name of list.split(',')) {
    const family = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
    if (family === undefined) return `Unknown address family \`${name}'.\n`;
    found.push(family);
  }
  return found;
}

const NOT_FOUND = 8;
const OPTION_ERROR = 3;
/** route_info: the tables of all that were named. */
export function* showRoutes(p: Process, families: readonly string[], view: RouteView): Sys<number> {
  let status = NOT_FOUND;
  for (const family of families) {
    if (family === 'inet') status = yield* showRoutes4(p, view);
    else if (family === 'inet6') status = yield* showRoutes6(p, view);
    else {
      const missing = MISSING_TABLES[family];
      if (family === 'ddp') {
        yield* p.error(`Error opening /proc/net/atalk_route: ${strerror('ENOENT')}\n`);
        yield* p.print('DDP (AppleTalk) not configured on this system.\n');
        return 1;
      }
      if (!isFamily(family)) yield* p.error(`Address family \`${family}' not supported.\n`);
      else if (missing === undefined) yield* p.error(`No routing for address family \`${family}'.\n`);
      else {
        yield* p.print(`${missing} not configured in this system.\n`);
        return 1;
      }
      return OPTION_ERROR;
    }
    if (status !== 0) return status;
  }
  return status;
}
const MISSING_TABLES: Readonly<Record<string, string>> = { ax25: 'AX.25', netrom: 'NET/ROM', rose: 'ROSE', ipx: 'IPX', x25: 'X.25' };
