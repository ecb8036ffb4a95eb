/**
 * Netfilter of one namespace: both families' rules, connections, sets, and the handlers that join them to the stack's hooks. A hook has a handler
 * only while something is registered there, so that a namespace without rules spends nothing.
 *
 *     priority  -400 defragment  -300 raw  -200 connections  -150 mangle  -100 DNAT  0 filter  100 SNAT  150 security  last: confirm
 *
 * Invariant: connections are followed exactly while a rule or a nat chain needs them (nf_ct_netns_get); what was followed stays until it runs out.
 */
import { formatIpv4, formatIpv6 } from '../../wire/index.ts';
import { routeAgain } from '../ipv4/output.ts';
import { reassemble } from '../ipv4/reassembly.ts';
import type { Device, Host, HookHandler, Netns, Skb } from '../model.ts';
import { Hook, HookPriority, Verdict } from '../numbers.ts';
import { CtInfo, directionOf, ORIGINAL, type Connection } from './conntrack/connection.ts';
import { isDecided, manipOf, setUpNat, translate, translateError } from './conntrack/nat.ts';
import { ConntrackTable } from './conntrack/table.ts';
import { confirm, trackIn } from './conntrack/track.ts';
import { HookContext } from './context.ts';
import type { Address, Family, MatchKind } from './match.ts';
import { RecentLists } from './recent.ts';
import { Ruleset, type Chain, type ChainRule, type Handles } from './ruleset.ts';
import { NftTables, type NftHook } from './nft/tables.ts';
import { IpSets } from './sets.ts';
import { CompiledChains, traverse } from './traverse.ts';
import { touch } from '../notify.ts';

export interface LogLine {
  readonly atUs: number;
  readonly level: number;
  readonly text: string;
}
const LOG_LINES = 1000;
const logs = new WeakMap<Host, LogLine[]>();
/** What netfilter wrote to a machine's kernel log, oldest first. */
export function kernelLog(host: Host): readonly LogLine[] {
  return logs.get(host) ?? [];
}

/** A namespace's netfilter, made when first asked for. */
export function netfilterOf(netns: Netns): Netfilter {
  netns.netfilter ??= new Netfilter(netns);
  return netns.netfilter as Netfilter;
}
/** It, when there is one. */
export const existingNetfilter = (netns: Netns): Netfilter | null => netns.netfilter as Netfilter | null;

/** Targets that call nf_ct_netns_get. */
const TRACKING_TARGETS: ReadonlySet<string> = new Set(['CONNMARK', 'SNAT', 'DNAT', 'MASQUERADE', 'REDIRECT', 'NETMAP']);
/** Rules that make the kernel follow connections; a chain of NAT without such a rule does not. */
function needsConntrack(rule: ChainRule): boolean {
  const { matches, target } = rule.spec;
  if (target !== null && (target.kind === 'CT' ? !target.notrack : TRACKING_TARGETS.has(target.kind))) return true;
  return matches.some((match) => CONNTRACK_MATCHES.has(match.kind));
}
const CONNTRACK_MATCHES: ReadonlySet<MatchKind> = new Set([
  'conntrack',
  'connmark',
  'connbytes',
  'connlabel',
  'connlimit',
  'cluster',
  'helper',
  'ipvs',
] as const);

/** A chain that decides about translations. */
interface NatChain {
  readonly priority: number;
  readonly run: (context: HookContext) => Verdict;
}

/** The handlers of one family. */
class FamilyHooks {
  readonly ruleset: Ruleset;
  readonly compiled = new CompiledChains();
  private readonly chains = new Map<Chain, () => void>();
  private tracking: (() => void)[] = [];
  private natting: (() => void)[] = [];
  /** Nat chains by hook, in order of priority. */
  private natChains: readonly (readonly NatChain[])[] = [[], [], [], [], []];
  /** What nft has hung up besides. */
  private nftHandlers: (() => void)[] = [];

