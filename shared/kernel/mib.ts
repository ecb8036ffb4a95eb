/**
 * What a network namespace counts about itself (include/uapi/linux/snmp.h): fields bear the names under which /proc/net/snmp, netstat and
 * snmp6 show them. Only counters that something here can move are fields; the others of a table are always zero.
 *
 * Invariant: plain numbers on objects of one shape, so that counting costs an addition.
 */
/** Of IPv4 (Ip and IpExt), of IPv6, and of each device's IPv6 (ipstats_mib). */
export class IpMib {
  InReceives = 0;
  InHdrErrors = 0;
  InTooBigErrors = 0;
  InNoRoutes = 0;
  InAddrErrors = 0;
  InUnknownProtos = 0;
  InDiscards = 0;
  InDelivers = 0;
  /** IPv4 shows it as ForwDatagrams. */
  OutForwDatagrams = 0;
  OutRequests = 0;
  OutDiscards = 0;
  OutNoRoutes = 0;
  ReasmTimeout = 0;
  ReasmReqds = 0;
  ReasmOKs = 0;
  ReasmFails = 0;
  ReasmOverlaps = 0;
  FragOKs = 0;
  FragFails = 0;
  FragCreates = 0;
  InMcastPkts = 0;
  OutMcastPkts = 0;
  InBcastPkts = 0;
  OutBcastPkts = 0;
  InOctets = 0;
  OutOctets = 0;
  InMcastOctets = 0;
  OutMcastOctets = 0;
  InBcastOctets = 0;
  OutBcastOctets = 0;
  InCsumErrors = 0;
  InNoECTPkts = 0;
  InECT1Pkts = 0;
  InECT0Pkts = 0;
  InCEPkts = 0;
  OutTransmits = 0;

  /** A packet has come in. */
  received(length: number, tos: number): void {
    this.InReceives++;
    this.InOctets += length;
    switch (tos & 3) {
      case 0:
        this.InNoECTPkts++;
        return;
      case 1:
        this.InECT1Pkts++;
        return;
      case 2:
        this.InECT0Pkts++;
        return;
      default:
        this.InCEPkts++;
    }
  }
  /** A packet, or a fragment of one, goes to a neighbour. */
  transmitted(length: number): void {
    this.OutTransmits++;
    this.OutOctets += length;
  }
  receivedByGroup(length: number): void {
    this.InMcastPkts++;
    this.InMcastOctets += length;
  }
  transmittedToGroup(length: number): void {
    this.OutMcastPkts++;
    this.OutMcastOctets += length;
  }
  receivedByAll(length: number): void {
    this.InBcastPkts++;
    this.InBcastOctets += length;
  }
  transmittedToAll(length: number): void {
    this.OutBcastPkts++;
    this.OutBcastOctets += length;
  }
}

/** How many messages of each type: a handful of types, so they stand one after the other. */
export class TypeCounts {
  /** Type, count, type, count… */
  private readonly numbers: number[] = [];
  count(type: number): void {
    const { numbers } = this;
    for (let i = 0; i < numbers.length; i += 2) {
      if (numbers[i] !== type) continue;
      numbers[i + 1]!++;
      return;
    }
    numbers.push(type, 1);
  }
  of(type: number): number {
    for (let i = 0; i < this.numbers.length; i += 2) if (this.numbers[i] === type) return this.numbers[i + 1]!;
    return 0;
  }
  /** Those that there were at all, by type. */
  inOrder(): (readonly [type: number, count: number])[] {
    const rows: (readonly [number, number])[] = [];
    for (let i = 0; i < this.numbers.length; i += 2) rows.push([this.numbers[i]!, this.numbers[i + 1]!]);
    return rows.sort((a, b) => a[0] - b[0]);
  }
}

