/**
 * A packet's way through chains (nft_do_chain): rules in order until one gives a verdict, jumps with a stack, a base chain's policy at its end.
 * Rules are compiled when a packet first meets their chain; a batch of changes makes the changed ones new.
 */
import type { HookContext } from './context.ts';
import { Verdict } from '../numbers.ts';
import type { Chain, ChainRule } from './ruleset.ts';
import { compileTarget, type Action } from './run-target.ts';
import { isExtensionTarget } from './target.ts';
import { compileMatch, isInterface, isMasked, type Test } from './test-match.ts';
import type { Address, Selector } from './match.ts';

const enum End {
  CONTINUE,
  ACCEPT,
  DROP,
  RETURN,
  JUMP,
  GOTO,
  ACTION,
}

/** A rule in the form that is fast to test: the selector's numbers side by side, then the extensions. */
export class CompiledRule {
  readonly srcMask: number;
  readonly src: number;
  readonly dstMask: number;
  readonly dst: number;
  readonly invertSrc: boolean;
  readonly invertDst: boolean;
  readonly protocol: number;
  readonly invertProtocol: boolean;
  readonly inName: string;
  readonly outName: string;
  /** Interfaces inverted or patterns, fragments, IPv6 addresses: what is seldom asked. */
  readonly extra: Test | null;
  readonly tests: readonly Test[];
  readonly end: End;
  readonly chain: Chain | null;
  readonly action: Action | null;
  constructor(
    readonly rule: ChainRule,
    owner: Chain,
  ) {
    const { selector, matches, target } = rule.spec;
    const isV4 = owner.table.ruleset.family === 'ip';
    this.srcMask = isV4 ? (selector.source.mask as number) : 0;
    this.src = isV4 ? (selector.source.address as number) : 0;
    this.dstMask = isV4 ? (selector.destination.mask as number) : 0;
    this.dst = isV4 ? (selector.destination.address as number) : 0;
    this.invertSrc = isV4 && selector.invertSource;
    this.invertDst = isV4 && selector.invertDestination;
    this.protocol = selector.protocol;
    this.invertProtocol = selector.invertProtocol;
    this.inName = isPlain(selector.inInterface, selector.invertInInterface) ? selector.inInterface : '';
    this.outName = isPlain(selector.outInterface, selector.invertOutInterface) ? selector.outInterface : '';
    this.extra = extraTest(selector, isV4);
    this.tests = matches.flatMap((match) => compileMatch(match) ?? []);
    let end = End.CONTINUE;
    let chain: Chain | null = null;
    let action: Action | null = null;
    if (target !== null) {
      if (target.kind === 'verdict') end = target.verdict === 'ACCEPT' ? End.ACCEPT : target.verdict === 'DROP' ? End.DROP : End.RETURN;
      else if (isExtensionTarget(target)) {
        end = End.ACTION;
        action = compileTarget(target);
      } else {
        end = target.kind === 'jump' ? End.JUMP : End.GOTO;
        chain = owner.table.chains.get(target.chain) ?? null;
      }
    }
    this.end = end;
    this.chain = chain;
    this.action = action;
  }

  matches(c: HookContext): boolean {
    if (this.srcMask !== 0 && (((c.src as number) & this.srcMask) === this.src) === this.invertSrc) return false;
    if (this.dstMask !== 0 && (((c.dst as number) & this.dstMask) === this.dst) === this.invertDst) return false;
    if (this.protocol !== 0 && (c.protocol === this.protocol) === this.invertProtocol) return false;
    if (this.inName !== '' && c.inName !== this.inName) return false;
    if (this.outName !== '' && c.outName !== this.outName) return false;
    if (this.extra !== null && !this.extra(c)) return false;
    const { tests } = this;
    for (let i = 0; i < tests.length; i++) if (!tests[i]!(c)) return false;
    return true;
  }
}
const isPlain = (pattern: string, invert: boolean): boolean => !invert && !pattern.endsWith('+');

