/**
 * The commands of `podwalk`, each with its options, declared once: the parser, `--help` and the errors come from here.
 * A usage error exits 2 and says what would be right; a failure exits 1 with one clear line.
 */
import { parseArgs } from 'node:util';

export interface OptionSpec {
  /** A word for its value; without, it is a switch. */
  readonly value?: string;
  readonly about: string;
}
export interface CommandSpec {
  /** After its name. */
  readonly usage: string;
  readonly about: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** What stands after its first operand is not ours: `sh FILE -x`, `exec LAB NODE -- ls -l`. */
  readonly passesOn?: boolean;
  /** Operands it wants, in order, and how many more it takes. */
  readonly operands: readonly string[];
  readonly more?: number;
}

const JSON_OPTION = { json: { about: 'print data' } } as const;
const LAB_OPTION = { value: 'LAB', about: 'a lab by name, a lab file, or a saved lab; without it, a blank Linux host' } as const;
const SAVE_OPTION = { value: 'FILE', about: 'afterwards, save the lab as it stands: FILE may then be given as LAB, any number of times' } as const;
const LOCALE_OPTION = { locale: { value: 'en|zh', about: 'the language' } } as const;

const PROVIDER_OPTION = { provider: { value: 'P', about: 'who makes the lab real: simulated (the default), namespaces, vagrant or ssh' } } as const;

