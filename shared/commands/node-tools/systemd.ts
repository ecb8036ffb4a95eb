/** systemctl and journalctl (systemd 252) for the services of a Kubernetes node. */
import type { Process, Sys } from '../../shell/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import { declared, type Declaration } from '../declaration.ts';
import { alignTabs, formatTime, parseFlags, parseTime, type Flag, type Flags } from '../kubectl/index.ts';
import type { JournalEntry, NodeView, Unit } from './node-view.ts';

const bool = (name: string, letter?: string): Flag => ({ name, ...(letter === undefined ? {} : { short: letter }), kind: 'bool', usage: '' });
const text = (name: string, letter?: string): Flag => ({ name, ...(letter === undefined ? {} : { short: letter }), kind: 'array', usage: '' });
const declare = (synopsis: string, summary: string, flags: readonly Flag[], verbs: readonly string[] = []): Declaration => ({
  synopsis,
  summary,
  options: flags.map(({ name, short, kind }) => ({
    names: [...(short === undefined ? [] : [`-${short}`]), `--${name}`],
    value: kind === 'bool' ? undefined : 'ARG',
  })),
  commands: verbs.map((name) => ({ name })),
});
/** As getopt_long(3) words what pflag found. */
function* badOption(p: Process, program: string, problem: string): Sys<number> {
  const letter = /^unknown shorthand flag: '(.)'/.exec(problem)?.[1];
  const long = /^unknown flag: (--\S+)/.exec(problem)?.[1];
  const words = letter === undefined ? (long === undefined ? problem : `unrecognized option '${long}'`) : `invalid option -- '${letter}'`;
  yield* p.error(`${program}: ${words}\n`);
  return 1;
}

// --- journalctl ---

const JOURNAL_FLAGS: readonly Flag[] = [
  ...[
    text('unit', 'u'),
    bool('follow', 'f'),
    { ...text('lines', 'n'), without: '10' },
    text('since', 'S'),
    text('until', 'U'),
    text('output', 'o'),
    bool('no-pager'),
    bool('pager-end', 'e'),
  ],
  ...[
    bool('boot', 'b'),
    bool('reverse', 'r'),
    text('identifier', 't'),
    text('grep', 'g'),
    bool('no-hostname'),
    bool('catalog', 'x'),
    bool('quiet', 'q'),
    bool('no-tail'),
    bool('all', 'a'),
    bool('no-full'),
  ],
];
const JOURNAL = declare('[OPTIONS...] [MATCHES...]', 'Query the journal.', JOURNAL_FLAGS);
const DEFAULT_LINES = 10;

