/** Sequence numbers: unsigned 32 bits that wrap (RFC 9293 §3.4). `a - b` of two of them as a signed distance. */
export const distance = (a: number, b: number): number => (a - b) | 0;
export const isBefore = (a: number, b: number): boolean => ((a - b) | 0) < 0;
export const isAfter = (a: number, b: number): boolean => ((a - b) | 0) > 0;
export const advance = (seq: number, by: number): number => (seq + by) >>> 0;
