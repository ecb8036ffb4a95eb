/**
 * What `netstat -s` says for each counter of /proc/net/snmp, netstat and snmp6. Authority: statistics.c of net-tools 2.10; the order of entries is
 * the program's own, which its binary search depends on (a few stand where it does not find them).
 * A line: counter, kind (- not shown, = always shown, ? unless zero, < and > in a histogram of ICMP), text with # for the number.
 */
export interface Entry {
  readonly counter: string;
  readonly kind: '-' | '=' | '?' | '<' | '>';
  readonly text: string;
}
const entries = (lines: string): readonly Entry[] =>
  lines
    .trim()
    .split('\n')
    .map((line) => {
      const [, counter = '', kind = '', text = ''] = /^([^=?<>-]+)([-=?<>])(.*)$/.exec(line) ?? [];
      return { counter, kind: kind as Entry['kind'], text };
    });

const IP = entries(`
DefaultTTL-Default TTL is #
Forwarding-Forwarding is %s
ForwDatagrams=# forwarded
FragCreates?# fragments created
FragFails?# outgoing packets failed fragmentation
FragOKs?# outgoing packets fragmented ok
InAddrErrors?# with invalid addresses
InDelivers=# incoming packets delivered
InDiscards=# incoming packets discarded
InHdrErrors?# with invalid headers
InReceives=# total packets received
InUnknownProtos?# with unknown protocol
OutDiscards?# outgoing packets dropped
OutNoRoutes?# dropped because of missing route
OutRequests=# requests sent out
ReasmFails?# packet reassemblies failed
ReasmOKs?# packets reassembled ok
ReasmReqds?# reassemblies required
ReasmTimeout?# fragments dropped after timeout
`);
const IP6 = entries(`
Ip6FragCreates?# fragments created
Ip6FragFails?# outgoing packets failed fragmentation
Ip6FragOKs?# outgoing packets fragmented ok
Ip6InAddrErrors?# with invalid addresses
Ip6InDelivers=# incoming packets delivered
Ip6InDiscards=# incoming packets discarded
Ip6InHdrErrors?# with invalid headers
Ip6InMcastPkts?# incoming multicast packets
Ip6InNoRoutes?# incoming packets with no route
Ip6InReceives=# total packets received
Ip6InTooBigErrors?# with packets too big
Ip6InTruncatedPkts?# with truncated packets
Ip6InUnknownProtos?# with unknown protocol
Ip6OutDiscards?# outgoing packets dropped
Ip6OutForwDatagrams=# forwarded
Ip6OutMcastPkts?# outgoing multicast packets
Ip6OutNoRoutes?# dropped because of missing route
Ip6OutRequests=# requests sent out
Ip6ReasmFails?# packet reassemblies failed
Ip6ReasmOKs?# packets reassembled ok
Ip6ReasmReqds?# reassemblies required
Ip6ReasmTimeout?# fragments dropped after timeout
`);
const ICMP = entries(`
InAddrMaskReps<address mask replies: #
InAddrMasks<address mask request: #
InDestUnreachs<destination unreachable: #
InEchoReps<echo replies: #
InEchos<echo requests: #
InErrors=# input ICMP message failed
InMsgs=# ICMP messages received
InParmProbs<wrong parameters: #
InRedirects<redirects: #
InSrcQuenchs<source quenches: #
InTimeExcds<timeout in transit: #
InTimestampReps<timestamp reply: #
InTimestamps<timestamp request: #
OutAddrMaskReps>address mask replies: #
OutAddrMasks>address mask requests: #
OutDestUnreachs>destination unreachable: #
OutEchoReps>echo replies: #
OutEchos>echo requests: #
OutErrors=# ICMP messages failed
OutMsgs=# ICMP messages sent
OutParmProbs>wrong parameters: #
OutRedirects>redirect: #
OutSrcQuenchs>source quench: #
OutTimeExcds>time exceeded: #
OutTimestampReps>timestamp replies: #
OutTimestamps>timestamp requests: #
`);
const ICMP6 = entries(`
Icmp6InDestUnreachs<destination unreachable: #
Icmp6InEchoReplies<echo replies: #
Icmp6InEchos<echo requests: #
Icmp6InErrors=# input ICMP message failed
Icmp6InGroupMembQueries<group member queries: #
Icmp6InGroupMembReductions<group member reductions: #
Icmp6InGroupMembResponses<group member responses: #
Icmp6InMsgs=# ICMP messages received
Icmp6InNeighborAdvertisements<neighbour advertisement: #
Icmp6InNeighborSolicits<neighbour solicits: #
Icmp6InParmProblems<parameter problem: #
Icmp6InPktTooBigs<packets too big: #
Icmp6InRedirects<redirects: #
Icmp6InRouterAdvertisements<router advertisement: #
Icmp6InRouterSolicits<router solicits: #
Icmp6InTimeExcds<received ICMPv6 time exceeded: #
Icmp6OutDestUnreachs>destination unreachable: #
Icmp6OutEchoReplies>echo replies: #
Icmp6OutEchos>echo requests: #
Icmp6OutGroupMembQueries>group member queries: #
Icmp6OutGroupMembReductions>group member reductions: #
Icmp6OutGroupMembResponses>group member responses: #
Icmp6OutMsgs=# ICMP messages sent
Icmp6OutNeighborAdvertisements>neighbor advertisements: #
Icmp6OutNeighborSolicits>neighbor solicits: #
Icmp6OutParmProblems>parameter problem: #
Icmp6OutPktTooBigs>packets too big: #
Icmp6OutRedirects>redirects: #
Icmp6OutRouterAdvertisements >router advertisement: #
Icmp6OutRouterSolicits>router solicits: #
Icmp6OutTimeExcds>sent ICMPv6 time exceeded: #
`);
const TCP = entries(`
ActiveOpens=# active connection openings
AttemptFails=# failed connection attempts
CurrEstab=# connections established
EstabResets=# connection resets received
InErrs=# bad segments received
InSegs=# segments received
MaxConn=
OutRsts=# resets sent
OutSegs=# segments sent out
PassiveOpens=# passive connection openings
RetransSegs=# segments retransmitted
RtoAlgorithm-RTO algorithm is %s
RtoMax=
RtoMin=
`);
const UDP = entries(`
InDatagrams=# packets received
InErrors=# packet receive errors
NoPorts=# packets to unknown port received
OutDatagrams=# packets sent
RcvbufErrors=# receive buffer errors
SndbufErrors=# send buffer errors
`);
const UDP6 = entries(`
Udp6InDatagrams=# packets received
Udp6InErrors=# packet receive errors
Udp6NoPorts=# packets to unknown port received
Udp6OutDatagrams=# packets sent
`);
const TCP_EXT = entries(`
DelayedACKLocked?# delayed acks further delayed because of locked socket
DelayedACKLost?Quick ack mode was activated # times
DelayedACKs?# delayed acks sent
EmbryonicRsts?# resets received for embryonic SYN_RECV sockets
ListenDrops?# SYNs to LISTEN sockets dropped
ListenOverflows?# times the listen queue of a socket overflowed
LockDroppedIcmps?# ICMP packets dropped because socket was locked
OfoPruned?# packets dropped from out-of-order queue because of socket buffer overrun
OutOfWindowIcmps?# ICMP packets dropped because they were out-of-window
PAWSActive?# active connections rejected because of time stamp
PAWSEstab?# packets rejected in established connections because of timestamp
PAWSPassive?# passive connections rejected because of time stamp
PruneCalled?# packets pruned from receive queue because of socket buffer overrun
RcvPruned?# packets pruned from receive queue
SockMallocOOM?Ran # times out of system memory during packet sending
SyncookiesFailed?# invalid SYN cookies received
SyncookiesRecv?# SYN cookies received
SyncookiesSent?# SYN cookies sent
TCPAbortFailed?# times unable to send RST due to no memory
TCPAbortOnClose?# connections reset due to early user close
TCPAbortOnData?# connections reset due to unexpected data
TCPAbortOnLinger?# connections aborted after user close in linger timeout
TCPAbortOnMemory?# connections aborted due to memory pressure
TCPAbortOnSyn?# connections reset due to unexpected SYN
TCPAbortOnTimeout?# connections aborted due to timeout
TCPDirectCopyFromBacklog?# bytes directly in process context from backlog
TCPDirectCopyFromPrequeue?# bytes directly received in process context from prequeue
TCPDSACKOfoRecv?# DSACKs for out of order packets received
TCPDSACKOfoSent?# DSACKs sent for out of order packets
TCPDSACKOldSent?# DSACKs sent for old packets
TCPDSACKRecv?# DSACKs received
TCPDSackUndo?# congestion window recovered without slow start using DSACK
TCPDSACKUndo?# congestion windows recovered without slow start by DSACK
TCPFACKReorder?Detected reordering # times using FACK
TCPFastRetrans?# fast retransmits
TCPForwardRetrans?# forward retransmits
TCPFullUndo?# congestion windows fully recovered without slow start
TCPHPAcks?# predicted acknowledgments
TCPHPHits=# packet headers predicted
TCPHPHitsToUser?# packet headers predicted and directly queued to user
TCPLoss?# TCP data loss events
TCPLossUndo?# congestion windows recovered without slow start after partial ack
TCPLostRetransmits?# retransmits lost
TCPMemoryPressures?TCP ran low on memory # times
TCPPartialUndo?# congestion windows partially recovered using Hoe heuristic
TCPPrequeued?# packets directly queued to recvmsg prequeue
TCPPrequeueDropped?# packets dropped from prequeue
TCPPureAcks?# acknowledgments not containing data payload received
TCPRcvCollapsed?# packets collapsed in receive queue due to low socket buffer
TCPRenoRecoveryFailed?# reno fast retransmits failed
TCPRenoRecoveryFail?# classic Reno fast retransmits failed
TCPRenoRecovery?# times recovered from packet loss due to fast retransmit
TCPRenoReorder?Detected reordering # times using reno fast retransmit
TCPSackRecoveryFail?# SACK retransmits failed
TCPSackRecovery?# times recovered from packet loss by selective acknowledgements
TCPSACKReneging?# bad SACK blocks received
TCPSACKReorder?Detected reordering # times using SACK
TCPSchedulerFailed?# times receiver scheduled too late for direct processing
TCPSlowStartRetrans?# retransmits in slow start
TCPTimeouts?# other TCP timeouts
TCPTSReorder?Detected reordering # times using time stamp
TWKilled?# TCP sockets finished time wait in slow timer
TW?# TCP sockets finished time wait in fast timer
TWRecycled?# time wait sockets recycled by time stamp
`);

/** Tables by the word that begins their lines, and the option that asks for them. */
export interface Table {
  readonly entries: readonly Entry[];
  readonly asked: 'raw' | 'tcp' | 'udp' | 'sctp';
}
export const TABLES: ReadonlyMap<string, Table> = new Map<string, Table>([
  ['Ip', { entries: IP, asked: 'raw' }],
  ['Icmp', { entries: ICMP, asked: 'raw' }],
  ['Tcp', { entries: TCP, asked: 'tcp' }],
  ['Udp', { entries: UDP, asked: 'udp' }],
  ['TcpExt', { entries: TCP_EXT, asked: 'tcp' }],
]);
export const TABLES6: ReadonlyMap<string, Table> = new Map<string, Table>([
  ['Ip6', { entries: IP6, asked: 'raw' }],
  ['Icmp6', { entries: ICMP6, asked: 'raw' }],
  ['Udp6', { entries: UDP6, asked: 'udp' }],
  ['Tcp6', { entries: TCP, asked: 'tcp' }],
]);
