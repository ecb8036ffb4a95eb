/** tcpdump 4.99.3 with libpcap 1.10.3, over packet sockets: prints as packets come, reads and writes capture files. */
export { TCPDUMP_PROGRAMS } from './tcpdump.ts';
