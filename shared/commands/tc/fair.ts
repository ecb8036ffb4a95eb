/** The options of fq_codel, sfq and prio: read, and shown. Authority: tc/q_fq_codel.c, q_sfq.c, q_prio.c of iproute2 6.1. */
import { FqCodel, Prio, Sfq, type Discipline, type FqCodelOptions, type PrioOptions, type SfqOptions } from '../../kernel/index.ts';
import type { Arguments } from '../iproute2/arguments.ts';
import { giveUp } from '../iproute2/exit.ts';
import { parseU32 } from '../iproute2/numbers.ts';
import type { Printer } from '../iproute2/printer.ts';
import { formatSize, formatTime, parseSize, parseTime } from './quantities.ts';
import { FQ_CODEL_USAGE, PRIO_USAGE, SFQ_USAGE } from './usage.ts';

const FAILED = 1;
type Draft<T> = { -readonly [K in keyof T]: T[K] };
type Read = (word: string) => number | undefined;
interface Word<T> {
  readonly word: string;
  readonly field: keyof T;
  readonly read: Read;
  /** What an illegal value is called, where the program calls it otherwise. */
  readonly name?: string;
}

/** Words with a number each. A number of 0 is as if the word were not there, but for `zero`. */
function readWords<T>(args: Arguments, draft: Partial<T>, words: readonly Word<T>[], other: (word: string) => void): void {
  for (; !args.isAtEnd; args.advance()) {
    const found = words.find(({ word }) => args.is(word));
    if (found === undefined) {
      other(args.word);
      continue;
    }
    const value = found.read(args.next()) ?? giveUp(FAILED, `Illegal "${found.name ?? found.word}"\n`);
    if (value !== 0 || ZERO_COUNTS.has(found.word)) Object.assign(draft, { [found.field]: value });
  }
}
const ZERO_COUNTS: ReadonlySet<string> = new Set(['ce_threshold', 'memory_limit']);

const FQ_CODEL_WORDS: readonly Word<FqCodelOptions>[] = [
  { word: 'limit', field: 'limit', read: parseU32 },
  { word: 'flows', field: 'flows', read: parseU32 },
  { word: 'quantum', field: 'quantum', read: parseU32 },
  { word: 'drop_batch', field: 'dropBatch', read: parseU32 },
  { word: 'target', field: 'targetUs', read: parseTime },
  { word: 'ce_threshold', field: 'ceThresholdUs', read: parseTime },
  { word: 'memory_limit', field: 'memoryLimit', read: parseSize },
  { word: 'interval', field: 'intervalUs', read: parseTime },
];
export function parseFqCodel(args: Arguments): FqCodelOptions {
  const draft: Draft<FqCodelOptions> = { kind: 'fq_codel' };
  readWords(args, draft, FQ_CODEL_WORDS, (word) => {
    if (word === 'ecn' || word === 'noecn') draft.ecn = word === 'ecn';
    else if (word === 'ce_threshold_selector') giveUp(FAILED, 'not modelled: fq_codel ce_threshold_selector\n');
    else giveUp(FAILED, `${word === 'help' ? '' : `What is "${word}"?\n`}${FQ_CODEL_USAGE}`);
  });
  return draft;
}

const SFQ_WORDS: readonly Word<SfqOptions>[] = [
  { word: 'quantum', field: 'quantum', read: parseSize, name: 'limit' },
  { word: 'perturb', field: 'perturb', read: (word) => (/^-?\d+$/.test(word) ? Number(word) : undefined) },
  { word: 'limit', field: 'limit', read: parseU32 },
  { word: 'divisor', field: 'divisor', read: parseU32 },
  { word: 'flows', field: 'flows', read: parseU32 },
  { word: 'depth', field: 'depth', read: parseU32, name: 'flows' },
];
const RED_WORDS = new Set(['redflowlimit', 'min', 'max', 'burst', 'avpkt', 'probability', 'ecn', 'harddrop']);
export function parseSfq(args: Arguments): SfqOptions {
  const draft: Draft<SfqOptions> = { kind: 'sfq' };
  readWords(args, draft, SFQ_WORDS, (word) => {
    if (word === 'headdrop') draft.headDrop = true;
    else if (RED_WORDS.has(word)) giveUp(FAILED, `not modelled: sfq ${word}\n`);
    else giveUp(FAILED, `${word === 'help' ? '' : `What is "${word}"?\n`}${SFQ_USAGE}`);
  });
  if (draft.limit === 1) giveUp(FAILED, 'Illegal "limit", must be > 1\n');
  return draft;
}

