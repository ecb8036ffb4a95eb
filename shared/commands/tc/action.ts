/** Actions: read behind a filter, and shown. Authority: tc/m_action.c, m_gact.c, m_mirred.c, m_police.c, m_skbedit.c, tc_util.c of iproute2 6.1. */
import { actionsOf, type Action, type ActionKind, type ActionOptions, type Control } from '../../kernel/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { giveUp } from '../iproute2/exit.ts';
import { parseU32 } from '../iproute2/numbers.ts';
import { USAGE_ERROR, type Session } from '../iproute2/session.ts';
import { formatRate, formatSize, parseClassId, parseRate, parseSize, throughTime } from './quantities.ts';
import { ACTIONS_USAGE, GACT_USAGE, MIRRED_USAGE, POLICE_USAGE, SKBEDIT_USAGE } from './usage-filter.ts';

const FAILURE = 255;
const CONTROLS: Readonly<Record<string, Control>> = {
  ...{ pass: 'pass', ok: 'pass', reclassify: 'reclassify', classify: 'reclassify', drop: 'drop', shot: 'drop', continue: 'continue', pipe: 'pipe' },
};
const controlNamed = (word: string): Control | undefined => (Object.hasOwn(CONTROLS, word) ? CONTROLS[word] : undefined);
/** Packets that the police lets pass without looking at them twice. */
const POLICE_MTU = 2047;
const NOT_MODELLED = new Set('bpf connmark csum ct ctinfo gate ife ipt mpls nat pedit sample simple skbmod tunnel_key vlan xt'.split(' '));

