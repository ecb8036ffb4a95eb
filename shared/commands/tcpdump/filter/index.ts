/** Capture filters, pcap-filter(7): an expression becomes a function over packets. */
export { compileFilter, type PacketFilter } from './parse.ts';
export { FilterError } from './scan.ts';