export const COMMANDS = {
  serve: {
    usage: '[--port N]',
    about: 'open the app in a browser: prints its address',
    options: { port: { value: 'N', about: 'exactly this port' } },
    operands: [],
  },
  sh: {
    usage: '[--lab LAB] [--node NODE] [--save FILE] [FILE | -c COMMAND] [ARG…]',
    about: 'bash on a node of a simulated lab, or on a blank Linux host',
    options: {
      lab: LAB_OPTION,
      node: { value: 'NODE', about: 'which node; without it, the first' },
      c: { value: 'COMMAND', about: 'run this instead of a file' },
      save: SAVE_OPTION,
    },
    passesOn: true,
    operands: [],
    more: Infinity,
  },
  labs: { usage: '[--json]', about: 'list the labs', options: JSON_OPTION, operands: [] },
  machines: {
    usage: 'LAB|VAGRANTFILE [ACTION [NAME] [MACHINE…]] [--confirm MACHINES] [--json]',
    about:
      'virtual machines of Vagrant: those of Podwalk (kubernetes), or of any Vagrantfile. Actions: status, check, up, suspend, resume, halt, provision, snapshots, snapshot NAME, restore NAME, delete-snapshot NAME, destroy',
    options: {
      confirm: { value: 'MACHINES', about: 'destroy exactly these, without being asked' },
      locale: { value: 'en|zh', about: 'the language of checks and advice' },
      ...JSON_OPTION,
    },
    operands: ['LAB'],
    more: Infinity,
  },
  up: {
    usage: 'LAB [--provider P] [--detach]',
    about: 'bring a lab up, for other commands and the app, until Ctrl-C; LAB is for ssh HOST[,HOST…], for vagrant kubernetes or a Vagrantfile',
    options: { ...PROVIDER_OPTION, detach: { about: 'leave it up when the command ends, until podwalk down' } },
    operands: ['LAB'],
  },
  down: { usage: 'LAB', about: 'take a lab down, wherever it is up', options: {}, operands: ['LAB'] },
  exec: {
    usage: '[--provider P | --save FILE] LAB NODE[/POD] -- COMMAND [ARG…]',
    about: 'run a command in a lab that is up, else in one of its own',
    options: { ...PROVIDER_OPTION, save: SAVE_OPTION, cluster: { about: "on the cluster's side, where that is not on the node itself" } },
    passesOn: true,
    operands: ['LAB', 'NODE'],
    more: Infinity,
  },
  shell: {
    usage: 'LAB NODE[/POD] [--provider P]',
    about: 'a shell in a lab that is up, else in one of its own',
    options: PROVIDER_OPTION,
    operands: ['LAB', 'NODE'],
  },
  snapshot: {
    usage: 'LAB [--provider P] | --from FOLDER',
    about: 'every network fact of a lab as JSON; from a folder of captured output, one folder a node',
    options: { ...PROVIDER_OPTION, from: { value: 'FOLDER', about: 'NODE/ip_addr.txt, NODE/iptables-save.txt, NODE/NETNS/ip_route.txt …' }, ...JSON_OPTION },
    operands: [],
    more: 1,
  },
  cni: {
    usage: 'COMMAND[,COMMAND…] CONFIG [NETNS] [--lab LAB] [--node NODE] [--xray | --step] [--tape FILE] [--json]',
    about: 'run a CNI configuration (a .conf or .conflist file, - for standard input) against a network namespace, as a container runtime does',
    options: {
      lab: LAB_OPTION,
      node: { value: 'NODE', about: 'which node; without it, the first' },
      ifname: { value: 'NAME', about: 'the interface in the container; without it, eth0' },
      container: { value: 'ID', about: 'the container; without it, container-1' },
      args: { value: 'KEY=VALUE;…', about: 'CNI_ARGS' },
      capabilities: { value: 'JSON', about: 'capability arguments: portMappings, ipRanges, bandwidth …' },
      path: { value: 'DIRS', about: 'where plugins are; without it, /opt/cni/bin' },
      xray: { about: 'show each call of a plugin: what went in, what came out, how long it took, what each command of a script changed' },
      step: { about: 'the same, line by line: each command of a script waits for Enter before it shows what it did' },
      tape: { value: 'FILE', about: 'keep the calls on a tape: every command a label, with the topology as the command left it' },
      ...JSON_OPTION,
    },
    operands: ['COMMAND', 'CONFIG'],
    more: 1,
  },
  kubeconfig: {
    usage: 'LAB',
    about: "a kubeconfig for a lab's Kubernetes API on loopback; a lab that is not up is served until Ctrl-C",
    options: {},
    operands: ['LAB'],
  },
  parse: {
    usage: '"COMMAND" [FILE]',
    about: 'what a program printed, as facts in JSON; what could not be read, on standard error',
    options: {},
    operands: ['COMMAND'],
    more: 1,
  },
  topology: {
    usage: 'LAB [--provider P] [--format json|dot|svg]',
    about: 'print the topology of a lab',
    options: { ...PROVIDER_OPTION, format: { value: 'FORMAT', about: 'json (the default), dot or svg' }, ...JSON_OPTION },
    operands: ['LAB'],
  },
  matrix: {
    usage: 'LAB [--after NODE:COMMAND] [--provider P] [--locale en|zh] [--json]',
    about: 'who reaches whom, and what is heard where not',
    options: {
      ...PROVIDER_OPTION,
      after: { value: 'NODE:COMMAND', about: 'what would change if this were run there: tried in a twin, the lab stays as it is' },
      ...LOCALE_OPTION,
      ...JSON_OPTION,
    },
    operands: ['LAB'],
  },
  diagnose: {
    usage: 'LAB [--fix] [--with FAULT] [--provider P] [--locale en|zh] [--json]',
    about: 'what is wrong in a lab, with the evidence and a fix that was tried in a twin; exits 1 if anything is',
    options: {
      ...PROVIDER_OPTION,
      fix: { about: 'carry the fixes out, then look again' },
      with: { value: 'FAULT', about: 'put this fault in first (? lists those that fit the lab)' },
      ...LOCALE_OPTION,
      ...JSON_OPTION,
    },
    operands: ['LAB'],
  },
  diff: {
    usage: 'SNAPSHOT SNAPSHOT [--locale en|zh] [--json]',
    about: 'what is different between two snapshots, and what that means for who reaches whom; exits 1 if anything is',
    options: { ...LOCALE_OPTION, ...JSON_OPTION },
    operands: ['SNAPSHOT', 'SNAPSHOT'],
  },
  trace: {
    usage: 'LAB FROM TO [--provider P] [--icmp | --tcp PORT | --udp PORT] [--all] [--json]',
    about: "a packet's way through a lab, each decision with its reason",
    options: {
      ...PROVIDER_OPTION,
      icmp: { about: 'an echo request (the default)' },
      tcp: { value: 'PORT', about: 'a TCP connection' },
      udp: { value: 'PORT', about: 'a UDP datagram' },
      all: { about: "also what happened on the packet's behalf: ARP, errors" },
      locale: { value: 'en|zh', about: 'the language of the reasons' },
      ...JSON_OPTION,
    },
    operands: ['LAB', 'FROM', 'TO'],
  },
  exercise: {
    usage: '[--level N] [--seed N] [--answers N,…] [--tape FILE] [--show] [--json] [FILE | -c COMMAND]',
    about: 'something is broken in a lab: find and repair it in a shell, or by a script; cause and repair are graded',
    options: {
      level: { value: 'N', about: '1 (the default) to 4: harder faults, other labs, fewer words; two faults at once' },
      seed: { value: 'N', about: 'the same number makes the same exercise; without it, one by chance' },
      answers: { value: 'N,…', about: 'the numbers of your answers, in the order of the questions' },
      node: { value: 'NODE', about: 'where the shell is; without it, on the first' },
      c: { value: 'COMMAND', about: 'run this instead of a file' },
      tape: { value: 'FILE', about: 'keep the attempt on a tape, for lesson grade' },
      show: { about: 'only tell it' },
      locale: { value: 'en|zh', about: 'the language' },
      ...JSON_OPTION,
    },
    passesOn: true,
    operands: [],
    more: Infinity,
  },
  lesson: {
    usage: 'list | check [ID…] | grade --pack FILE [NAME=]TAPE… [--json]',
    about: 'lessons: list them; check that each is unsolved at its start and solved by its solution; grade what tapes of learners show of a class pack',
    options: {
      locale: { value: 'en|zh', about: 'the language of the list, and of reports' },
      pack: { value: 'FILE', about: 'with grade: what the class was to do, in order (YAML)' },
      html: { value: 'FILE', about: 'with grade: a page to print' },
      ...JSON_OPTION,
    },
    operands: ['list or check or grade'],
    more: Infinity,
  },
  record: {
    usage: 'FILE [--lab LAB] [--node NODE]',
    about: 'a shell on a node of a simulated lab, recorded on a tape',
    options: { lab: LAB_OPTION, node: { value: 'NODE', about: 'which node; without it, the first' } },
    operands: ['FILE'],
  },
  play: {
    usage: 'TAPE [--terminal T] [--speed N]',
    about: 'play a terminal of a tape',
    options: { terminal: { value: 'T', about: 'which terminal; without it, the first' }, speed: { value: 'N', about: 'times as fast' } },
    operands: ['TAPE'],
  },
  convert: {
    usage: 'FILE [--to v2|v3|tape] [--terminal T] [--output FILE]',
    about: 'a tape as an asciicast, or an asciicast as a tape',
    options: {
      to: { value: 'FORMAT', about: 'v3 (the default for a tape), v2 or tape' },
      terminal: { value: 'T', about: 'which terminal' },
      output: { value: 'FILE', about: 'where to; without it, standard output' },
    },
    operands: ['FILE'],
  },
} as const satisfies Record<string, CommandSpec>;
export type CommandName = keyof typeof COMMANDS;

