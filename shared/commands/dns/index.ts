/** dns: messages of the domain name system. */
export { decodeDns, DnsCode, DnsType, encodeDns, type DnsMessage, type DnsRecord } from './message.ts';
