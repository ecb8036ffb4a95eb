/** The target extensions that are modelled, by the name that `-j` takes. */
import type { TargetExtension } from '../extension.ts';
import { ct, notrack } from './ct.ts';
import { checksum, classify, dscp, hl, tcpmss, tos, trace, ttl } from './header.ts';
import { log, nflog } from './log.ts';
import { connmark, mark } from './mark.ts';
import { dnat, masquerade, netmap, redirect, snat } from './nat.ts';
import { reject } from './reject.ts';
import { set } from './set.ts';

export const TARGETS: readonly TargetExtension[] = [
  checksum,
  classify,
  connmark,
  ct,
  dnat,
  dscp,
  hl,
  log,
  mark,
  masquerade,
  netmap,
  nflog,
  notrack,
  redirect,
  reject,
  set,
  snat,
  tcpmss,
  tos,
  trace,
  ttl,
];

/** What Debian's iptables has besides: naming one of these says `not modelled`. */
export const UNMODELLED_TARGETS: readonly string[] = [
  'AUDIT',
  'CLUSTERIP',
  'CONNSECMARK',
  'DNPT',
  'ECN',
  'HMARK',
  'IDLETIMER',
  'LED',
  'NFQUEUE',
  'RATEEST',
  'SECMARK',
  'SNPT',
  'SYNPROXY',
  'TCPOPTSTRIP',
  'TEE',
  'TPROXY',
  'ULOG',
];