/** What follows `action`, once or more often: up to the first word that is none of it. */
export function parseActions(session: Session, args: Arguments): readonly ActionOptions[] {
  const actions: ActionOptions[] = [];
  while (!args.isAtEnd) {
    if (args.is('action')) args.next();
    else if (actions.length > 0) break;
    actions.push(parseAction(session, args));
    if (!args.is('action')) break;
  }
  return actions;
}
function parseAction(session: Session, args: Arguments): ActionOptions {
  const { word } = args;
  const bare = controlNamed(word);
  if (word === 'gact') {
    const control = controlNamed(args.next());
    return gact(args, control ?? giveUp(FAILURE, `Bad action type ${args.word}\n${GACT_USAGE}`));
  }
  if (bare !== undefined) return gact(args, bare);
  if (word === 'mirred') return mirred(session, args);
  if (word === 'police') {
    args.next();
    return parsePolice(args);
  }
  if (word === 'skbedit') return skbedit(args);
  if (NOT_MODELLED.has(word) || word === 'goto' || word === 'jump') return giveUp(1, `not modelled: tc action ${word}\n`);
  return giveUp(FAILURE, `Bad action type ${word}\n${GACT_USAGE}`);
}
function gact(args: Arguments, control: Control): ActionOptions {
  args.advance();
  let [random, other, value]: [Extract<ActionOptions, { kind: 'gact' }>['random'], Control, number] = ['none', 'pass', 0];
  if (args.is('random')) {
    const kind = args.next();
    if (kind !== 'netrand' && kind !== 'determ') giveUp(FAILURE, `Illegal "random type": "${kind}"\n`);
    random = kind;
    other = controlNamed(args.next()) ?? giveUp(FAILURE, `Bad action type ${args.word}\n${GACT_USAGE}`);
    value = parseU32(args.next()) ?? giveUp(FAILURE, `Illegal probability val "${args.word}"\n`);
    args.advance();
  }
  skipIndex(args);
  return { kind: 'gact', control, random, other, value };
}
function skipIndex(args: Arguments): void {
  if (args.is('index')) giveUp(1, 'not modelled: tc actions with an index of their own\n');
}
const badMirred = (count: number): string => `bad action parsing\nparse_action: bad value (${count}:mirred)!\nIllegal "action"\n`;
function mirred(session: Session, args: Arguments): ActionOptions {
  const words = args.remaining;
  const way = args.next();
  if (way === 'help') giveUp(FAILURE, MIRRED_USAGE);
  if (way !== 'egress' && way !== 'ingress') return giveUp(USAGE_ERROR, `mirred option not supported ${way}\n${badMirred(words)}`);
  const what = args.next();
  if (what !== 'mirror' && what !== 'redirect') return giveUp(USAGE_ERROR, `mirred option not supported ${what}\n${badMirred(words)}`);
  args.next();
  skipIndex(args);
  if (!args.is('dev')) return giveUp(USAGE_ERROR, badMirred(words));
  const name = args.next();
  const device = session.indexOf(name);
  if (device === 0) return giveUp(USAGE_ERROR, `Cannot find device "${name}"\n${badMirred(words)}`);
  args.advance();
  let control: Control = what === 'redirect' ? 'stolen' : 'pipe';
  if (what === 'mirror') {
    const given = controlNamed(args.word);
    if (given !== undefined) {
      control = given;
      args.advance();
    }
  }
  return { kind: 'mirred', what, way, device, control };
}
/** From the first word behind `police` on. */
export function parsePolice(args: Arguments): ActionOptions {
  let [rate, burst, mtu] = [0, 0, POLICE_MTU];
  let exceed: Control = 'reclassify';
  let conform: Control = 'pass';
  const value = (name: string, parse: (text: string) => number | undefined): number =>
    parse(args.next().split('/', 1)[0] ?? '') ?? giveUp(USAGE_ERROR, `Illegal "${name}"\nbad action parsing\n`);
  for (; !args.isAtEnd; args.advance()) {
    const { word } = args;
    if (word === 'rate') rate = value('rate', parseRate);
    else if (args.begins('burst') || word === 'buffer' || word === 'maxburst') burst = value('buffer', parseSize);
    else if (word === 'mtu' || word === 'minburst') mtu = value('mtu', parseSize);
    else if (['peakrate', 'avrate', 'mpu', 'overhead', 'linklayer', 'pkts_rate', 'pkts_burst'].includes(word)) giveUp(1, `not modelled: tc police ${word}\n`);
    else if (word === 'index') skipIndex(args);
    else if (controlNamed(word) !== undefined) exceed = controlNamed(word)!;
    else if (word === 'conform-exceed') {
      const [first = '', second] = args.next().split('/');
      exceed = controlNamed(first) ?? giveUp(USAGE_ERROR, `Illegal "action"\nbad action parsing\n`);
      if (second !== undefined) conform = controlNamed(second) ?? giveUp(USAGE_ERROR, `Illegal "action"\nbad action parsing\n`);
    } else if (word === 'help') giveUp(FAILURE, POLICE_USAGE);
    else break;
  }
  if (rate === 0) giveUp(USAGE_ERROR, "'rate' or 'avrate' MUST be specified.\n");
  if (burst === 0) giveUp(USAGE_ERROR, '\'burst\' requires "rate".\n');
  return { kind: 'police', rate, burst, mtu, exceed, conform };
}
function skbedit(args: Arguments): ActionOptions {
  let mark: number | undefined;
  let priority: number | undefined;
  let control: Control = 'pipe';
  args.next();
  for (; !args.isAtEnd; args.advance()) {
    const { word } = args;
    if (args.begins('mark')) mark = parseU32(args.next()) ?? giveUp(USAGE_ERROR, 'Illegal mark\n');
    else if (args.begins('priority')) {
      const id = parseClassId(args.next());
      priority = id === undefined || id === 'root' ? giveUp(USAGE_ERROR, 'Illegal priority\n') : id;
    } else if (['queue_mapping', 'ptype', 'inheritdsfield'].some((each) => each.startsWith(word))) giveUp(1, `not modelled: tc skbedit ${word}\n`);
    else if (word === 'help') giveUp(FAILURE, SKBEDIT_USAGE);
    else {
      const given = controlNamed(word);
      if (given === undefined) break;
      control = given;
      args.advance();
      break;
    }
  }
  skipIndex(args);
  return { kind: 'skbedit', ...(mark !== undefined && { mark }), ...(priority !== undefined && { priority }), control };
}

// --- shown ---