/** What is wrong with the command line: exits 2. */
export class UsageError extends Error {
  constructor(
    message: string,
    readonly command?: CommandName,
  ) {
    super(message);
  }
}
/** It was asked rightly and cannot be done: exits 1 with this line. */
export class Failure extends Error {}

export interface Arguments {
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly operands: readonly string[];
}

export function parseArguments(command: CommandName, args: readonly string[]): Arguments {
  const spec: CommandSpec = COMMANDS[command];
  const [own, rest] = spec.passesOn === true ? splitAtOperand(spec, args) : [args, []];
  const options = Object.fromEntries(
    Object.entries(spec.options).map(([name, option]) => [
      name,
      { type: option.value === undefined ? ('boolean' as const) : ('string' as const), ...(name.length === 1 && { short: name }) },
    ]),
  );
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...own], options: { ...options, help: { type: 'boolean', short: 'h' } }, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(wordedError(error), command);
  }
  if (parsed.values['help'] === true) throw new HelpAsked(command);
  const operands = [...parsed.positionals, ...rest];
  const missing = spec.operands.slice(operands.length);
  if (missing.length > 0)
    throw new UsageError(`${missing.join(', ').replace(/, ([^,]*)$/, ' and $1')} ${missing.length === 1 ? 'is' : 'are'} missing`, command);
  const most = spec.operands.length + (spec.more ?? 0);
  if (operands.length > most) throw new UsageError(`nothing is expected at ${JSON.stringify(operands[most])}`, command);
  return { options: parsed.values as Arguments['options'], operands };
}