const stamp = (unixUs: number): string => {
  const iso = formatTime(unixUs);
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][Number(iso.slice(5, 7)) - 1]!;
  return `${month} ${iso.slice(8, 10)} ${iso.slice(11, 19)}`;
};
function lineOf(entry: JournalEntry, host: string, output: string, hidesHost: boolean): string {
  const place = hidesHost ? '' : ` ${host}`;
  const head = `${entry.identifier}[${entry.pid}]: ${entry.message}\n`;
  switch (output) {
    case 'cat':
      return `${entry.message}\n`;
    case 'short-iso':
      return `${formatTime(entry.unixUs).replace('Z', '+0000')}${place} ${head}`;
    case 'short-precise':
      return `${stamp(entry.unixUs)}.${String(Math.floor(entry.unixUs) % 1e6).padStart(6, '0')}${place} ${head}`;
    case 'json':
      return `${JSON.stringify({ __REALTIME_TIMESTAMP: String(Math.floor(entry.unixUs)), _HOSTNAME: host, _PID: String(entry.pid), SYSLOG_IDENTIFIER: entry.identifier, _SYSTEMD_UNIT: entry.unit, MESSAGE: entry.message })}\n`;
    default:
      return `${stamp(entry.unixUs)}${place} ${head}`;
  }
}
const UNITS_US: Readonly<Record<string, number>> = {
  s: 1e6,
  sec: 1e6,
  second: 1e6,
  m: 60e6,
  min: 60e6,
  minute: 60e6,
  h: 3600e6,
  hr: 3600e6,
  hour: 3600e6,
  d: 86_400e6,
  day: 86_400e6,
};
/** `2026-11-21 10:00`, `10 min ago`, `-1h`, `today`; undefined: it is no time. */
function timeOf(words: string, nowUs: number): number | undefined {
  const day = Math.floor(nowUs / 86_400e6) * 86_400e6;
  if (words === 'now') return nowUs;
  if (words === 'today') return day;
  if (words === 'yesterday') return day - 86_400e6;
  const span = /^(-)?(\d+)\s*([a-z]+?)s?( ago)?$/.exec(words);
  if (span && (span[1] !== undefined || span[4] !== undefined)) {
    const unit = UNITS_US[span[3]!] ?? UNITS_US[`${span[3]!}s`];
    return unit === undefined ? undefined : nowUs - Number(span[2]) * unit;
  }
  const date = /^(\d{4}-\d\d-\d\d)?[ T]?(?:(\d\d:\d\d)(:\d\d)?)?$/.exec(words);
  if (!date || (date[1] === undefined && date[2] === undefined)) return undefined;
  return parseTime(`${date[1] ?? formatTime(nowUs).slice(0, 10)}T${date[2] ?? '00:00'}${date[3] ?? ':00'}Z`);
}
const fullName = (name: string): string => (/\.(service|socket|timer|target|slice|mount)$/.test(name) ? name : `${name}.service`);

const takesLines = (word: string | undefined): boolean => word === '-n' || word === '--lines';
function* journalctl(p: Process, node: NodeView): Sys<number> {
  // the number of lines may stand by itself
  const words = p.argv
    .slice(1)
    .flatMap((word, at, all) =>
      /^\d+$/.test(word) && takesLines(all[at - 1]) ? [] : takesLines(word) && /^\d+$/.test(all[at + 1] ?? '') ? [`--lines=${all[at + 1]}`] : [word],
    );
  const parsed = parseFlags(JOURNAL_FLAGS, words);
  if (!parsed.ok) return yield* badOption(p, 'journalctl', parsed.error);
  const flags = parsed.value;
  const bounds: Record<string, number | undefined> = {};
  for (const name of ['since', 'until']) {
    const words = flags.string(name);
    if (words === undefined) continue;
    bounds[name] = timeOf(words.trim(), node.nowUnixUs);
    if (bounds[name] !== undefined) continue;
    yield* p.error(`Failed to parse timestamp: ${words}\n`);
    return 1;
  }
  const output = flags.string('output') ?? 'short';
  if (!['short', 'cat', 'json', 'short-iso', 'short-precise', 'short-full', 'with-unit'].includes(output)) {
    yield* p.error(`Unknown output format '${output}'.\n`);
    return 1;
  }
  const isWanted = wantedBy(flags, bounds['since'], bounds['until']);
  const print = (entries: readonly JournalEntry[]): string => entries.map((one) => lineOf(one, node.hostname, output, flags.bool('no-hostname'))).join('');
  const all = node.journal.entries.filter(isWanted);
  const asked = flags.string('lines');
  const count =
    asked === undefined ? (flags.bool('follow') && !flags.bool('no-tail') ? DEFAULT_LINES : all.length) : asked === 'all' ? all.length : Number(asked);
  if (Number.isNaN(count)) {
    yield* p.error(`Failed to parse lines '${asked}'\n`);
    return 1;
  }
  const last = count === 0 ? [] : all.slice(-count);
  if (last.length === 0 && !flags.bool('follow') && !flags.bool('quiet')) yield* p.print('-- No entries --\n');
  yield* p.print(print(flags.bool('reverse') ? last.toReversed() : last));
  if (!flags.bool('follow')) return 0;
  let next = node.journal.dropped + node.journal.entries.length;
  for (;;) {
    yield* p.flush();
    if ((yield* p.block(node.journal.changed)) === 'interrupted') return 130;
    const fresh = node.journal.entries.slice(Math.max(0, next - node.journal.dropped));
    next = node.journal.dropped + node.journal.entries.length;
    yield* p.print(print(fresh.filter(isWanted)));
  }
}
function wantedBy(flags: Flags, since = -Infinity, until = Infinity): (entry: JournalEntry) => boolean {
  const units = flags.all('unit').map(fullName);
  const identifiers = flags.all('identifier');
  const pattern = flags.string('grep');
  const matches = pattern === undefined ? undefined : new RegExp(pattern, /[A-Z]/.test(pattern) ? '' : 'i');
  return (entry) =>
    (units.length === 0 || units.includes(entry.unit)) &&
    (identifiers.length === 0 || identifiers.includes(entry.identifier)) &&
    entry.unixUs >= since &&
    entry.unixUs <= until &&
    (matches?.test(entry.message) ?? true);
}