function extraTest(selector: Selector, isV4: boolean): Test | null {
  const tests: Test[] = [];
  const device = (pattern: string, invert: boolean, nameOf: (c: HookContext) => string): void => {
    if (pattern !== '' && !isPlain(pattern, invert)) tests.push((c) => isInterface(pattern, nameOf(c)) !== invert);
  };
  device(selector.inInterface, selector.invertInInterface, (c) => c.inName);
  device(selector.outInterface, selector.invertOutInterface, (c) => c.outName);
  const { fragment } = selector;
  if (fragment !== null) tests.push((c) => c.isFragment !== fragment.invert);
  if (!isV4) {
    const address = (wanted: { address: Address; mask: Address }, invert: boolean, of: (c: HookContext) => Address): void => {
      if (/[^0]/.test(wanted.mask as string)) tests.push((c) => isMasked(wanted, of(c)) !== invert);
    };
    address(selector.source, selector.invertSource, (c) => c.src);
    address(selector.destination, selector.invertDestination, (c) => c.dst);
  }
  if (tests.length === 0) return null;
  return tests.length === 1 ? tests[0]! : (c) => tests.every((test) => test(c));
}

/** Compiled rules of chains, thrown away when the ruleset changes; single rules keep theirs and their memory. */
export class CompiledChains {
  private readonly chains = new Map<Chain, readonly CompiledRule[]>();
  forget(): void {
    this.chains.clear();
  }
  of(chain: Chain): readonly CompiledRule[] {
    let rules = this.chains.get(chain);
    if (!rules) {
      rules = chain.rules.map((rule) => {
        const kept = rule.compiled as CompiledRule | null;
        if (kept !== null && (kept.chain === null || kept.chain.table.chains.get(kept.chain.name) === kept.chain)) return kept;
        const compiled = new CompiledRule(rule, chain);
        rule.compiled = compiled;
        return compiled;
      });
      this.chains.set(chain, rules);
    }
    return rules;
  }
}

/** Where a jump came from. */
interface Frame {
  readonly chain: Chain;
  readonly rules: readonly CompiledRule[];
  readonly next: number;
}

/** The verdict of a base chain. */
export function traverse(base: Chain, compiled: CompiledChains, c: HookContext): Verdict {
  let chain = base;
  let rules = compiled.of(base);
  let frames: Frame[] | null = null;
  if (c.skb.recorder !== null) enter(chain, c);
  for (let i = 0; ;) {
    if (i >= rules.length) {
      const frame = frames?.pop();
      if (frame === undefined) return finish(base, c);
      ({ chain, rules } = frame);
      i = frame.next;
      continue;
    }
    const rule = rules[i++]!;
    if (!rule.matches(c)) continue;
    rule.rule.packets++;
    rule.rule.bytes += c.length;
    if (c.skb.recorder !== null) record(rule.rule, chain, c);
    switch (rule.end) {
      case End.CONTINUE:
        break;
      case End.ACCEPT:
        return Verdict.ACCEPT;
      case End.DROP:
        return Verdict.DROP;
      case End.RETURN: {
        const frame = frames?.pop();
        if (frame === undefined) return finish(base, c);
        ({ chain, rules } = frame);
        i = frame.next;
        break;
      }
      case End.JUMP:
      case End.GOTO:
        if (rule.chain === null) break;
        if (rule.end === End.JUMP) (frames ??= []).push({ chain, rules, next: i });
        chain = rule.chain;
        rules = compiled.of(chain);
        i = 0;
        if (c.skb.recorder !== null) enter(chain, c);
        break;
      case End.ACTION: {
        const verdict = rule.action!(c);
        if (verdict !== null) return verdict;
      }
    }
  }
}

function finish(base: Chain, c: HookContext): Verdict {
  if (base.isCounting) {
    base.packets++;
    base.bytes += c.length;
  }
  if (c.skb.recorder !== null) c.skb.step({ kind: 'chain', table: base.table.name, chain: base.name, policy: base.policy }, c.netns);
  return base.policy === 'ACCEPT' ? Verdict.ACCEPT : Verdict.DROP;
}
function enter(chain: Chain, c: HookContext): void {
  c.skb.step({ kind: 'chain', table: chain.table.name, chain: chain.name, policy: null }, c.netns);
}
function record(rule: ChainRule, chain: Chain, c: HookContext): void {
  const { target } = rule.spec;
  const name = target === null ? '' : target.kind === 'verdict' ? target.verdict : isExtensionTarget(target) ? target.kind : target.chain;
  c.skb.step(
    { kind: 'iptables', table: chain.table.name, chain: chain.name, rule: chain.rules.indexOf(rule) + 1, text: `-A ${chain.name} ${rule.text}`, target: name },
    c.netns,
  );
}
