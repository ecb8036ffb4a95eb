/** The options of each queueing discipline: read, and shown. Authority: tc/q_fifo.c, q_tbf.c, q_netem.c of iproute2 6.1. */
import {
  Fifo,
  Htb,
  Netem,
  Tbf,
  type Chance,
  type Discipline,
  type FifoOptions,
  type NetemOptions,
  type QdiscOptions,
  type TbfOptions,
} from '../../kernel/index.ts';
import type { Arguments } from '../iproute2/arguments.ts';
import { giveUp } from '../iproute2/exit.ts';
import type { Printer } from '../iproute2/printer.ts';
import { formatPercent, formatRate, formatSize, formatTime, parsePercent, parseRate, parseSize, parseTime, throughTicks, throughTime } from './quantities.ts';
import { parseHtb, printHtb } from './htb.ts';
import { parseFqCodel, parsePrio, parseSfq, printFair } from './fair.ts';
import { FIFO_USAGE, NETEM_USAGE, TBF_USAGE } from './usage.ts';

/** The kernel is not asked. */
const FAILED = 1;
const isNumber = (word: string): boolean => /^\d/.test(word);

const FIFOS: readonly FifoOptions['kind'][] = ['pfifo', 'bfifo', 'pfifo_head_drop'];
/** What a kind's own words say; undefined for kinds without any here. */
export function parseKind(kind: string, args: Arguments): QdiscOptions | undefined {
  const fifo = FIFOS.find((each) => each === kind);
  if (fifo) return parseFifo(fifo, args);
  if (kind === 'pfifo_fast' || kind === 'noqueue') return { kind };
  if (kind === 'tbf') return parseTbf(args);
  if (kind === 'fq_codel') return parseFqCodel(args);
  if (kind === 'sfq') return parseSfq(args);
  if (kind === 'prio') return parsePrio(args);
  if (kind === 'htb') return parseHtb(args);
  return kind === 'netem' ? parseNetem(args) : undefined;
}

function parseFifo(kind: FifoOptions['kind'], args: Arguments): FifoOptions {
  let limit: number | undefined;
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('limit')) {
      const word = args.next();
      limit = parseSize(word) ?? giveUp(FAILED, `${kind}: Illegal value for "limit": "${word}"\n`);
    } else if (args.is('help')) giveUp(FAILED, FIFO_USAGE);
    else giveUp(FAILED, `${kind}: unknown parameter "${args.word}"\n${FIFO_USAGE}`);
  }
  return { kind, ...(limit !== undefined && { limit }) };
}

function parseTbf(args: Arguments): TbfOptions {
  let [rate, burst, limit, latencyUs, peakRate, mtu] = [0, 0, 0, 0, 0, 0];
  /** The number behind a word; `size/cell` too. */
  const value = (name: string, parse: (text: string) => number | undefined): number => {
    const word = args.next();
    return parse(word.split('/', 1)[0] ?? '') ?? giveUp(FAILED, `tbf: illegal value for "${name}": "${word}"\n`);
  };
  const once = (present: number, name: string): void => {
    if (present !== 0) giveUp(FAILED, `tbf: duplicate "${name}" specification\n`);
  };
  const both = (present: number, first: string, second: string): void => {
    if (present !== 0) giveUp(FAILED, `tbf: specifying both "${first}" and "${second}" is not allowed\n`);
  };
  for (; !args.isAtEnd; args.advance()) {
    const { word } = args;
    if (args.begins('limit')) {
      once(limit, 'limit');
      both(latencyUs, 'latency', 'limit');
      limit = value('limit', parseSize);
    } else if (args.begins('latency')) {
      once(latencyUs, 'latency');
      both(limit, 'limit', '/latency');
      latencyUs = value('latency', parseTime);
    } else if (args.begins('burst') || word === 'buffer' || word === 'maxburst') {
      once(burst, 'buffer/burst/maxburst');
      burst = value(word, parseSize);
    } else if (word === 'mtu' || word === 'minburst') {
      once(mtu, 'mtu/minburst');
      mtu = value(word, parseSize);
    } else if (word === 'rate') {
      once(rate, 'rate');
      rate = value('rate', parseRate);
    } else if (args.begins('peakrate')) {
      once(peakRate, 'peakrate');
      peakRate = value('peakrate', parseRate);
    } else if (word === 'mpu' || args.begins('overhead') || args.begins('linklayer')) giveUp(FAILED, `not modelled: tbf ${word}\n`);
    else if (word === 'help') giveUp(FAILED, TBF_USAGE);
    else giveUp(FAILED, `tbf: unknown parameter "${word}"\n${TBF_USAGE}`);
  }
  const missing = [
    ...(rate === 0 ? ['the "rate" parameter is mandatory.'] : []),
    ...(burst === 0 ? ['the "burst" parameter is mandatory.'] : []),
    ...(peakRate !== 0 && mtu === 0 ? ['when "peakrate" is specified, "mtu" must also be specified.'] : []),
    ...(limit === 0 && latencyUs === 0 ? ['either "limit" or "latency" is required.'] : []),
  ];
  if (missing.length > 0) giveUp(FAILED, missing.map((text) => `tbf: ${text}\n`).join('') + TBF_USAGE);
  if (limit === 0) {
    const wanted = (rate * latencyUs) / 1e6 + burst;
    limit = Math.floor(peakRate === 0 ? wanted : Math.min(wanted, (peakRate * latencyUs) / 1e6 + mtu));
  }
  return { kind: 'tbf', rate, burst, limit, peakRate, mtu };
}

