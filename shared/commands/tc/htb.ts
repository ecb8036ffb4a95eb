/** htb: options of the discipline and of its classes, read and shown. Authority: tc/q_htb.c of iproute2 6.1. */
import type { Htb, HtbClass, HtbClassOptions, HtbOptions } from '../../kernel/index.ts';
import type { Arguments } from '../iproute2/arguments.ts';
import { giveUp } from '../iproute2/exit.ts';
import { parseU32 } from '../iproute2/numbers.ts';
import type { Printer } from '../iproute2/printer.ts';
import { formatRate, formatSize, parseRate, parseSize, throughTime } from './quantities.ts';
import { HTB_USAGE } from './usage-filter.ts';

const FAILED = 1;
/** What a class may send at once at the least. */
const MTU = 1600;
const HERTZ = 1e9;
const VERSION = '3.17';

const explain = (text: string): never => giveUp(FAILED, text + HTB_USAGE);
const illegal = (what: string): never => explain(`Illegal "${what}"\n`);

export function parseHtb(args: Arguments): HtbOptions {
  let [defaultClass, rateToQuantum] = [0, 10];
  let directLimit: number | undefined;
  for (; !args.isAtEnd; args.advance()) {
    if (args.begins('r2q')) rateToQuantum = parseU32(args.next()) ?? illegal('r2q');
    else if (args.begins('default')) {
      const word = args.next();
      defaultClass = /^(0x)?[\da-f]+$/i.test(word) ? parseInt(word, 16) : illegal('default');
    } else if (args.begins('debug')) {
      if (!/^[0-3]+$/.test(args.next())) illegal('debug');
    } else if (args.begins('direct_qlen')) directLimit = parseU32(args.next()) ?? illegal('direct_qlen');
    else if (args.begins('offload')) giveUp(FAILED, 'not modelled: htb offload\n');
    else explain(`What is "${args.word}"?\n`);
  }
  return { kind: 'htb', defaultClass, rateToQuantum, ...(directLimit !== undefined && { directLimit }) };
}

export function parseHtbClass(args: Arguments): HtbClassOptions {
  let [rate, ceil, burst, ceilBurst, overhead, mpu, priority, quantum, mtu] = [0, 0, 0, 0, 0, 0, 0, 0, MTU];
  const value = (what: string, parse: (text: string) => number | undefined): number => parse(args.next().split('/', 1)[0] ?? '') ?? illegal(what);
  for (; !args.isAtEnd; args.advance()) {
    const { word } = args;
    if (args.begins('prio')) priority = value('prio', parseU32);
    else if (args.begins('mtu')) mtu = value('mtu', parseU32);
    else if (args.begins('mpu')) mpu = value('mpu', parseU32);
    else if (args.begins('overhead')) overhead = value('overhead', parseU32);
    else if (args.begins('linklayer')) giveUp(FAILED, 'not modelled: htb linklayer\n');
    else if (args.begins('quantum')) quantum = value('quantum', parseU32);
    else if (args.begins('burst') || word === 'buffer' || word === 'maxburst') burst = value('burst', parseSize);
    else if (args.begins('cburst') || word === 'cbuffer' || word === 'cmaxburst') ceilBurst = value('cburst', parseSize);
    else if (word === 'ceil') {
      if (ceil !== 0) giveUp(FAILED, 'Double "ceil" spec\n');
      ceil = value('ceil', parseRate);
    } else if (word === 'rate') {
      if (rate !== 0) giveUp(FAILED, 'Double "rate" spec\n');
      rate = value('rate', parseRate);
    } else explain(`What is "${word}"?\n`);
  }
  if (rate === 0) giveUp(FAILED, '"rate" is required.\n');
  ceil ||= rate;
  burst ||= Math.floor(rate / HERTZ + mtu);
  ceilBurst ||= Math.floor(ceil / HERTZ + mtu);
  return { rate, ceil, burst, ceilBurst, overhead, mpu, priority, quantum };
}

export function printHtb(printer: Printer, { options, directPackets, directLimit }: Htb, hasDetails: boolean): void {
  printer.any('r2q', `r2q ${options.rateToQuantum}`, options.rateToQuantum);
  printer.hex('default', ` default ${options.defaultClass === 0 ? '0' : `0x${options.defaultClass.toString(16)}`}`, options.defaultClass);
  printer.any('direct_packets_stat', ` direct_packets_stat ${directPackets}`, directPackets);
  if (hasDetails) printer.any('ver', ` ver ${VERSION}`, VERSION);
  printer.any('direct_qlen', ` direct_qlen ${directLimit}`, directLimit);
}

export function printHtbClass(printer: Printer, { options, level, quantum }: HtbClass, hasDetails: boolean): void {
  const { rate, ceil, burst, ceilBurst, overhead, mpu, priority } = options;
  const size = (bytes: number, at: number): string => formatSize(throughTime(bytes, at));
  if (level === 0) printer.text(`prio ${priority} ${hasDetails ? `quantum ${quantum} ` : ''}`);
  printer.text(`rate ${formatRate(rate)} ${overhead > 0 ? `overhead ${overhead} ` : ''}ceil ${formatRate(ceil)} `);
  if (!hasDetails) return printer.text(`burst ${size(burst, rate)} cburst ${size(ceilBurst, ceil)} `);
  const limits = (word: string, bytes: number, at: number): string => `${word} ${size(bytes, at)}/1 mpu ${formatSize(mpu)} `;
  printer.text(`linklayer ethernet ${limits('burst', burst, rate)}${limits('cburst', ceilBurst, ceil)}level ${level} `);
}

/** Ticks of 64 nanoseconds. */
const ticks = (nanoseconds: number): number => Math.floor(nanoseconds / 64);
export function printHtbCounters(printer: Printer, { lends, borrows, tokens, ceilTokens }: HtbClass): void {
  printer.text(` lended: ${lends} borrowed: ${borrows} giants: 0\n tokens: ${ticks(tokens)} ctokens: ${ticks(ceilTokens)}\n`);
}
