/** States of a connection by the numbers of linux/net/tcp_states.h, as /proc/net/tcp shows them. */
export const TcpState = {
  ESTABLISHED: 1,
  SYN_SENT: 2,
  SYN_RECV: 3,
  FIN_WAIT1: 4,
  FIN_WAIT2: 5,
  TIME_WAIT: 6,
  CLOSE: 7,
  CLOSE_WAIT: 8,
  LAST_ACK: 9,
  LISTEN: 10,
  CLOSING: 11,
} as const;
export type TcpState = (typeof TcpState)[keyof typeof TcpState];

/** Times and bounds of include/net/tcp.h, in microseconds. */
export const RTO_MIN_US = 200_000;
export const RTO_MAX_US = 120e6;
export const RTO_FIRST_US = 1e6;
export const ATO_MIN_US = 40_000;
export const DELAYED_ACK_MAX_US = 200_000;
export const TIME_WAIT_US = 60e6;
/** One tick of the kernel's clock: what a timer set to "now" takes. */
export const JIFFY_US = 1000;
export const FIRST_WINDOW_PACKETS = 10;
export const MAX_QUICK_ACKS = 16;
/** What may wait in a socket to be sent (tcp_sndbuf_expand of a fresh connection). */
export const SEND_BUFFER_BYTES = 69_120;
export const MIN_MSS = 88;