  constructor(
    private readonly netfilter: Netfilter,
    private readonly family: Family,
  ) {
    this.ruleset = new Ruleset(family, { changed: () => this.changed(), removed: () => undefined }, netfilter.tableHandles);
  }

  changed(): void {
    this.compiled.forget();
    const wanted = new Set<Chain>();
    const nat: NatChain[][] = [[], [], [], [], []];
    let tracks = false;
    for (const table of this.ruleset.tables.values()) {
      for (const chain of table.chains.values()) {
        if (chain.base?.type === 'nat') {
          nat[chain.base.hook]!.push({ priority: chain.base.priority, run: (context) => traverse(chain, this.compiled, context) });
        } else if (chain.base !== null) wanted.add(chain);
        tracks ||= chain.rules.some(needsConntrack);
        // nf_ct_set_acct: a rule that asks for counts has them counted from now on.
        if (chain.rules.some((rule) => rule.spec.matches.some((match) => match.kind === 'connbytes'))) this.netfilter.conntrack.settings.nf_conntrack_acct = 1;
      }
    }
    for (const [chain, unregister] of this.chains) {
      if (wanted.has(chain)) continue;
      unregister();
      this.chains.delete(chain);
    }
    for (const chain of wanted) if (!this.chains.has(chain)) this.chains.set(chain, this.register(chain.base!.hook, this.chainHandler(chain)));
    for (const hook of this.hangNft()) nat[hook.hook]!.push(hook);
    tracks ||= this.netfilter.nft.tracks;
    for (const chains of nat) chains.sort((a, b) => a.priority - b.priority);
    this.natChains = nat;
    this.switchTracking(tracks);
    this.switchNat(nat.some((chains) => chains.length > 0));
    touch(this.netfilter.netns.host);
  }
  private register(hook: Hook, handler: HookHandler): () => void {
    const hooks = this.family === 'ip' ? this.netfilter.netns.hooks : this.netfilter.netns.hooks6;
    const old = hooks[hook] ?? [];
    let at = old.findIndex((other) => other.priority > handler.priority);
    if (at < 0) at = old.length;
    hooks[hook] = [...old.slice(0, at), handler, ...old.slice(at)];
    return () => {
      const rest = (hooks[hook] ?? []).filter((other) => other !== handler);
      hooks[hook] = rest.length === 0 ? null : rest;
    };
  }

  /** Chains of nft's own: hung up anew with every change; those for translations are handed back. */
  private hangNft(): NftHook[] {
    for (const unregister of this.nftHandlers) unregister();
    this.nftHandlers = [];
    const hooks = this.netfilter.nft.hooks(this.family);
    for (const hook of hooks) {
      if (hook.type !== 'nat') this.nftHandlers.push(this.register(hook.hook, this.handler(hook.priority, hook.type === 'route', hook.run)));
    }
    return hooks.filter((hook) => hook.type === 'nat');
  }
  private chainHandler(chain: Chain): HookHandler {
    return this.handler(chain.base!.priority, chain.base!.type === 'route', (context) => traverse(chain, this.compiled, context));
  }
  private handler(priority: number, isRoute: boolean, walk: (context: HookContext) => Verdict): HookHandler {
    const { netfilter } = this;
    const decide: HookHandler['run'] = (skb, hook, _netns, inDevice, outDevice) => {
      const verdict = walk(netfilter.enter(skb, hook, inDevice, outDevice));
      netfilter.leave();
      return verdict;
    };
    if (!isRoute) return { priority, run: decide };
    return {
      priority,
      run(skb, hook, netns, inDevice, outDevice) {
        const { ip, mark } = skb;
        if (ip === null) return decide(skb, hook, netns, inDevice, outDevice);
        const { src, dst, tos } = ip;
        const verdict = decide(skb, hook, netns, inDevice, outDevice);
        // A packet made here is routed anew when its mark or addresses were changed (nf_route_table_hook4).
        if (verdict === Verdict.ACCEPT && (ip.src !== src || ip.dst !== dst || skb.mark !== mark || ip.tos !== tos)) {
          if (!routeAgain(skb, netns)) return Verdict.DROP;
        }
        return verdict;
      },
    };
  }

