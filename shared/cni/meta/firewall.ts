/**
 * firewall: what containers send and answers to it may be forwarded, whatever the host's policy (plugins/meta/firewall 1.1, its iptables
 * backend: no firewalld runs here).
 */
import { err, ok, type Result } from '../../base/index.ts';
import type { Sys } from '../../shell/index.ts';
import { ensureChain, ensureRule, iptables, programFor, ruleExists, type IptablesProgram } from '../iptables.ts';
import type { Plugin, PluginArgs, PluginResult } from '../skel.ts';
import { decodeResult, type CniResult } from '../spec.ts';

const CHAIN = 'CNI-FORWARD';
const STAGE_1 = 'CNI-ISOLATION-STAGE-1';
const STAGE_2 = 'CNI-ISOLATION-STAGE-2';

export const FIREWALL: Plugin = { name: 'firewall', add, del, check, versions: ['0.4.0', '1.0.0'] };

interface Config {
  readonly adminChain: string;
  readonly policy: string;
  readonly result: CniResult | undefined;
}
function read(args: PluginArgs): Result<Config, string> {
  const text = (key: string): string => (typeof args.config[key] === 'string' ? args.config[key] : '');
  if (text('backend') === 'firewalld') return err('not modelled: the firewalld backend');
  const adminChain = text('iptablesAdminChainName');
  return ok({
    adminChain: adminChain === '' ? 'CNI-ADMIN' : adminChain,
    policy: text('ingressPolicy'),
    result: decodeResult(args.config['prevResult'])?.result,
  });
}

const comment = (text: string): readonly string[] => ['-m', 'comment', '--comment', text];
const toOwnChain: readonly string[] = [...comment('CNI firewall plugin rules'), '-j', CHAIN];
const toAdmin = (chain: string): readonly string[] => [...comment('CNI firewall plugin admin overrides'), '-j', chain];
const rulesOf = (address: string): readonly (readonly string[])[] => {
  const whole = `${address.split('/')[0]}/${address.includes(':') ? 128 : 32}`;
  return [
    ['-d', whole, '-m', 'conntrack', '--ctstate', 'RELATED,ESTABLISHED', '-j', 'ACCEPT'],
    ['-s', whole, '-j', 'ACCEPT'],
  ];
};
const addressesFor = (result: CniResult, program: IptablesProgram): readonly string[] =>
  result.ips.map((ip) => ip.address).filter((address) => programFor(address) === program);
const PROGRAMS = ['iptables', 'ip6tables'] as const;

function* add(args: PluginArgs): Sys<PluginResult<CniResult>> {
  const config = read(args);
  if (!config.ok) return config;
  const { result, adminChain, policy } = config.value;
  if (!result) return err('missing prevResult from earlier plugin');
  const { p } = args;
  for (const program of PROGRAMS) {
    const rules = addressesFor(result, program).flatMap(rulesOf);
    if (rules.length === 0) continue;
    const wanted: (() => Sys<Result<void, string>>)[] = [
      () => ensureChain(p, 'filter', CHAIN, program),
      () => ensureChain(p, 'filter', adminChain, program),
      () => ensureRule(p, 'filter', 'FORWARD', toOwnChain, 'prepend', program),
      () => ensureRule(p, 'filter', CHAIN, toAdmin(adminChain), 'prepend', program),
      ...rules.map((rule) => () => ensureRule(p, 'filter', CHAIN, rule, 'append', program)),
    ];
    const done = yield* inTurn(wanted);
    if (!done.ok) return done;
  }
  const isolated = yield* isolate(args, policy, result);
  return isolated.ok ? ok(result) : isolated;
}

function* inTurn(steps: readonly (() => Sys<Result<void, string>>)[]): Sys<Result<void, string>> {
  for (const step of steps) {
    const done = yield* step();
    if (!done.ok) return done;
  }
  return ok(undefined);
}

/** ingressPolicy: containers of one bridge keep what other bridges send from coming in. */
function* isolate(args: PluginArgs, policy: string, result: CniResult): Sys<Result<void, string>> {
  if (policy === '' || policy === 'open') return ok(undefined);
  if (policy !== 'same-bridge') return err(`unknown ingress policy: "${policy}"`);
  const bridge = result.interfaces[0]?.name;
  if (bridge === undefined) return err(`interface needs to be set for ingress policy "${policy}", make sure to chain "firewall" plugin with "bridge"`);
  const { p } = args;
  const noted = (...rule: string[]): readonly string[] => [...rule, ...comment('CNI firewall plugin rules (ingressPolicy: same-bridge)')];
  for (const program of PROGRAMS.filter((one) => addressesFor(result, one).length > 0)) {
    const rule = (chain: string, text: readonly string[], where: 'append' | 'prepend') => () => ensureRule(p, 'filter', chain, text, where, program);
    const done = yield* inTurn([
      () => ensureChain(p, 'filter', STAGE_1, program),
      () => ensureChain(p, 'filter', STAGE_2, program),
      rule('FORWARD', noted('-j', STAGE_1), 'prepend'),
      rule(STAGE_1, noted('-i', bridge, '!', '-o', bridge, '-j', STAGE_2), 'prepend'),
      rule(STAGE_1, noted('-j', 'RETURN'), 'append'),
      rule(STAGE_2, noted('-o', bridge, '-j', 'DROP'), 'prepend'),
      rule(STAGE_2, noted('-j', 'RETURN'), 'append'),
    ]);
    if (!done.ok) return done;
  }
  return ok(undefined);
}

function* del(args: PluginArgs): Sys<PluginResult<void>> {
  const config = read(args);
  if (!config.ok) return config;
  const { result, policy } = config.value;
  for (const address of result?.ips.map((ip) => ip.address) ?? [])
    for (const rule of rulesOf(address)) yield* iptables(args.p, ['-t', 'filter', '-D', CHAIN, ...rule], programFor(address));
  return ['', 'open', 'same-bridge'].includes(policy) ? ok(undefined) : err(`unknown ingress policy: "${policy}"`);
}

function* check(args: PluginArgs): Sys<PluginResult<void>> {
  const config = read(args);
  if (!config.ok) return config;
  const { result, adminChain } = config.value;
  if (!result) return err('missing prevResult from earlier plugin');
  const { p } = args;
  for (const program of PROGRAMS) {
    const rules = addressesFor(result, program).flatMap(rulesOf);
    if (rules.length === 0) continue;
    for (const chain of [CHAIN, adminChain]) {
      const made = yield* ensureChain(p, 'filter', chain, program);
      if (!made.ok) return made;
    }
    const wanted: readonly (readonly [string, readonly string[], string])[] = [
      ['FORWARD', toOwnChain, 'FORWARD '],
      [CHAIN, toAdmin(adminChain), `${CHAIN} `],
      ...rules.map((rule) => [CHAIN, rule, ''] as const),
    ];
    for (const [chain, rule, where] of wanted) {
      const exists = yield* ruleExists(p, 'filter', chain, rule, program);
      if (!exists.ok) return exists;
      if (!exists.value) return err(`expected ${where}rule ${goList(rule)} not found`);
    }
  }
  return ok(undefined);
}
const goList = (words: readonly string[]): string => `[${words.join(' ')}]`;