const NEVER: Chance = { probability: 0, correlation: 0 };
function parseNetem(args: Arguments): NetemOptions {
  let options: NetemOptions = {
    ...{ kind: 'netem', limit: 1000, delayUs: 0, jitterUs: 0, delayCorrelation: 0, distribution: 'uniform', loss: NEVER, duplicate: NEVER, corrupt: NEVER },
    ...{ reorder: NEVER, gap: 0, rate: 0, packetOverhead: 0, cellSize: 0, cellOverhead: 0 },
  };
  const given = new Set<'correlation' | 'reorder' | 'corrupt' | 'rate' | 'distribution'>();
  const illegal = (what: string): never => giveUp(FAILED, `Illegal "${what}"\n`);
  const set = (change: Partial<NetemOptions>): void => void (options = { ...options, ...change });
  /** Another number follows. */
  const hasMore = (): boolean => args.hasNext && isNumber(args.words[args.at + 1] ?? '');
  const chance = (what: string, correlationOf = what): Chance => {
    const probability = parsePercent(args.word) ?? illegal(what);
    if (!hasMore()) return { probability, correlation: 0 };
    given.add('correlation');
    return { probability, correlation: parsePercent(args.next()) ?? illegal(correlationOf) };
  };
  const integer = (what: string): number => (/^-?\d+$/.test(args.word) ? Number(args.word) : illegal(what));
  for (; !args.isAtEnd; args.advance()) {
    const { word } = args;
    if (args.begins('limit')) {
      args.next();
      set({ limit: parseSize(args.word) ?? illegal('limit') });
    } else if (args.begins('latency', 'delay')) {
      args.next();
      const time = (): number => throughTicks(parseTime(args.word) ?? illegal('latency'));
      set({ delayUs: time() });
      if (hasMore()) {
        args.next();
        set({ jitterUs: time() });
        if (hasMore()) {
          given.add('correlation');
          set({ delayCorrelation: parsePercent(args.next()) ?? illegal('latency') });
        }
      }
    } else if (args.begins('loss', 'drop')) {
      if (options.loss.probability > 0) illegal('duplicate loss argument\n');
      const model = args.next();
      if (model === 'state' || model === 'gemodel') giveUp(FAILED, `not modelled: netem loss ${model}\n`);
      if (model === 'random') args.next();
      else if (!isNumber(model)) giveUp(FAILED, `Unknown loss parameter: ${model}\n`);
      set({ loss: chance('loss percent', 'loss correlation') });
    } else if (args.begins('reorder')) {
      args.next();
      given.add('reorder');
      set({ reorder: chance('reorder') });
    } else if (args.begins('corrupt')) {
      args.next();
      given.add('corrupt');
      set({ corrupt: chance('corrupt') });
    } else if (args.begins('gap')) {
      args.next();
      set({ gap: integer('gap') });
    } else if (args.begins('duplicate')) {
      args.next();
      set({ duplicate: chance('duplicate') });
    } else if (args.begins('distribution')) {
      given.add('distribution');
      set({ distribution: distributionNamed(args.next()) });
    } else if (args.begins('rate')) {
      args.next();
      given.add('rate');
      set({ rate: parseRate(args.word) ?? illegal('rate') });
      for (const name of ['packetOverhead', 'cellSize', 'cellOverhead'] as const) {
        if (!args.hasNext || !/^-?\d/.test(args.words[args.at + 1] ?? '')) break;
        args.next();
        set({ [name]: integer('rate') });
      }
    } else if (args.begins('ecn', 'slot')) giveUp(FAILED, `not modelled: netem ${word}\n`);
    else if (word === 'help') giveUp(FAILED, NETEM_USAGE);
    else giveUp(FAILED, `What is "${word}"?\n${NETEM_USAGE}`);
  }
  if (options.reorder.probability > 0) {
    if (options.delayUs === 0) giveUp(FAILED, `reordering not possible without specifying some delay\n${NETEM_USAGE}`);
    if (options.gap === 0) set({ gap: 1 });
  } else if (options.gap > 0) giveUp(FAILED, `gap specified without reorder probability\n${NETEM_USAGE}`);
  if (options.distribution !== 'uniform' && (options.delayUs === 0 || options.jitterUs === 0))
    giveUp(FAILED, `distribution specified but no latency and jitter values\n${NETEM_USAGE}`);
  return { ...options, given };
}
const TABLES = '/usr/lib/x86_64-linux-gnu/tc/';
function distributionNamed(name: string): NetemOptions['distribution'] {
  if (name === 'normal' || name === 'uniform') return name;
  if (name === 'pareto' || name === 'paretonormal' || name === 'experimental') return giveUp(FAILED, `not modelled: netem distribution ${name}\n`);
  return giveUp(FAILED, `No distribution data for ${name} (${TABLES}/${name}.dist: No such file or directory)\n`);
}