  private switchTracking(on: boolean): void {
    if (on === this.tracking.length > 0) return;
    for (const unregister of this.tracking) unregister();
    this.tracking = [];
    if (!on) return;
    const { conntrack } = this.netfilter;
    const { family } = this;
    const track: HookHandler = { priority: HookPriority.CONNTRACK, run: (skb, _hook, netns) => trackIn(skb, netns, conntrack, family) };
    const last: HookHandler = { priority: HookPriority.CONNTRACK_CONFIRM, run: (skb) => confirm(skb, conntrack) };
    const defragment: HookHandler = { priority: HookPriority.CONNTRACK_DEFRAG, run: (skb, hook, netns) => this.defragment(skb, hook, netns) };
    for (const hook of [Hook.PREROUTING, Hook.OUTPUT]) {
      if (family === 'ip') this.tracking.push(this.register(hook, defragment));
      this.tracking.push(this.register(hook, track));
    }
    for (const hook of [Hook.INPUT, Hook.POSTROUTING]) this.tracking.push(this.register(hook, last));
  }
  private defragment(skb: Skb, hook: Hook, netns: Netns): Verdict {
    if (!skb.ip!.isFragment) return Verdict.ACCEPT;
    const collector = skb.physIn !== null ? 'bridge' : hook === Hook.OUTPUT ? 'conntrack-out' : 'conntrack-in';
    return reassemble(skb, netns, collector) ? Verdict.ACCEPT : Verdict.STOLEN;
  }

  private switchNat(on: boolean): void {
    if (on === this.natting.length > 0) return;
    for (const unregister of this.natting) unregister();
    this.natting = [];
    if (!on) return;
    const handler = (priority: number): HookHandler => ({
      priority,
      run: (skb, hook, netns, inDevice, outDevice) =>
        skb.ct === null ? Verdict.ACCEPT : this.nat(skb, skb.ct as Connection, hook, netns, inDevice, outDevice),
    });
    const dst = handler(HookPriority.NAT_DST);
    const src = handler(HookPriority.NAT_SRC);
    this.natting = [this.register(Hook.PREROUTING, dst), this.register(Hook.OUTPUT, dst), this.register(Hook.INPUT, src), this.register(Hook.POSTROUTING, src)];
  }
  /** nf_nat_inet_fn, with what IPv4 does after it. */
  private nat(skb: Skb, connection: Connection, hook: Hook, netns: Netns, inDevice: Device | null, outDevice: Device | null): Verdict {
    const manip = manipOf(hook);
    const info = skb.ctInfo;
    const before = skb.ip?.dst ?? skb.ip6?.dst;
    const isRelated = info === CtInfo.RELATED || info === CtInfo.RELATED_REPLY;
    if (hook === Hook.POSTROUTING && connection.masqueradeIndex !== 0 && this.leftElsewhere(connection, info, outDevice)) return Verdict.DROP;
    if (isRelated && skb.icmp !== null) translateError(skb, connection, manip, netns);
    else {
      if ((info === CtInfo.NEW || isRelated) && !isDecided(connection, manip)) {
        const verdict = this.decide(skb, connection, hook, inDevice, outDevice);
        if (verdict !== Verdict.ACCEPT) return verdict;
      }
      translate(skb, connection, manip, netns);
    }
    const after = skb.ip?.dst ?? skb.ip6?.dst;
    if (after === before) return Verdict.ACCEPT;
    if (hook === Hook.PREROUTING) skb.dst = null;
    else if (hook === Hook.OUTPUT && skb.ip !== null && !routeAgain(skb, netns)) return Verdict.DROP;
    return Verdict.ACCEPT;
  }
  private decide(skb: Skb, connection: Connection, hook: Hook, inDevice: Device | null, outDevice: Device | null): Verdict {
    const manip = manipOf(hook);
    for (const chain of this.natChains[hook]!) {
      const context = this.netfilter.enter(skb, hook, inDevice, outDevice);
      const verdict = chain.run(context);
      this.netfilter.leave();
      if (verdict !== Verdict.ACCEPT) return verdict;
      if (isDecided(connection, manip)) break;
    }
    if (connection.masqueradeIndex !== 0) this.netfilter.watchMasquerade();
    return setUpNat(connection, null, manip, this.netfilter.conntrack, this.netfilter.netns.rng) ? Verdict.ACCEPT : Verdict.DROP;
  }
  /** A masqueraded connection that would leave by another device now is ended (nf_nat_oif_changed). */
  private leftElsewhere(connection: Connection, info: number, out: Device | null): boolean {
    if (out === null || directionOf(info) !== ORIGINAL || connection.masqueradeIndex === out.index) return false;
    this.netfilter.conntrack.remove(connection);
    return true;
  }
}