const PRIORITIES: readonly number[] = [1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1];
export function parsePrio(args: Arguments): PrioOptions {
  let bands = 3;
  const map = [...PRIORITIES];
  let index = -1;
  for (; !args.isAtEnd; args.advance()) {
    const { word } = args;
    if (word === 'bands') {
      const text = args.next();
      bands = /^-?\d+$/.test(text) ? Number(text) : giveUp(FAILED, 'Illegal "bands"\n');
    } else if (word === 'priomap') {
      if (index >= 0) giveUp(FAILED, 'Error: duplicate priomap\n');
      index = 0;
    } else if (word === 'multiqueue') giveUp(FAILED, 'not modelled: prio multiqueue\n');
    else if (word === 'help') giveUp(FAILED, PRIO_USAGE);
    else if (index < 0) giveUp(FAILED, `What is "${word}"?\n${PRIO_USAGE}`);
    else {
      const band = /^\d+$/.test(word) ? Number(word) : giveUp(FAILED, 'Illegal "priomap" element\n');
      if (band >= bands) giveUp(FAILED, '"priomap" element is out of bands\n');
      if (index > 15) giveUp(FAILED, '"priomap" index > TC_PRIO_MAX=15\n');
      map[index++] = band;
    }
  }
  return { kind: 'prio', bands, map };
}

export function printFair(printer: Printer, qdisc: Discipline, hasDetails: boolean): void {
  const number = (key: string, value: number, unit = ''): void => printer.any(key, `${key} ${value}${unit} `, value);
  const time = (key: string, us: number): void => printer.any(key, `${key} ${formatTime(us)} `, us);
  const size = (key: string, bytes: number): void => printer.any(key, `${key} ${formatSize(bytes)} `, bytes);
  if (qdisc instanceof FqCodel) {
    number('limit', qdisc.limit, 'p');
    number('flows', qdisc.flows);
    number('quantum', qdisc.quantum);
    time('target', qdisc.targetUs);
    if (qdisc.ceThresholdUs !== null) time('ce_threshold', qdisc.ceThresholdUs);
    time('interval', qdisc.intervalUs);
    size('memory_limit', qdisc.memoryLimit);
    if (qdisc.ecn) printer.any('ecn', 'ecn ', true);
    if (qdisc.dropBatch !== 0) number('drop_batch', qdisc.dropBatch);
  } else if (qdisc instanceof Sfq) {
    number('limit', qdisc.limit, 'p');
    size('quantum', qdisc.quantum);
    number('depth', qdisc.depth);
    if (qdisc.headDrop) printer.any('headdrop', 'headdrop ', true);
    if (hasDetails) number('flows', qdisc.flows);
    number('divisor', qdisc.divisor);
    if (qdisc.perturb !== 0) number('perturb', qdisc.perturb, 'sec');
  } else if (qdisc instanceof Prio) {
    number('bands', qdisc.bands);
    printer.text('priomap');
    printer.openArray('priomap');
    for (const band of qdisc.map) printer.any(null, ` ${band}`, band);
    printer.closeArray();
    printer.member('multiqueue', false);
  }
}
/** What fq_codel counts besides: nothing ever waits there. */
export function printFairStatistics(printer: Printer, qdisc: Discipline): void {
  if (!(qdisc instanceof FqCodel)) return;
  printer.any('maxpacket', '  maxpacket 0', 0);
  for (const word of ['drop_overlimit', 'new_flow_count', 'ecn_mark']) printer.any(word, ` ${word} 0`, 0);
  printer.newLine();
  printer.any('new_flows_len', '  new_flows_len 0', 0);
  printer.any('old_flows_len', ' old_flows_len 0', 0);
  printer.newLine();
}
