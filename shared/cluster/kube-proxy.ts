/**
 * kube-proxy in iptables mode: keeps the node's rules as the services and endpoints want them, written by iptables-restore. At most once a second
 * (minSyncPeriod), and every thirty seconds in any case, so that what somebody took out comes back.
 */
import type { EndpointSlice, Service } from '../commands/index.ts';
import { netfilterOf } from '../kernel/index.ts';
import { netnsOf } from '../machine/index.ts';
import { anyOf, WaitQueue, type Process, type Program, type Sys } from '../shell/index.ts';
import { isPortalChain, JUMPS, proxyRules } from './kube-proxy-rules.ts';
import { klog } from './images/make.ts';
import { ENDPOINTSLICES, SERVICES } from './resources.ts';
import { runProgram } from './run-program.ts';
import type { ObjectStore } from './store.ts';

const MIN_SYNC_US = 1_000_000;
const SYNC_US = 30_000_000;

export interface ProxyOptions {
  readonly store: ObjectStore;
  /** clusterCIDR: what comes from elsewhere is masqueraded; without one nothing is. Asked for when it starts. */
  readonly podCIDR: string | undefined;
}

export const kubeProxyProgram = (options: ProxyOptions): Program =>
  function* (p): Sys<number> {
    const { store, podCIDR } = options;
    for (const signal of ['TERM', 'INT', 'QUIT'] as const) p.on(signal, () => p.exit(0));
    yield* p.error(`${klog(p, 'server_linux.go:66', '"Using iptables proxy"')}\n`);
    p.fs.writeFile('/proc/sys/net/ipv4/conf/all/route_localnet', '1\n');
    const changed = new WaitQueue();
    let isDirty = true;
    const ruleset = netfilterOf(netnsOf(p)).ruleset('ip');
    /** Of the rules as it left them; undefined when it could not write them. */
    let generation: number | undefined;
    const stop = store.listen((resource) => {
      if (resource !== SERVICES && resource !== ENDPOINTSLICES) return;
      isDirty = true;
      changed.wakeAll();
    });
    try {
      for (;;) {
        // what it would write is there as long as nobody has written since
        if (!isDirty && generation === ruleset.generation) {
          yield* p.waitFor(() => isDirty, anyOf([changed, p.timer(SYNC_US)]), SYNC_US);
          continue;
        }
        isDirty = false;
        const rules = proxyRules(store.list(SERVICES) as readonly Service[], store.list(ENDPOINTSLICES) as readonly EndpointSlice[], podCIDR);
        generation = (yield* sync(p, rules)) ? ruleset.generation : undefined;
        yield* p.sleep(MIN_SYNC_US);
        yield* p.waitFor(() => isDirty, anyOf([changed, p.timer(SYNC_US)]), SYNC_US);
      }
    } finally {
      stop();
    }
  };

function* sync(p: Process, rules: string): Sys<boolean> {
  const present = yield* runProgram(p, ['iptables-save', '-t', 'nat']);
  const chains = [...present.output.matchAll(/^:(\S+)/gm)].map(([, name = '']) => name);
  const stale = chains.filter((chain) => isPortalChain(chain) && !rules.includes(`:${chain} `));
  // emptied first, so that none of them is used when it goes
  const text = rules
    .replace(/COMMIT\n$/, `${stale.map((chain) => `-X ${chain}\n`).join('')}COMMIT\n`)
    .replace('*nat\n', `*nat\n${stale.map((chain) => `:${chain} - [0:0]\n`).join('')}`);
  const written = yield* runProgram(p, ['iptables-restore', '-w', '5', '--noflush', '--counters'], text);
  if (written.status !== 0) {
    yield* p.error(
      `${klog(p, 'proxier.go:1558', `"Failed to execute iptables-restore" err="exit status ${written.status}: ${written.errors.trim()}"`, 'E')}\n`,
    );
    return false;
  }
  for (const [table, chain, to, rule] of JUMPS) {
    const check = yield* runProgram(p, ['iptables', '-w', '5', '-C', chain, '-t', table, ...rule, '-j', to]);
    if (check.status !== 0) yield* runProgram(p, ['iptables', '-w', '5', '-I', chain, '-t', table, ...rule, '-j', to]);
  }
  return true;
}
