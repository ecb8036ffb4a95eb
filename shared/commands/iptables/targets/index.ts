/** The target extensions that are modelled, by the name that `-j` takes. */
import type { TargetExtension } from '../extension.ts';
import { ct, notrack } from './ct.ts';
import { checksum, classify, dscp, hl, tcpmss, tos, trace, ttl } from './header.ts';
import { hmark } from './hmark.ts';
import { log, nflog } from './log.ts';
import { connmark, mark } from './mark.ts';
import { dnat, masquerade, netmap, redirect, snat } from './nat.ts';
import { reject } from './reject.ts';
import { audit, connsecmark, dnpt, ecn, idletimer, led, nfqueue, secmark, snpt, tcpoptstrip, tee, tproxy } from './seldom.ts';
import { set } from './set.ts';

export const TARGETS: readonly TargetExtension[] = [
  audit,
  checksum,
  classify,
  connmark,
  connsecmark,
  ct,
  dnat,
  dnpt,
  dscp,
  ecn,
  hl,
  hmark,
  idletimer,
  led,
  log,
  mark,
  masquerade,
  netmap,
  nflog,
  nfqueue,
  notrack,
  redirect,
  reject,
  secmark,
  set,
  snat,
  snpt,
  tcpmss,
  tcpoptstrip,
  tee,
  tos,
  tproxy,
  trace,
  ttl,
];

/** What Debian's iptables has besides: naming one of these says `not modelled`. */
export const UNMODELLED_TARGETS: readonly string[] = ['CLUSTERIP', 'RATEEST', 'SYNPROXY', 'ULOG'];