// --- systemctl ---

const SYSTEM_FLAGS: readonly Flag[] = [
  ...[
    bool('all', 'a'),
    bool('no-pager'),
    text('lines', 'n'),
    text('type', 't'),
    text('state'),
    bool('quiet', 'q'),
    bool('now'),
    bool('no-legend'),
    bool('full', 'l'),
    bool('plain'),
    text('property', 'p'),
  ],
];
const VERBS = [
  'status',
  'start',
  'stop',
  'restart',
  'reload-or-restart',
  'try-restart',
  'is-active',
  'is-enabled',
  'is-failed',
  'enable',
  'disable',
  'list-units',
  'list-unit-files',
  'daemon-reload',
  'cat',
  'show',
];
const SYSTEM = declare('[OPTIONS...] COMMAND ...', 'Query or send control commands to the system manager.', SYSTEM_FLAGS, VERBS);

function* systemctl(p: Process, node: NodeView): Sys<number> {
  const parsed = parseFlags(SYSTEM_FLAGS, p.argv.slice(1));
  if (!parsed.ok) return yield* badOption(p, 'systemctl', parsed.error);
  const flags = parsed.value;
  const [verb = 'list-units', ...names] = flags.args;
  if (verb === 'list-units' || verb === 'list-unit-files') return yield* listUnits(p, node, flags, verb);
  if (verb === 'daemon-reload') return 0;
  if (!VERBS.includes(verb)) {
    yield* p.error(`Unknown command verb ${verb}.\n`);
    return 1;
  }
  if (names.length === 0) {
    yield* p.error(verb === 'status' ? 'not modelled: the state of the whole system; name a unit\n' : 'Too few arguments.\n');
    return 1;
  }
  let status = 0;
  for (const [index, name] of names.entries()) {
    if (verb === 'status' && index > 0) yield* p.print('\n');
    status = (yield* one(p, node, flags, verb, fullName(name))) || status;
  }
  return status;
}