// --- shown ---

export function printKind(printer: Printer, qdisc: Discipline, hasDetails: boolean): void {
  if (qdisc instanceof Fifo) printFifo(printer, qdisc);
  else if (qdisc instanceof Tbf) printTbf(printer, qdisc.options, hasDetails);
  else if (qdisc instanceof Netem) printNetem(printer, qdisc.options);
  else if (qdisc instanceof Htb) printHtb(printer, qdisc, hasDetails);
  else printFair(printer, qdisc, hasDetails);
}
const PRIORITIES = [1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1];
/** Three bands: what pfifo_fast is. */
export function printBands(printer: Printer): void {
  printer.any('bands', 'bands 3', 3);
  printer.text(' priomap');
  printer.openArray('priomap');
  for (const band of PRIORITIES) printer.any(null, ` ${band}`, band);
  printer.closeArray();
}
function printFifo(printer: Printer, { name, limit }: Fifo): void {
  if (name === 'pfifo_fast') printBands(printer);
  else if (name !== 'noqueue') printer.any('limit', name === 'bfifo' ? `limit ${formatSize(limit)}` : `limit ${limit}p`, limit);
}
function printTbf(printer: Printer, { rate, burst, limit, peakRate, mtu }: TbfOptions, hasDetails: boolean): void {
  const detail = hasDetails ? '/1' : '';
  const bucket = throughTime(burst, rate);
  printer.any('rate', `rate ${formatRate(rate)} `, rate);
  printer.any('burst', `burst ${formatSize(bucket)}${detail} `, bucket);
  if (hasDetails) printer.any('mpu', 'mpu 0b ', 0);
  if (peakRate > 0) {
    const small = throughTime(mtu, peakRate);
    printer.text(`peakrate ${formatRate(peakRate)} `);
    printer.any(hasDetails ? 'mtu' : 'minburst', `${hasDetails ? 'mtu' : 'minburst'} ${formatSize(small)}${detail} `, small);
    if (hasDetails) printer.any('mpu', 'mpu 0b ', 0);
  }
  let latencyUs = (1e6 * limit) / rate - throughTicks((1e6 * burst) / rate);
  if (peakRate > 0) latencyUs = Math.max(latencyUs, (1e6 * limit) / peakRate - throughTicks((1e6 * mtu) / peakRate));
  if (latencyUs >= 0) printer.any('lat', `lat ${formatTime(Math.floor(latencyUs))} `, Math.floor(latencyUs));
  else printer.any('limit', `limit ${formatSize(limit)} `, limit);
  if (hasDetails) printer.any('linklayer', 'linklayer ethernet ', 'ethernet');
}
function printNetem(printer: Printer, options: NetemOptions): void {
  const correlation = (value: number, isShown = value > 0): void => printer.any('correlation', isShown ? ` ${formatPercent(value)}` : '', value);
  const chance = (key: string, label: string, { probability, correlation: dependence }: Chance): void => {
    if (probability === 0) return;
    printer.openObject(key);
    printer.any(label, ` ${label} ${formatPercent(probability)}`, probability);
    correlation(dependence);
    printer.closeObject();
  };
  printer.any('limit', `limit ${options.limit}`, options.limit);
  const { delayUs, jitterUs } = options;
  if (delayUs > 0) {
    printer.openObject('delay');
    printer.any('delay', ` delay ${formatTime(delayUs)}`, delayUs / 1e6);
    printer.any('jitter', jitterUs > 0 ? `  ${formatTime(jitterUs)}` : '', jitterUs / 1e6);
    correlation(options.delayCorrelation, jitterUs > 0 && options.delayCorrelation > 0);
    printer.closeObject();
  }
  chance('loss-random', 'loss', options.loss);
  chance('duplicate', 'duplicate', options.duplicate);
  chance('reorder', 'reorder', options.reorder);
  chance('corrupt', 'corrupt', options.corrupt);
  if (options.rate > 0) {
    const overhead = (key: string, value: number): void => printer.any(key, value === 0 ? '' : ` ${key} ${value}`, value);
    printer.openObject('rate');
    printer.any('rate', ` rate ${formatRate(options.rate)}`, options.rate);
    overhead('packetoverhead', options.packetOverhead);
    overhead('cellsize', options.cellSize);
    overhead('celloverhead', options.cellOverhead);
    printer.closeObject();
  }
  printer.member('ecn', false);
  printer.any('gap', options.gap > 0 ? ` gap ${options.gap}` : '', options.gap);
}
