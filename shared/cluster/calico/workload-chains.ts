/** Felix' chains of a node's workloads: two for each, for what it is sent and what it sends, and the way to them by interface (felix/rules/endpoints.go, dispatch.go). */
import { ACCEPT, clearMark, DROP, goTo, hasMark, jump, lacksMark, limitedName, Mark, RETURN, setMark, state, type Chain, type Rule } from './rules.ts';
import { VXLAN_PORT } from './static-chains.ts';

export interface Workload {
  /** `cali…`. */
  readonly interface: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Chains of the policies that select it, by direction. */
  readonly ingress: readonly string[];
  readonly egress: readonly string[];
}

type Direction = 'to' | 'from';
const ENDPOINT = { to: 'cali-tw-', from: 'cali-fw-' } as const;
const PROFILE = { to: 'cali-pri-', from: 'cali-pro-' } as const;

export function workloadChains(workloads: readonly Workload[]): readonly Chain[] {
  const names = workloads.map((one) => one.interface).sort();
  const profiles = new Set(workloads.flatMap((one) => profilesOf(one)));
  return [
    ...dispatch(names, 'from'),
    ...dispatch(names, 'to'),
    ...workloads.flatMap((one) => [endpointChain(one, 'to'), endpointChain(one, 'from')]),
    ...[...profiles].sort().flatMap((profile) => [profileChain(profile, 'to'), profileChain(profile, 'from')]),
  ];
}

const profilesOf = ({ namespace, serviceAccount }: Workload): readonly string[] => [`kns.${namespace}`, `ksa.${namespace}.${serviceAccount}`];

/** A namespace lets everything through that no policy speaks of; a service account says nothing. */
function profileChain(profile: string, direction: Direction): Chain {
  const comments = [`Profile ${profile} ${direction === 'to' ? 'ingress' : 'egress'}`];
  const rules: readonly Rule[] = profile.startsWith('kns.')
    ? [
        { comments, action: setMark(Mark.accept) },
        { match: hasMark(Mark.accept), action: RETURN },
      ]
    : [{ comments }];
  return { name: limitedName(PROFILE[direction], profile), rules };
}

function endpointChain(workload: Workload, direction: Direction): Chain {
  const policies = direction === 'to' ? workload.ingress : workload.egress;
  const encapsulated: readonly Rule[] = [
    { comments: ['Drop VXLAN encapped packets originating in workloads'], match: `-p 17 -m multiport --destination-ports ${VXLAN_PORT}`, action: DROP },
    { comments: ['Drop IPinIP encapped packets originating in workloads'], match: '-p 4', action: DROP },
  ];
  const accepted = (by: string): Rule => ({ comments: [`Return if ${by} accepted`], match: hasMark(Mark.accept), action: RETURN });
  return {
    name: ENDPOINT[direction] + workload.interface,
    rules: [
      { match: state('RELATED,ESTABLISHED'), action: ACCEPT },
      { match: state('INVALID'), action: DROP },
      { action: clearMark(Mark.accept | Mark.pass) },
      ...(direction === 'from' ? encapsulated : []),
      ...(policies.length > 0
        ? [
            { comments: ['Start of tier default'], action: clearMark(Mark.pass) },
            ...policies.flatMap((chain) => [{ match: lacksMark(Mark.pass), action: jump(chain) }, accepted('policy')]),
            { comments: ['End of tier default. Drop if no policies passed packet'], match: lacksMark(Mark.pass), action: DROP },
          ]
        : []),
      ...profilesOf(workload).flatMap((profile) => [{ action: jump(limitedName(PROFILE[direction], profile)) }, accepted('profile')]),
      { comments: ['Drop if no profiles matched'], action: DROP },
    ],
  };
}

const UNKNOWN: Rule = { comments: ['Unknown interface'], action: DROP };

/** Interfaces that begin alike stand in a chain of their own, so that none of many is far down. */
function dispatch(names: readonly string[], direction: Direction): readonly Chain[] {
  const root = direction === 'from' ? 'cali-from-wl-dispatch' : 'cali-to-wl-dispatch';
  const option = direction === 'from' ? '--in-interface' : '--out-interface';
  const rule = (name: string): Rule => ({ match: `${option} ${name}`, action: goTo(ENDPOINT[direction] + name) });
  const common = commonPrefix(names);
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const prefix = name.slice(0, common.length + 1);
    groups.set(prefix, [...(groups.get(prefix) ?? []), name]);
  }
  const children: Chain[] = [];
  const rules: Rule[] = [];
  for (const [prefix, own] of groups) {
    if (own.length === 1) {
      rules.push(rule(own[0]!));
      continue;
    }
    const child = `${root}-${prefix.slice(common.length)}`;
    children.push({ name: child, rules: [...own.map(rule), UNKNOWN] });
    rules.push({ match: `${option} ${prefix}+`, action: goTo(child) });
  }
  return [...children, { name: root, rules: [...rules, UNKNOWN] }];
}

function commonPrefix(names: readonly string[]): string {
  const [first = '', ...rest] = names;
  let length = first.length;
  for (const name of rest) {
    while (!name.startsWith(first.slice(0, length))) length--;
  }
  return first.slice(0, names.length > 1 ? length : Math.max(0, length - 1));
}