/** ICMP of either family; messages by type (IcmpMsg, Icmp6InType1…). */
export class IcmpMib {
  InMsgs = 0;
  InErrors = 0;
  InCsumErrors = 0;
  OutMsgs = 0;
  OutErrors = 0;
  OutRateLimitGlobal = 0;
  OutRateLimitHost = 0;
  readonly inTypes = new TypeCounts();
  readonly outTypes = new TypeCounts();
  received(type: number): void {
    this.InMsgs++;
    this.inTypes.count(type);
  }
  sent(type: number): void {
    this.OutMsgs++;
    this.outTypes.count(type);
  }
}
export class UdpMib {
  InDatagrams = 0;
  NoPorts = 0;
  InErrors = 0;
  OutDatagrams = 0;
  RcvbufErrors = 0;
  InCsumErrors = 0;
  IgnoredMulti = 0;
}

/** Tcp and TcpExt. What is established now is counted when somebody asks. */
export class TcpMib {
  ActiveOpens = 0;
  PassiveOpens = 0;
  AttemptFails = 0;
  EstabResets = 0;
  InSegs = 0;
  OutSegs = 0;
  RetransSegs = 0;
  InErrs = 0;
  OutRsts = 0;
  InCsumErrors = 0;
  EmbryonicRsts = 0;
  OutOfWindowIcmps = 0;
  ArpFilter = 0;
  TW = 0;
  TWRecycled = 0;
  PAWSEstab = 0;
  DelayedACKs = 0;
  DelayedACKLost = 0;
  ListenOverflows = 0;
  ListenDrops = 0;
  TCPHPHits = 0;
  TCPPureAcks = 0;
  TCPHPAcks = 0;
  TCPSackRecovery = 0;
  TCPLostRetransmit = 0;
  TCPFastRetrans = 0;
  TCPSlowStartRetrans = 0;
  TCPTimeouts = 0;
  TCPLossProbes = 0;
  TCPAbortOnData = 0;
  TCPAbortOnClose = 0;
  TCPAbortOnTimeout = 0;
  IPReversePathFilter = 0;
  TCPReqQFullDrop = 0;
  TCPRcvCoalesce = 0;
  TCPOFOQueue = 0;
  TCPOFOMerge = 0;
  TCPChallengeACK = 0;
  TCPSYNChallenge = 0;
  TCPSynRetrans = 0;
  TCPOrigDataSent = 0;
  TCPKeepAlive = 0;
  TCPWinProbe = 0;
  TCPDelivered = 0;
  TCPRcvQDrop = 0;
  TcpTimeoutRehash = 0;
  TCPFromZeroWindowAdv = 0;
  TCPToZeroWindowAdv = 0;
  TCPWantZeroWindowAdv = 0;
}

/** All counters of a namespace. */
export class Mib {
  readonly ip = new IpMib();
  readonly icmp = new IcmpMib();
  readonly udp = new UdpMib();
  readonly tcp = new TcpMib();
  readonly ip6 = new IpMib();
  readonly icmp6 = new IcmpMib();
  readonly udp6 = new UdpMib();
}

/** Names of plain counters. */
type CounterOf<T> = { [K in keyof T]: T[K] extends number ? K : never }[keyof T];

/** What of a device counts for it alone. */
interface Counting6 {
  readonly ipv6: { readonly mib: IpMib; readonly icmpMib: IcmpMib } | null;
}
/** An IPv6 counter, of the namespace and of the device that the packet is on. */
export function count6(netns: Counting, device: Counting6 | null, counter: CounterOf<IpMib>): void {
  netns.mib.ip6[counter]++;
  const own = device?.ipv6;
  if (own) own.mib[counter]++;
}
interface Counting {
  readonly mib: Mib;
}
/** An ICMPv6 message comes in, or is sent. */
export function countIcmp6(netns: Counting, device: Counting6 | null, type: number, direction: 'received' | 'sent'): void {
  netns.mib.icmp6[direction](type);
  device?.ipv6?.icmpMib[direction](type);
}
/** An IPv6 packet leaves by a device. */
export function countOut6(netns: Counting, device: Counting6, length: number, to: 'one' | 'group'): void {
  const own = device.ipv6;
  netns.mib.ip6.transmitted(length);
  own?.mib.transmitted(length);
  if (to === 'one') return;
  netns.mib.ip6.transmittedToGroup(length);
  own?.mib.transmittedToGroup(length);
}