export class Netfilter {
  readonly conntrack: ConntrackTable;
  readonly sets = new IpSets();
  readonly recent = new RecentLists();
  readonly tableHandles: Handles = { next: 1 };
  /** What nft has made itself. */
  readonly nft = new NftTables(() => {
    this.families.ip.changed();
    this.families.ip6.changed();
  });
  private readonly families: Readonly<Record<Family, FamilyHooks>>;
  private readonly contexts: HookContext[] = [];
  private depth = 0;
  private isWatching = false;

  constructor(readonly netns: Netns) {
    this.conntrack = new ConntrackTable(netns.simulation);
    this.families = { ip: new FamilyHooks(this, 'ip'), ip6: new FamilyHooks(this, 'ip6') };
  }
  ruleset(family: Family): Ruleset {
    return this.families[family].ruleset;
  }

  /** The context of a hook's rules; hooks nest when a rule answers. */
  enter(skb: Skb, hook: Hook, inDevice: Device | null, outDevice: Device | null): HookContext {
    const context = (this.contexts[this.depth++] ??= new HookContext(this));
    context.set(skb, hook, inDevice, outDevice);
    return context;
  }
  leave(): void {
    this.depth--;
  }

  /** Connections that were masqueraded end when their device goes down or their address goes (nf_nat_masquerade.c). */
  watchMasquerade(): void {
    if (this.isWatching) return;
    this.isWatching = true;
    this.netns.monitors.add((event) => {
      if (event.kind === 'link' && (event.change === 'del' || !event.device.isUp)) this.endMasquerade(event.device.index, null);
      else if (event.kind === 'address' && event.change === 'del') this.endMasquerade(event.address.device.index, event.address.local);
      else if (event.kind === 'address6' && event.change === 'del') this.endMasquerade(event.address.device.index, event.address.address);
    });
  }
  private endMasquerade(index: number, address: Address | null): void {
    for (const connection of [...this.conntrack.all()]) {
      if (connection.masqueradeIndex === index && (address === null || connection.reply.dst === address)) this.conntrack.remove(connection);
    }
  }

  sendUnreachable6(skb: Skb, netns: Netns, code: number): void {
    netns.stack.unreachable6(skb, netns, code);
  }
  source6(out: Device): string | null {
    return out.ipv6?.addresses.find((each) => each.scope === 0)?.address ?? null;
  }
  redirect6(c: HookContext): string | null {
    if (c.hook === Hook.OUTPUT) return '00000000000000000000000000000001';
    return c.inDevice?.ipv6?.addresses.find((each) => !each.tentative)?.address ?? null;
  }
  text(address: Address): string {
    return typeof address === 'number' ? formatIpv4(address) : formatIpv6(address);
  }
  log(level: number, text: string): void {
    const { host } = this.netns;
    let lines = logs.get(host);
    if (!lines) logs.set(host, (lines = []));
    lines.push({ atUs: this.netns.simulation.nowUs, level, text });
    if (lines.length > LOG_LINES) lines.shift();
  }
}
