/** Rules of nft's own at work: statements as tests and actions, chains with jumps (nft_do_chain). Compiled when a packet first meets a chain. */
import { Verdict } from '../../numbers.ts';
import type { HookContext } from '../context.ts';
import { testConnlimit } from '../test-counting.ts';
import { compileTarget } from '../run-target.ts';
import { CtInfo } from '../conntrack/connection.ts';
import { FIELDS, WRITERS, type Read } from './fields.ts';
import {
  isNftVerdict,
  type NftChain,
  type NftElement,
  type NftExpression,
  type NftKey,
  type NftRule,
  type NftSet,
  type NftStatement,
  type NftTable,
  type NftVerdict,
} from './model.ts';

/** True: on to the next statement; false: on to the next rule; else the end of the rule. */
type Step = (c: HookContext) => boolean | NftVerdict | Verdict;
interface Compiled {
  readonly rule: NftRule;
  readonly steps: readonly Step[];
}
const JUMP_DEPTH = 16;

function compileExpression({ field, mask }: NftExpression): Read {
  const count = /^numgen (inc|random) mod (\d+)(?: offset (\d+))?$/.exec(field);
  if (count) {
    const [, how, modulus = '1', offset = '0'] = count;
    let next = 0;
    if (how === 'inc') return () => (next++ % Number(modulus)) + Number(offset);
    return (c) => (c.netns.rng.uint32() % Number(modulus)) + Number(offset);
  }
  const read = FIELDS[field] ?? ((): undefined => undefined);
  if (mask === null) return read;
  return (c) => {
    const value = read(c);
    return typeof value === 'number' ? (value & mask) >>> 0 : undefined;
  };
}
type Values = readonly (number | string)[];
function reader(left: readonly NftExpression[]): (c: HookContext) => Values | undefined {
  const reads = left.map(compileExpression);
  return (c) => {
    const values: (number | string)[] = [];
    for (const read of reads) {
      const value = read(c);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  };
}
const isIn = (key: NftKey, values: Values): boolean => key.every(({ min, max }, i) => within(min, max, values[i]!));
/** Names may end with an asterisk. */
function within(min: number | string, max: number | string, value: number | string): boolean {
  if (typeof min === 'string' && min.endsWith('*')) return typeof value === 'string' && value.startsWith(min.slice(0, -1));
  return value >= min && value <= max;
}
const isAlive = (element: NftElement, c: HookContext): boolean => element.expiresUs === null || element.expiresUs > c.netns.simulation.nowUs;
function find(elements: readonly NftElement[], values: Values, c: HookContext): NftElement | undefined {
  const found = elements.find((element) => isIn(element.key, values) && isAlive(element, c));
  if (found?.counter) {
    found.counter.packets++;
    found.counter.bytes += c.length;
  }
  return found;
}

export class NftRunner {
  private readonly compiled = new Map<NftChain, readonly Compiled[]>();
  constructor(private readonly table: NftTable) {}

  private of(chain: NftChain): readonly Compiled[] {
    let rules = this.compiled.get(chain);
    if (!rules) this.compiled.set(chain, (rules = chain.rules.map((rule) => ({ rule, steps: rule.statements.map((statement) => this.step(statement)) }))));
    return rules;
  }
  private set(name: string): NftSet | undefined {
    return this.table.sets.get(name);
  }

  run(base: NftChain, c: HookContext): Verdict {
    const verdict = this.walk(base, c, 0);
    if (typeof verdict === 'number') return verdict;
    return base.policy === 'accept' ? Verdict.ACCEPT : Verdict.DROP;
  }
  /** Null: came to its end. */
  private walk(chain: NftChain, c: HookContext, depth: number): Verdict | null {
    if (c.skb.recorder !== null) c.skb.step({ kind: 'chain', table: this.table.name, chain: chain.name, policy: null }, c.netns);
    for (const { rule, steps } of this.of(chain)) {
      let outcome: ReturnType<Step> = true;
      for (const step of steps) {
        outcome = step(c);
        if (outcome !== true) break;
      }
      if (typeof outcome === 'boolean') continue;
      if (c.skb.recorder !== null) record(rule, chain, this.table, c);
      if (typeof outcome === 'number') return outcome;
      if (outcome.kind === 'accept') return Verdict.ACCEPT;
      if (outcome.kind === 'drop') return Verdict.DROP;
      if (outcome.kind === 'return') return null;
      if (outcome.kind === 'continue') continue;
      const next = 'chain' in outcome ? this.table.chains.get(outcome.chain) : undefined;
      if (next === undefined || depth >= JUMP_DEPTH) return Verdict.DROP;
      const verdict = this.walk(next, c, depth + 1);
      if (verdict !== null || outcome.kind === 'goto') return verdict;
    }
    return null;
  }

  private step(statement: NftStatement): Step {
    switch (statement.kind) {
      case 'match':
        return test(statement);
      case 'bits': {
        const read = compileExpression(statement.left);
        const { bits, operation } = statement;
        return (c) => {
          const value = read(c);
          return typeof value === 'number' && ((value & bits) !== 0) === (operation === '==');
        };
      }
      case 'lookup': {
        const read = reader(statement.left);
        return (c) => {
          const values = read(c);
          return values !== undefined && (find(this.set(statement.set)?.elements ?? [], values, c) !== undefined) !== statement.invert;
        };
      }
      case 'vmap': {
        const read = reader(statement.left);
        return (c) => {
          const values = read(c);
          const found = values && find(statement.elements ?? this.set(statement.set)?.elements ?? [], values, c);
          return found !== undefined && isNftVerdict(found.data) ? found.data : false;
        };
      }
      case 'verdict':
        return () => statement.verdict;
      case 'counter':
        return (c) => count(statement.counter, c);
      case 'counter-of':
        return (c) => {
          const object = this.table.counters.get(statement.name);
          return object === undefined || count(object.counter, c);
        };
      case 'limit':
        return limit(statement);
      case 'quota':
        return (c) => {
          statement.used.bytes += c.length;
          return statement.used.bytes > statement.bytes === statement.over;
        };
      case 'action': {
        const action = compileTarget(statement.target);
        return (c) => action(c) ?? true;
      }
      case 'set':
        return this.assign(statement);
      case 'notrack':
        return (c) => {
          if (c.skb.ct === null) c.skb.ctInfo = CtInfo.UNTRACKED;
          return true;
        };
      case 'connections':
        return testConnlimit({ kind: 'connlimit', limit: statement.limit, upto: !statement.over, length: 0, side: 'source' });
      case 'update':
        return this.update(statement);
    }
  }
  private assign({ field, source, value, map }: Extract<NftStatement, { kind: 'set' }>): Step {
    const write = WRITERS[field];
    const read = source === null ? null : compileExpression(source);
    const readMap = map === null ? null : reader(map.left);
    return (c) => {
      let result = value;
      if (readMap !== null) {
        const values = readMap(c);
        const found = values && find(map!.elements ?? this.set(map!.set)?.elements ?? [], values, c);
        if (typeof found?.data !== 'number') return false;
        result = found.data;
      } else if (read !== null) {
        const given = read(c);
        if (typeof given !== 'number') return false;
        result = (given | value) >>> 0;
      }
      write?.(c, result);
      c.readAddresses();
      return true;
    };
  }
  private update({ how, left, set: name, timeoutS }: Extract<NftStatement, { kind: 'update' }>): Step {
    const read = reader(left);
    return (c) => {
      const values = read(c);
      const set = this.set(name);
      if (values === undefined || set === undefined) return false;
      const found = set.elements.find((element) => isIn(element.key, values));
      const seconds = timeoutS ?? set.timeoutS;
      const expiresUs = seconds === null ? null : c.netns.simulation.nowUs + seconds * 1e6;
      if (how === 'delete') {
        if (found) set.elements.splice(set.elements.indexOf(found), 1);
        return true;
      }
      if (found && isAlive(found, c)) {
        if (how === 'update') found.expiresUs = expiresUs;
        return true;
      }
      if (found) set.elements.splice(set.elements.indexOf(found), 1);
      if (set.size !== null && set.elements.length >= set.size) return false;
      const text = values.map((value, i) => c.netfilter.text((set.types[i] ?? '').startsWith('ipv4') ? (value as number) | 0 : value)).join(' . ');
      const key = values.map((value) => ({ min: value, max: value }));
      set.elements.push({ key, data: null, text: printable(set, values, text), timeoutS, expiresUs, counter: null });
      return true;
    };
  }
}
/** Addresses are worded by the kernel's own words here; other types are numbers. */
const printable = (set: NftSet, values: Values, text: string): string => (set.types.every((type) => type.startsWith('ipv')) ? text : values.join(' . '));

function count(counter: { packets: number; bytes: number }, c: HookContext): true {
  counter.packets++;
  counter.bytes += c.length;
  return true;
}
function test({ left, operation, values }: Extract<NftStatement, { kind: 'match' }>): Step {
  const read = reader(left);
  const [first] = values;
  const bound = first?.[0]?.min ?? 0;
  switch (operation) {
    case '==':
      return (c) => {
        const found = read(c);
        return found !== undefined && values.some((key) => isIn(key, found));
      };
    case '!=':
      return (c) => {
        const found = read(c);
        return found !== undefined && !values.some((key) => isIn(key, found));
      };
    default:
      return (c) => {
        const found = read(c)?.[0];
        if (found === undefined) return false;
        if (operation === '<') return found < bound;
        if (operation === '>') return found > bound;
        return operation === '<=' ? found <= bound : found >= bound;
      };
  }
}
function limit({ costUs, burst, over, bytes }: Extract<NftStatement, { kind: 'limit' }>): Step {
  const full = bytes ? costUs * burst + 1e6 : costUs * burst;
  let tokens = full;
  let lastUs = 0;
  return (c) => {
    const { nowUs } = c.netns.simulation;
    tokens = Math.min(full, tokens + nowUs - lastUs);
    lastUs = nowUs;
    const cost = bytes ? costUs * c.length : costUs;
    if (tokens < cost) return over;
    tokens -= cost;
    return !over;
  };
}
function record(rule: NftRule, chain: NftChain, table: NftTable, c: HookContext): void {
  const text = rule.statements.map((statement) => statement.text).join(' ');
  c.skb.step(
    { kind: 'iptables', table: table.name, chain: chain.name, rule: chain.rules.indexOf(rule) + 1, text, target: rule.statements.at(-1)?.text ?? '' },
    c.netns,
  );
}
