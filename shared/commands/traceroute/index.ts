export { TRACEROUTE_PROGRAMS } from './traceroute.ts';
export { answerOf, sendUdpProbe, type ProbeSettings } from './probe.ts';
