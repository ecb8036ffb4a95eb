/**
 * Where frames come in (net/core/dev.c, __netif_receive_skb_core): taps, VLAN devices, the rx handler of a bridge or macvlan, then the
 * protocol. One stack serves all namespaces.
 */
import { EtherType, IcmpType, IcmpUnreachable, isIpv6Multicast } from '../wire/index.ts';
import type { Packet } from '../wire/index.ts';
import { ignoresArp, receiveArp } from './arp.ts';
import { describe } from './describe.ts';
import { sendIcmpError } from './ipv4/icmp.ts';
import { receiveIpv4 } from './ipv4/input.ts';
import { receiveIpv6 } from './ipv6/input.ts';
import { sendIcmp6TimeExceeded, sendIcmp6TooBig, sendIcmp6Unreachable } from './ipv6/icmp.ts';
import type { Device, Netns, Skb, Stack } from './model.ts';
import { Iff, PacketType } from './numbers.ts';
import { drop, DEVICE_HOP_US, tap } from './transmit.ts';
import { pingError, pingReply } from './sockets/ping.ts';
import { vlanDeviceOf } from './devices/vlan.ts';

export class LinuxStack implements Stack {
  receive(skb: Skb, device: Device): void {
    device.netns.simulation.charge(DEVICE_HOP_US);
    if ((device.flags & Iff.UP) === 0) {
      device.stats.rxDropped++;
      drop(skb, device.netns, 'DEV_READY', `${device.name} is down`);
      return;
    }
    this.passUp(skb, device);
  }

  passUp(skb: Skb, device: Device): void {
    skb.device = device;
    skb.inDevice = device;
    const { netns } = device;
    skb.atUs = netns.simulation.nowUs;
    if (skb.recorder !== null) skb.step({ kind: 'receive', device: device.name, summary: describe(skb) }, netns);
    if (device.taps.length > 0 || netns.taps.length > 0) tap(skb, device, skb.packetType);
    if (device.ingress !== null && !device.ingress.pass(skb, device)) return;
    this.deliver(skb, device);
  }

  deliver(skb: Skb, device: Device): void {
    const { netns } = device;
    if (skb.vlan >= 0) {
      const vlan = vlanDeviceOf(device, skb.vlanProtocol, skb.vlanId);
      if (vlan !== null) {
        vlan.receive(skb);
        return;
      }
    }
    if (device.rxHandler !== null && device.rxHandler.handleFrame(skb)) return;
    if (skb.vlan >= 0 && skb.vlanId !== 0) {
      drop(skb, netns, 'UNHANDLED_PROTO', `no device for VLAN ${skb.vlanId}`);
      return;
    }
    switch (skb.etherType) {
      case EtherType.IPV4:
        receiveIpv4(skb, device);
        return;
      case EtherType.ARP:
        receiveArp(skb, device);
        return;
      case EtherType.IPV6:
        receiveIpv6(skb, device);
        return;
      default:
        device.stats.rxDropped++;
        drop(skb, netns, 'UNHANDLED_PROTO', `ether type 0x${skb.etherType.toString(16)}`);
    }
  }

  ignores(skb: Skb, device: Device): boolean {
    const { arp, ip6 } = skb;
    if (ip6 !== null) return isIpv6Multicast(ip6.dst) && (device.ipv6 === null || device.ipv6.conf.disable_ipv6 !== 0 || !device.ipv6.groups.has(ip6.dst));
    return arp !== null && device.ipv4 !== null && ignoresArp(arp, device, device.ipv4);
  }

  /** ipv4_link_failure, ip6_link_failure. */
  linkFailure(skb: Skb, device: Device): void {
    if (skb.ip !== null) sendIcmpError(skb, device.netns, IcmpType.UNREACHABLE, IcmpUnreachable.HOST, 0);
    else if (skb.ip6 !== null) sendIcmp6Unreachable(skb, device.netns, 3);
  }
  fragmentationNeeded(skb: Skb, mtu: number): void {
    const netns = skb.dst?.device?.netns;
    if (netns !== undefined && skb.packetType === PacketType.HOST) sendIcmpError(skb, netns, IcmpType.UNREACHABLE, IcmpUnreachable.FRAG_NEEDED, mtu);
  }
  reassemblyTimeout(skb: Skb): void {
    const netns = skb.device?.netns;
    if (netns === undefined) return;
    if (skb.ip6 !== null) sendIcmp6TimeExceeded(skb, netns, 1);
    else sendIcmpError(skb, netns, IcmpType.TIME_EXCEEDED, 1, 0);
  }
  tooBig6(skb: Skb, netns: Netns, mtu: number): void {
    sendIcmp6TooBig(skb, netns, mtu);
  }
  unreachable6(skb: Skb, netns: Netns, code: number): void {
    sendIcmp6Unreachable(skb, netns, code);
  }
  echoReply(skb: Skb): void {
    pingReply(skb);
  }
  echoError(skb: Skb, quoted: Packet): void {
    pingError(skb, quoted);
  }
}
