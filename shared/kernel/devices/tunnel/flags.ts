/** Numbers that both ends of a tunnel share. */

/** Bits of iflags and oflags (linux/if_tunnel.h). */
export const TunnelFlag = { CSUM: 0x8000, KEY: 0x2000, SEQ: 0x1000 } as const;
/** IPV4_MIN_MTU, IPV6_MIN_MTU. */
export const MINIMUM_MTU4 = 68;
export const MINIMUM_MTU6 = 1280;