/** `--help`: no error. */
export class HelpAsked extends Error {
  constructor(readonly command?: CommandName) {
    super('help');
  }
}

/** Our options end at the first operand; for `sh`, after `-c COMMAND` everything is an argument. */
function splitAtOperand(spec: CommandSpec, args: readonly string[]): readonly [readonly string[], readonly string[]] {
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at]!;
    if (arg === '--') return [args.slice(0, at), args.slice(at + 1)];
    if (!arg.startsWith('-') || arg === '-') break;
    const name = arg.replace(/^--?/, '').split('=', 1)[0]!;
    const takesValue = Object.hasOwn(spec.options, name) && spec.options[name]?.value !== undefined && !arg.includes('=');
    if (takesValue) at++;
    if (name === 'c') return [args.slice(0, at + 1), args.slice(at + 1)];
  }
  return [args.slice(0, at), args.slice(at)];
}

function wordedError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [, unknown] = /^Unknown option '([^']+)'/.exec(text) ?? [];
  if (unknown !== undefined) return `unknown option ${unknown}`;
  const [, option, missing] = /^Option '([^']+)' (argument missing|does not take an argument)/.exec(text) ?? [];
  if (option !== undefined) return missing === 'argument missing' ? `${optionName(option)} wants a value` : `${optionName(option)} takes no value`;
  return text.split('\n')[0]!;
}

/** `-c` for what Node calls `-c, --c <value>`. */
const optionName = (text: string): string => {
  const name = text.replace(/^-., /, '').replace(/ <value>$/, '');
  return name.length === 3 ? name.slice(1) : name;
};

export function helpText(command?: CommandName): string {
  if (command === undefined) {
    const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
    const lines = Object.entries(COMMANDS).map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}`);
    return `usage: podwalk [COMMAND]\n\nWithout a command: opens the app.\n\n${lines.join('\n')}\n\npodwalk COMMAND --help says more. podwalk --version prints the version.\n`;
  }
  const spec: CommandSpec = COMMANDS[command];
  const options = Object.entries(spec.options).map(
    ([name, { value, about }]) => [`${name.length === 1 ? '-' : '--'}${name}${value === undefined ? '' : ` ${value}`}`, about] as const,
  );
  const width = Math.max(0, ...options.map(([left]) => left.length));
  const lines = options.map(([left, about]) => `  ${left.padEnd(width)}  ${about}\n`).join('');
  return `${usageLine(command)}\n\n${spec.about}\n${lines === '' ? '' : `\n${lines}`}`;
}
export const usageLine = (command?: CommandName): string =>
  command === undefined ? 'usage: podwalk [COMMAND]; podwalk --help lists the commands' : `usage: podwalk ${command} ${COMMANDS[command].usage}`;

/** A command that is nearly what was typed, for the error. */
export function nearest(typed: string): CommandName | undefined {
  const names = Object.keys(COMMANDS) as CommandName[];
  const letters = (name: string): string => [...name].sort().join('');
  const far = (name: string): number => distance(name, typed) - (letters(name) === letters(typed) ? 1 : 0);
  const [closest] = names.map((name) => [name, far(name)] as const).sort((a, b) => a[1] - b[1]);
  return names.find((name) => name.startsWith(typed) || typed.startsWith(name)) ?? (closest && closest[1] <= 2 ? closest[0] : undefined);
}
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
