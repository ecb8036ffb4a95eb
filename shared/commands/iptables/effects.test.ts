/** Goal: rules do to packets what Linux does: verdicts, counters, translation, states, as seen by sockets and by iptables -L -v. */
import { describe, expect, it } from 'vitest';
import { IpProtocol, formatIpv4 } from '../../wire/index.ts';
import { netfilterOf, ORIGINAL, RawSocket, REPLY, TraceableSend, UdpSocket, kernelLog, type Netns } from '../../kernel/index.ts';
import { address, iptables, routed, type Routed } from './routed.fixture.ts';