function* one(p: Process, node: NodeView, flags: Flags, verb: string, name: string): Sys<number> {
  const unit = node.units().find((each) => each.name === name);
  const isQuiet = flags.bool('quiet');
  if (verb === 'is-active' || verb === 'is-failed') {
    const state = unit?.state === 'restarting' ? 'activating' : (unit?.state ?? 'inactive');
    if (!isQuiet) yield* p.print(`${state}\n`);
    return (verb === 'is-active' ? unit?.state === 'active' : unit?.state === 'failed') ? 0 : verb === 'is-failed' ? 1 : unit ? 3 : 4;
  }
  if (verb === 'is-enabled') {
    if (!unit) {
      yield* p.error(`Failed to get unit file state for ${name}: No such file or directory\n`);
      return 1;
    }
    if (!isQuiet) yield* p.print(`${unit.isEnabled ? 'enabled' : 'disabled'}\n`);
    return unit.isEnabled ? 0 : 1;
  }
  if (!unit) {
    if (verb === 'status') yield* p.error(`Unit ${name} could not be found.\n`);
    else if (verb === 'stop') yield* p.error(`Failed to stop ${name}: Unit ${name} not loaded.\n`);
    else if (verb === 'cat') yield* p.error(`No files found for ${name}.\n`);
    else if (verb === 'enable' || verb === 'disable') yield* p.error(`Failed to ${verb} unit: Unit file ${name} does not exist.\n`);
    else yield* p.error(`Failed to ${verb} ${name}: Unit ${name} not found.\n`);
    return verb === 'status' ? 4 : verb === 'cat' || verb === 'enable' || verb === 'disable' ? 1 : 5;
  }
  switch (verb) {
    case 'status':
      yield* p.print(statusText(node, unit, Number(flags.string('lines') ?? DEFAULT_LINES)));
      return unit.state === 'active' ? 0 : 3;
    case 'cat':
      yield* p.print(
        `# ${unit.file}\n[Unit]\nDescription=${unit.description}\nDocumentation=${unit.docs}\n\n[Service]\nExecStart=${unit.command.join(' ')}\nRestart=always\n\n[Install]\nWantedBy=multi-user.target\n`,
      );
      return 0;
    case 'show': {
      const all: Readonly<Record<string, string>> = {
        Id: unit.name,
        Description: unit.description,
        ActiveState: unit.state === 'restarting' ? 'activating' : unit.state,
        SubState: unit.state === 'active' ? 'running' : unit.state === 'restarting' ? 'auto-restart' : 'dead',
        MainPID: String(unit.mainPid ?? 0),
        UnitFileState: unit.isEnabled ? 'enabled' : 'disabled',
      };
      const wanted = flags.all('property').flatMap((each) => each.split(','));
      yield* p.print(
        Object.entries(all)
          .filter(([key]) => wanted.length === 0 || wanted.includes(key))
          .map(([key, value]) => `${key}=${value}\n`)
          .join(''),
      );
      return 0;
    }
    case 'enable':
    case 'disable': {
      const link = `/etc/systemd/system/multi-user.target.wants/${name}`;
      if (unit.isEnabled !== (verb === 'enable')) yield* p.error(verb === 'enable' ? `Created symlink ${link} → ${unit.file}.\n` : `Removed "${link}".\n`);
      node.enable(name, verb === 'enable');
      if (!flags.bool('now')) return 0;
      return yield* one(p, node, flags, verb === 'enable' ? 'start' : 'stop', name);
    }
    case 'try-restart':
      if (unit.state !== 'active') return 0;
  }
  if (verb === 'stop' || verb.includes('restart')) yield* node.stop(p, name);
  if (verb === 'stop') return 0;
  if (verb === 'start' && unit.state === 'active') return 0;
  if (yield* node.start(p, name)) return 0;
  yield* p.error(
    `Job for ${name} failed because the control process exited with error code.\nSee "systemctl status ${name}" and "journalctl -xeu ${name}" for details.\n`,
  );
  return 1;
}

