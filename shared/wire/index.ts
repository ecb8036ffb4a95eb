/**
 * wire: what a frame is. Addresses with their text forms, packets as structured mutable objects, their exact bytes, capture files.
 * Knows no devices, no sockets and no time.
 *
 *     const packet = decodeFrame(bytes);          // packet.ip?.src, packet.icmp?.type, packet.payload
 *     packet.ip!.ttl--;
 *     const again = encodeFrame(packet);          // checksums and lengths of -1 are filled in
 *     formatIpv4(packet.ip!.dst)                  // '10.0.0.1'
 */
export * from './address.ts';
export * from './checksum.ts';
export * from './decode.ts';
export * from './encode.ts';
export * from './packet.ts';
export * from './pcap.ts';
