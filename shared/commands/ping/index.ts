export { PING_PROGRAMS } from './ping.ts';
export { icmpText } from './icmp-text.ts';