const WEEK = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const when = (unixUs: number): string => `${WEEK[Math.floor(unixUs / 86_400e6) % 7]} ${formatTime(unixUs).slice(0, 19).replace('T', ' ')} UTC`;
/** As systemd words how long ago: `14min`, `1h 2min`. */
function ago(us: number): string {
  const seconds = Math.floor(us / 1e6);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}min${minutes < 10 && seconds % 60 > 0 ? ` ${seconds % 60}s` : ''}`;
  return `${Math.floor(minutes / 60)}h${minutes % 60 > 0 ? ` ${minutes % 60}min` : ''}`;
}
function statusText(node: NodeView, unit: Unit, count: number): string {
  const isActive = unit.state === 'active';
  const isRestarting = unit.state === 'restarting';
  const state = isActive
    ? 'active (running)'
    : isRestarting
      ? 'activating (auto-restart) (Result: exit-code)'
      : unit.state === 'failed'
        ? 'failed (Result: exit-code)'
        : 'inactive (dead)';
  const enabled = unit.isEnabled ? 'enabled' : 'disabled';
  const program = unit.command[0]!.replace(/^.*\//, '');
  const lines = [
    `${isActive || isRestarting ? '●' : unit.state === 'failed' ? '×' : '○'} ${unit.name} - ${unit.description}`,
    `     Loaded: loaded (${unit.file}; ${enabled}; preset: enabled)`,
    ...(unit.dropIn === undefined ? [] : [`    Drop-In: ${unit.dropIn.replace(/\/[^/]*$/, '')}`, `             └─${unit.dropIn.replace(/^.*\//, '')}`]),
    `     Active: ${state} since ${when(unit.sinceUnixUs)}; ${ago(node.nowUnixUs - unit.sinceUnixUs)} ago`,
    `       Docs: ${unit.docs}`,
    ...(isActive
      ? [`   Main PID: ${unit.mainPid} (${program})`, `     CGroup: /system.slice/${unit.name}`, `             └─${unit.mainPid} ${unit.command.join(' ')}`]
      : []),
  ];
  const journal = count === 0 ? [] : node.journal.entries.filter((entry) => entry.unit === unit.name).slice(-count);
  const tail = journal.map((entry) => lineOf(entry, node.hostname, 'short', false)).join('');
  return encodeText(`${lines.join('\n')}\n`) + (tail === '' ? '' : `\n${tail}`);
}
/** The marks of systemd are not ASCII. */
const MARKS: Readonly<Record<string, string>> = { '●': '\xe2\x97\x8f', '○': '\xe2\x97\x8b', '×': '\xc3\x97', '└': '\xe2\x94\x94', '─': '\xe2\x94\x80' };
const encodeText = (words: string): string => words.replaceAll(/[●○×└─]/g, (mark) => MARKS[mark]!);

function* listUnits(p: Process, node: NodeView, flags: Flags, verb: string): Sys<number> {
  const type = flags.string('type');
  const state = flags.string('state');
  const wanted = node
    .units()
    .filter(
      (unit) =>
        (flags.bool('all') || verb === 'list-unit-files' || state !== undefined || unit.state !== 'inactive') &&
        (type === undefined || unit.name.endsWith(`.${type}`)),
    )
    .filter((unit) => state === undefined || unit.state === state || (state === 'running' && unit.state === 'active'))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const isFiles = verb === 'list-unit-files';
  const rows = wanted.map((unit) =>
    isFiles
      ? [unit.name, unit.isEnabled ? 'enabled' : 'disabled', 'enabled']
      : [`  ${unit.name}`, 'loaded', unit.state, unit.state === 'active' ? 'running' : unit.state === 'restarting' ? 'auto-restart' : 'dead', unit.description],
  );
  const header = isFiles ? ['UNIT FILE', 'STATE', 'PRESET'] : ['  UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION'];
  yield* p.print(alignTabs([...(flags.bool('no-legend') ? [] : [header]), ...rows].map((row) => `${row.join('\t')}\n`).join(''), { minWidth: 0, padding: 1 }));
  if (flags.bool('no-legend')) return 0;
  if (isFiles) yield* p.print(`\n${wanted.length} unit files listed.\n`);
  else
    yield* p.print(
      `\nLOAD   = Reflects whether the unit definition was properly loaded.\nACTIVE = The high-level unit activation state, i.e. generalization of SUB.\nSUB    = The low-level unit activation state, values depend on unit type.\n${wanted.length} loaded units listed.${flags.bool('all') ? '' : ' Pass --all to see loaded but inactive units, too.'}\nTo show all installed unit files use 'systemctl list-unit-files'.\n`,
    );
  return 0;
}

export const SYSTEMD = [
  { path: '/usr/bin/systemctl', declares: SYSTEM, origin: 'systemd 252' },
  { path: '/usr/bin/journalctl', declares: JOURNAL, origin: 'systemd 252' },
] as const;
export const systemdPrograms = (node: NodeView): readonly InstalledProgram[] => [
  { path: '/usr/bin/systemctl', main: declared(SYSTEM, (p) => systemctl(p, node)), origin: 'systemd 252' },
  { path: '/usr/bin/journalctl', main: declared(JOURNAL, (p) => journalctl(p, node)), origin: 'systemd 252' },
];
