/** dns: messages of the domain name system, the resolver that asks, and nslookup. */
export { decodeDns, DnsCode, DnsType, encodeDns, type DnsMessage, type DnsRecord } from './message.ts';
export { BUSYBOX_NSLOOKUP } from './nslookup.ts';
export { lookupAddress } from './resolver.ts';
