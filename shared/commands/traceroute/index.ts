export { TRACEROUTE_PROGRAMS } from './traceroute.ts';
export { answerOf, openUdp, sendProbe, type ProbeSettings } from './probe.ts';