/** All behind a filter. */
export function printActions(session: Session, actions: readonly Action[]): void {
  const { printer } = session;
  if (actions.length === 0) return;
  printer.openArray('actions');
  actions.forEach((action, i) => {
    printer.text('\n');
    printer.openObject();
    printer.any('order', `\taction order ${i + 1}: `, i + 1);
    printAction(session, action);
    printer.closeObject();
  });
  printer.closeArray();
}
const control = (session: Session, key: string, text: string, type: Control): void => {
  session.printer.text(text);
  session.printer.openObject(key);
  session.printer.member('type', type);
  session.printer.closeObject();
};
export function printAction(session: Session, action: Action): void {
  const { printer } = session;
  const { options, index } = action;
  if (options.kind !== 'police') printer.any('kind', options.kind === 'gact' ? 'gact ' : options.kind === 'mirred' ? 'mirred ' : 'skbedit ', options.kind);
  switch (options.kind) {
    case 'gact':
      control(session, 'control_action', `action ${options.control}`, options.control);
      printer.openObject('prob');
      printer.any('random_type', `\n\t random type ${options.random}`, options.random);
      control(session, 'control_action', ` ${options.other} `, options.other);
      printer.any('val', `val ${options.value}`, options.value);
      printer.closeObject();
      numbers(session, action, '\n\t ');
      break;
    case 'mirred': {
      const name = session.nameOf(options.device);
      const what = options.what === 'redirect' ? 'Redirect' : 'Mirror';
      printer.text(`(${options.way === 'egress' ? 'Egress' : 'Ingress'} ${what} to device ${name})`);
      printer.member('mirred_action', options.what);
      printer.member('direction', options.way);
      printer.member('to_dev', name);
      control(session, 'control_action', ` ${options.control}`, options.control);
      numbers(session, action, '\n\t');
      break;
    }
    case 'skbedit':
      printer.text(' ');
      if (options.priority !== undefined) printer.any('priority', `priority ${classText(options.priority)}`, classText(options.priority));
      if (options.mark !== undefined) printer.any('mark', `mark ${options.mark}`, options.mark);
      control(session, 'control_action', ` ${options.control}`, options.control);
      numbers(session, action, '\n\t ');
      break;
    case 'police':
      printPolice(session, action);
      return;
  }
  printer.member('index', index);
  printer.member('ref', 1);
  printer.member('bind', 1);
  printer.text('\n');
  statistics(session, action);
}
const classText = (id: number): string => ((id & 0xffff0000) === 0 ? `:${id.toString(16)}` : `${(id >>> 16).toString(16)}:${(id & 0xffff).toString(16)}`);
function numbers(session: Session, { index, installedUs, usedUs, firstUsedUs }: Action, before: string): void {
  const ago = (us: number): number => Math.floor((session.netns.simulation.nowUs - us) / 1e6);
  const times = ` installed ${ago(installedUs)} sec used ${ago(usedUs)} sec${firstUsedUs !== null && ago(firstUsedUs) > 0 ? ` firstused ${ago(firstUsedUs)} sec` : ''}`;
  session.printer.text(`${before}index ${index} ref 1 bind 1${session.options.stats > 0 ? times : ''}`);
}
function statistics(session: Session, { bytes, packets, drops, overlimits }: Action): void {
  if (session.options.stats === 0) return;
  session.printer.text(
    `\tAction statistics:\n\tSent ${bytes} bytes ${packets} pkt (dropped ${drops}, overlimits ${overlimits} requeues 0) \n\tbacklog 0b 0p requeues 0\n`,
  );
}
export function printPolice(session: Session, action: Action): void {
  const { options, index } = action;
  if (options.kind !== 'police') return;
  const { rate, burst, mtu, exceed, conform } = options;
  const result = conform === 'pass' ? exceed : `${exceed}/${conform}`;
  session.printer.text(
    ` police 0x${index.toString(16)} rate ${formatRate(rate)} burst ${formatSize(throughTime(burst, rate))} mtu ${formatSize(mtu)} action ${result} overhead 0b `,
  );
  session.printer.text('\n\tref 1 bind 1 ');
  if (session.options.stats > 0) {
    const ago = (us: number): number => Math.floor((session.netns.simulation.nowUs - us) / 1e6);
    session.printer.text(` installed ${ago(action.installedUs)} sec used ${ago(action.usedUs)} sec`);
  }
  session.printer.text('\n');
  statistics(session, action);
}

// --- tc actions ---

const KINDS: readonly ActionKind[] = ['gact', 'mirred', 'police', 'skbedit'];
export function actionsCommand(session: Session, words: readonly string[]): number {
  const [verb = '', ...rest] = words;
  const begins = (...keywords: string[]): boolean => verb !== '' && keywords.some((each) => each.startsWith(verb));
  if (begins('list') || verb === 'ls' || verb === 'lst') return list(session, new Arguments(rest));
  if (begins('add', 'change', 'replace', 'get', 'delete', 'flush')) {
    if (session.netns.host.mayLoadModules) return giveUp(1, 'not modelled: actions that are not behind a filter\n');
    // only the root of the whole machine may
    const denied = 'RTNETLINK answers: Operation not permitted\n';
    if ('flush'.startsWith(verb)) return giveUp(1, `${denied}We have an error flushing\n`);
    const unknown = 'delete'.startsWith(verb) ? 'Command "action" is unknown, try "tc actions help".\n' : '';
    return giveUp(FAILURE, `${denied}We have an error talking to the kernel\n${unknown}`);
  }
  return giveUp(FAILURE, ACTIONS_USAGE);
}
function list(session: Session, args: Arguments): number {
  if (args.is('action')) args.next();
  const kind = KINDS.find((each) => each === args.word);
  if (kind === undefined) return args.isAtEnd ? giveUp(FAILURE, ACTIONS_USAGE) : 0;
  const actions = [...actionsOf(session.netns, kind).values()].sort((a, b) => a.index - b.index);
  const { printer } = session;
  if (actions.length === 0) return 0;
  printer.text(`total acts ${actions.length}\n`);
  actions.forEach((action, i) => {
    printer.text(`\n\taction order ${i}: `);
    printAction(session, action);
    printer.text('\tnot_in_hw\n');
  });
  return 0;
}
