/** All diagnoses, causes before what may be their consequence: the first that is found is mended first. */
import { ARP_UNANSWERED } from './causes/arp-unanswered.ts';
import { BRIDGE_DOWN } from './causes/bridge-down.ts';
import { BRIDGE_NF_SURPRISE } from './causes/bridge-nf-surprise.ts';
import { CHECKSUM_OFFLOAD } from './causes/checksum-offload.ts';
import { CNI_ON_NAT_INTERFACE } from './causes/cni-on-nat-interface.ts';
import { CNI0_STALE_ADDRESS } from './causes/cni0-stale-address.ts';
import { CONNTRACK_FULL } from './causes/conntrack-full.ts';
import { DNS_BROKEN } from './causes/dns-broken.ts';
import { DUPLICATE_IP } from './causes/duplicate-ip.ts';
import { DUPLICATE_MAC } from './causes/duplicate-mac.ts';
import { FORWARD_DROP } from './causes/forward-drop.ts';
import { HAIRPIN_OFF } from './causes/hairpin-off.ts';
import { INPUT_DROP } from './causes/input-drop.ts';
import { IP_FORWARD_OFF } from './causes/ip-forward-off.ts';
import { IPAM_EXHAUSTED } from './causes/ipam-exhausted.ts';
import { IPIP_BLOCKED } from './causes/ipip-blocked.ts';
import { KUBE_PROXY_CHAINS_MISSING } from './causes/kube-proxy-chains-missing.ts';
import { MASQUERADE_MISSING } from './causes/masquerade-missing.ts';
import { MASQUERADE_POD_TO_POD } from './causes/masquerade-pod-to-pod.ts';
import { MTU_TOO_LARGE } from './causes/mtu-too-large.ts';
import { NETWORK_POLICY } from './causes/network-policy.ts';
import { OVERLAY_PORT_BLOCKED } from './causes/overlay-port-blocked.ts';
import { POD_DEFAULT_ROUTE_MISSING } from './causes/pod-default-route-missing.ts';
import { POD_LINK_DOWN } from './causes/pod-link-down.ts';
import { POD_OUTSIDE_PODCIDR } from './causes/pod-outside-podcidr.ts';
import { PODCIDR_OVERLAP } from './causes/podcidr-overlap.ts';
import { PORT_NOT_IN_BRIDGE } from './causes/port-not-in-bridge.ts';
import { PROXY_ARP_OFF } from './causes/proxy-arp-off.ts';
import { ROUTE_BLACKHOLE_LIVE_POD } from './causes/route-blackhole-live-pod.ts';
import { ROUTE_MISSING } from './causes/route-missing.ts';
import { ROUTE_SHADOWED } from './causes/route-shadowed.ts';
import { ROUTE_WRONG_VIA } from './causes/route-wrong-via.ts';
import { RP_FILTER_DROP } from './causes/rp-filter-drop.ts';
import { SERVICE_NO_ENDPOINTS } from './causes/service-no-endpoints.ts';
import { TCP_BLOCKED_ICMP_OK } from './causes/tcp-blocked-icmp-ok.ts';
import { UNDERLAY_DOWN } from './causes/underlay-down.ts';
import { VETH_PEER_MISSING } from './causes/veth-peer-missing.ts';
import { VXLAN_FDB_MISSING } from './causes/vxlan-fdb-missing.ts';
import { VXLAN_NEIGHBOUR_MISSING } from './causes/vxlan-neighbour-missing.ts';
import { VXLAN_VNI_MISMATCH } from './causes/vxlan-vni-mismatch.ts';
import type { Diagnosis } from './finding.ts';

export const DIAGNOSES: readonly Diagnosis[] = [
  PODCIDR_OVERLAP,
  UNDERLAY_DOWN,
  BRIDGE_DOWN,
  VETH_PEER_MISSING,
  POD_LINK_DOWN,
  CNI0_STALE_ADDRESS,
  POD_OUTSIDE_PODCIDR,
  PORT_NOT_IN_BRIDGE,
  DUPLICATE_IP,
  DUPLICATE_MAC,
  POD_DEFAULT_ROUTE_MISSING,
  PROXY_ARP_OFF,
  IP_FORWARD_OFF,
  CONNTRACK_FULL,
  CNI_ON_NAT_INTERFACE,
  VXLAN_VNI_MISMATCH,
  VXLAN_FDB_MISSING,
  VXLAN_NEIGHBOUR_MISSING,
  ROUTE_BLACKHOLE_LIVE_POD,
  ROUTE_SHADOWED,
  ROUTE_WRONG_VIA,
  ROUTE_MISSING,
  RP_FILTER_DROP,
  OVERLAY_PORT_BLOCKED,
  IPIP_BLOCKED,
  NETWORK_POLICY,
  BRIDGE_NF_SURPRISE,
  DNS_BROKEN,
  TCP_BLOCKED_ICMP_OK,
  INPUT_DROP,
  FORWARD_DROP,
  CHECKSUM_OFFLOAD,
  ARP_UNANSWERED,
  MASQUERADE_MISSING,
  MASQUERADE_POD_TO_POD,
  KUBE_PROXY_CHAINS_MISSING,
  SERVICE_NO_ENDPOINTS,
  HAIRPIN_OFF,
  MTU_TOO_LARGE,
  IPAM_EXHAUSTED,
];
