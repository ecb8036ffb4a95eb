#!/usr/bin/env python3
"""Makes frames.txt: one frame a line, `name hex`. Written by hand from the RFCs, so that it owes nothing to our own encoders."""
import struct

def mac(n): return bytes([2, 0, 0, 0, 0, n])
def ip(text): return bytes(int(x) for x in text.split('.'))
def fold(data):
    if len(data) % 2: data += b'\0'
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    while total > 0xffff: total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff
def ether(kind, payload, src=1, dst=2, tags=b''): return mac(dst) + mac(src) + tags + struct.pack('>H', kind) + payload
def ip4(proto, payload, src='10.0.0.1', dst='10.0.0.2', ttl=64, tos=0, ident=7, flags=0x4000, options=b'', bad=0):
    head = struct.pack('>BBHHHBBH', 0x45 + len(options) // 4, tos, 20 + len(options) + len(payload), ident, flags, ttl, proto, 0) + ip(src) + ip(dst) + options
    sum_ = (fold(head) + bad) & 0xffff
    return head[:10] + struct.pack('>H', sum_) + head[12:] + payload
def a6(text):
    import socket
    return socket.inet_pton(socket.AF_INET6, text)
def ip6(nxt, payload, src='fd00::1', dst='fd00::2', hlim=64, label=0, cls=0):
    return struct.pack('>IHBB', 6 << 28 | cls << 20 | label, len(payload), nxt, hlim) + a6(src) + a6(dst) + payload
def pseudo(src, dst, proto, data):
    if ':' in src: return a6(src) + a6(dst) + struct.pack('>IHBB', len(data), 0, 0, proto)
    return ip(src) + ip(dst) + struct.pack('>BBH', 0, proto, len(data))
def udp(sport, dport, data, src='10.0.0.1', dst='10.0.0.2', sum_=None):
    raw = struct.pack('>HHHH', sport, dport, 8 + len(data), 0) + data
    s = fold(pseudo(src, dst, 17, raw) + raw) if sum_ is None else sum_
    return raw[:6] + struct.pack('>H', s) + raw[8:]
def tcp(sport, dport, flags, data=b'', seq=1000, ack=0, win=64240, options=b'', src='10.0.0.1', dst='10.0.0.2', bad=0, urg=0):
    raw = struct.pack('>HHIIBBHHH', sport, dport, seq, ack, (20 + len(options)) // 4 << 4, flags, win, 0, urg) + options + data
    s = (fold(pseudo(src, dst, 6, raw) + raw) + bad) & 0xffff
    return raw[:16] + struct.pack('>H', s) + raw[18:]
def icmp(kind, code, rest, data=b'', bad=0):
    raw = struct.pack('>BBH', kind, code, 0) + rest + data
    return raw[:2] + struct.pack('>H', (fold(raw) + bad) & 0xffff) + raw[4:]
def icmp6(kind, code, rest, src='fd00::1', dst='fd00::2'):
    raw = struct.pack('>BBH', kind, code, 0) + rest
    return raw[:2] + struct.pack('>H', fold(pseudo(src, dst, 58, raw) + raw)) + raw[4:]
def six(kind, code, rest, src='fd00::1', dst='fd00::2', hlim=255, **more): return ether(0x86dd, ip6(58, icmp6(kind, code, rest, src, dst), src, dst, hlim, **more))
def name(text): return b''.join(bytes([len(x)]) + x.encode() for x in text.split('.') if x) + b'\0'
def dns(ident, flags, qd=(), an=(), ns=(), ar=()):
    body = struct.pack('>HHHHHH', ident, flags, len(qd), len(an), len(ns), len(ar))
    for n, t in qd: body += name(n) + struct.pack('>HH', t, 1)
    for n, t, ttl, data in (*an, *ns, *ar): body += n + struct.pack('>HHIH', t, 1, ttl, len(data)) + data
    return body
def arp(op, sha, spa, tha, tpa): return struct.pack('>HHBBH', 1, 0x800, 6, 4, op) + sha + ip(spa) + tha + ip(tpa)
ZERO = b'\0' * 6
OUT = []
def frame(title, data): OUT.append('%s %s' % (title, data.hex()))
def v4(title, proto, payload, **more): frame(title, ether(0x800, ip4(proto, payload, **more)))

# link
frame('arp-request', ether(0x806, arp(1, mac(1), '10.0.0.1', ZERO, '10.0.0.2')))
frame('arp-reply', ether(0x806, arp(2, mac(2), '10.0.0.2', mac(1), '10.0.0.1')))
frame('arp-probe', ether(0x806, arp(1, mac(1), '0.0.0.0', ZERO, '10.0.0.2')))
frame('arp-announce', ether(0x806, arp(1, mac(1), '10.0.0.1', b'\xff' * 6, '10.0.0.1')))
frame('arp-padded', ether(0x806, arp(2, mac(2), '10.0.0.2', mac(1), '10.0.0.1') + b'\0' * 18))
frame('arp-odd-operation', ether(0x806, arp(25, mac(2), '10.0.0.2', mac(1), '10.0.0.1')))
frame('rarp', ether(0x8035, arp(3, mac(1), '0.0.0.0', mac(1), '0.0.0.0')))
frame('arp-cut', ether(0x806, arp(1, mac(1), '10.0.0.1', ZERO, '10.0.0.2')[:20]))
ping = ip4(1, icmp(8, 0, struct.pack('>HH', 77, 1), b'abcdefgh'))
frame('vlan', ether(0x800, ping, tags=struct.pack('>HH', 0x8100, 5)))
frame('vlan-priority', ether(0x800, ping, tags=struct.pack('>HH', 0x8100, 0x7005)))
frame('vlan-arp', ether(0x806, arp(1, mac(1), '10.0.0.1', ZERO, '10.0.0.2'), tags=struct.pack('>HH', 0x8100, 42)))
frame('qinq', ether(0x800, ping, tags=struct.pack('>HHHH', 0x88a8, 5, 0x8100, 6)))
frame('unknown-type', ether(0x88b5, b'hello, who are you?'))
bridge = struct.pack('>H', 0x8000) + mac(0xb)
bpdu = b'\x42\x42\x03' + struct.pack('>HBBB', 0, 0, 0, 0) + bridge + struct.pack('>I', 0) + bridge + struct.pack('>HHHHH', 0x8001, 0, 20 * 256, 2 * 256, 15 * 256)
frame('stp', ether(len(bpdu), bpdu + b'\0' * 8))
change = bpdu[:7] + b'\x81' + bpdu[8:16] + struct.pack('>I', 4) + bpdu[20:]
frame('stp-change', ether(len(change), change))
rapid = b'\x42\x42\x03' + struct.pack('>HBBB', 0, 2, 2, 0x3c) + bridge + struct.pack('>I', 20000) + bridge + struct.pack('>HHHHHB', 0x8002, 256, 20 * 256, 2 * 256, 15 * 256, 0)
frame('rstp', ether(len(rapid), rapid))
tcn = b'\x42\x42\x03' + struct.pack('>HBB', 0, 0, 0x80)
frame('stp-tcn', ether(len(tcn), tcn))
frame('llc-xid', ether(6, b'\x00\x01\xaf\x81\x01\x00' + b'\0' * 40))
frame('llc-ui', ether(8, b'\xf0\xf0\x03hello'))

# icmp
echo = struct.pack('>HH', 77, 1)
v4('ping', 1, icmp(8, 0, echo, b'x' * 56))
v4('pong', 1, icmp(0, 0, echo, b'x' * 56), flags=0, ttl=63)
v4('ping-bad-sum', 1, icmp(8, 0, echo, b'x' * 56, bad=1))
v4('ping-tos', 1, icmp(8, 0, echo), tos=0x10)
v4('ping-ce', 1, icmp(8, 0, echo), tos=0xb9 | 3)
v4('ping-ect', 1, icmp(8, 0, echo), tos=0x02)
v4('ip-bad-sum', 1, icmp(8, 0, echo), bad=5)
v4('ping-record-route', 1, icmp(8, 0, echo), options=b'\x07\x0b\x08\x0a\x00\x00\x01\0\0\0\0\0')
v4('router-alert', 2, struct.pack('>BBHI', 0x16, 0, 0xf8fe - 0x0300, 0xe0010203) , dst='224.1.2.3', ttl=1, options=b'\x94\x04\0\0')
v4('first-fragment', 1, icmp(8, 0, echo, b'x' * 64), flags=0x2000)
v4('middle-fragment', 1, b'x' * 64, flags=0x2000 | 9)
v4('last-fragment', 17, b'x' * 30, flags=18)
v4('udp-first-fragment', 17, udp(5000, 6000, b'x' * 64), flags=0x2000)
quoted_udp = ip4(17, udp(5000, 99, b'hello'))
quoted_tcp = ip4(6, tcp(5000, 80, 2))
for code in range(0, 17):
    v4('unreachable-%d' % code, 1, icmp(3, code, struct.pack('>HH', 0, 1400 if code == 4 else 0), quoted_udp), flags=0, tos=0xc0)
v4('unreachable-tcp-port', 1, icmp(3, 3, b'\0' * 4, quoted_tcp), flags=0)
v4('unreachable-icmp', 1, icmp(3, 3, b'\0' * 4, ping), flags=0)
v4('unreachable-short', 1, icmp(3, 3, b'\0' * 4, quoted_udp[:28]), flags=0)
v4('need-frag-no-mtu', 1, icmp(3, 4, b'\0' * 4, quoted_udp), flags=0)
v4('time-exceeded', 1, icmp(11, 0, b'\0' * 4, quoted_udp), flags=0, tos=0xc0)
v4('reassembly-exceeded', 1, icmp(11, 1, b'\0' * 4, quoted_udp), flags=0)
for code in range(0, 4): v4('redirect-%d' % code, 1, icmp(5, code, ip('10.0.0.254'), quoted_udp), flags=0)
v4('parameter-problem', 1, icmp(12, 0, b'\x09\0\0\0', quoted_udp), flags=0)
v4('parameter-problem-1', 1, icmp(12, 1, b'\0\0\0\0', quoted_udp), flags=0)
v4('source-quench', 1, icmp(4, 0, b'\0' * 4, quoted_udp), flags=0)
v4('timestamp', 1, icmp(13, 0, echo, b'\0' * 12))
v4('timestamp-reply', 1, icmp(14, 0, echo, struct.pack('>III', 3723004, 3723005, 3723006)))
v4('router-solicit', 1, icmp(10, 0, b'\0' * 4))
v4('icmp-unknown', 1, icmp(40, 0, b'\0' * 4))
# igmp
def igmp(raw): return raw[:2] + struct.pack('>H', fold(raw)) + raw[4:]
v4('igmp-query-2', 2, igmp(b'\x11\x64\0\0' + ip('0.0.0.0')), ttl=1, dst='224.0.0.1')
v4('igmp-query-2-group', 2, igmp(b'\x11\x0a\0\0' + ip('224.1.2.3')), ttl=1, dst='224.1.2.3')
v4('igmp-query-3', 2, igmp(b'\x11\x64\0\0' + ip('0.0.0.0') + b'\x02\x7d\0\0'), ttl=1, dst='224.0.0.1')
v4('igmp-report-2', 2, igmp(b'\x16\0\0\0' + ip('224.1.2.3')), ttl=1, dst='224.1.2.3')
v4('igmp-leave', 2, igmp(b'\x17\0\0\0' + ip('224.1.2.3')), ttl=1, dst='224.0.0.2')
v4('igmp-report-3', 2, igmp(b'\x22\0\0\0\0\0\0\x01\x04\0\0\0' + ip('224.1.2.3')), ttl=1, dst='224.0.0.22', options=b'\x94\x04\0\0')
# udp
v4('udp', 17, udp(5000, 6000, b'hello\n'))
v4('udp-no-sum', 17, udp(5000, 6000, b'hello\n', sum_=0))
v4('udp-bad-sum', 17, udp(5000, 6000, b'hello\n', sum_=0x1234))
v4('udp-service', 17, udp(5000, 1194, b'hello\n'))
v4('udp-broadcast', 17, udp(5000, 6000, b''), dst='10.0.0.255')
# dns
q = ('httpd.default.svc.cluster.local', 1)
ptr = b'\xc0\x0c'
v4('dns-a', 17, udp(40000, 53, dns(0x1234, 0x0100, [q])))
v4('dns-aaaa', 17, udp(40000, 53, dns(0x1235, 0x0100, [(q[0], 28)])))
v4('dns-edns', 17, udp(40000, 53, dns(0x1236, 0x0120, [('example.org', 1)], ar=[(b'\0', 41, 0, b'')])))
v4('dns-answer', 17, udp(53, 40000, dns(0x1234, 0x8580, [q], [(ptr, 1, 30, ip('10.96.0.7'))])))
v4('dns-two', 17, udp(53, 40000, dns(0x1234, 0x8180, [('www.example.org', 1)], [(ptr, 5, 3600, name('example.org')), (name('example.org'), 1, 90061, ip('192.0.2.1'))])))
v4('dns-nxdomain', 17, udp(53, 40000, dns(0x1234, 0x8583, [q], ns=[(name('cluster.local'), 6, 30, name('ns.dns.cluster.local') + name('hostmaster.cluster.local') + struct.pack('>IIIII', 1, 7200, 1800, 86400, 30))])))
v4('dns-servfail', 17, udp(53, 40000, dns(0x1234, 0x8182, [q])))
v4('dns-refused', 17, udp(53, 40000, dns(0x1234, 0x8105, [q])))
v4('dns-ptr', 17, udp(40000, 53, dns(9, 0x0100, [('7.0.96.10.in-addr.arpa', 12)])))
v4('dns-ptr-answer', 17, udp(53, 40000, dns(9, 0x8580, [('7.0.96.10.in-addr.arpa', 12)], [(ptr, 12, 5, name('httpd.default.svc.cluster.local'))])))
v4('dns-srv', 17, udp(53, 40000, dns(9, 0x8580, [('_http._tcp.x.local', 33)], [(ptr, 33, 5, struct.pack('>HHH', 0, 100, 80) + name('a.x.local'))])))
v4('dns-txt', 17, udp(53, 40000, dns(9, 0x8580, [('x.local', 16)], [(ptr, 16, 5, b'\x05hello\x05world')])))
v4('dns-mx', 17, udp(53, 40000, dns(9, 0x8580, [('x.local', 15)], [(ptr, 15, 5, b'\0\x0a' + name('mail.x.local'))])))
v4('dns-aaaa-answer', 17, udp(53, 40000, dns(9, 0x8580, [('x.local', 28)], [(ptr, 28, 5, a6('2001:db8::7'))])))
v4('dns-short', 17, udp(40000, 53, b'hi\n'))
v4('dns-cut', 17, udp(40000, 53, dns(0x1234, 0x0100, [q])[:30]))
v4('dns-loop', 17, udp(53, 40000, dns(9, 0x8580, [('x.local', 1)], [(b'\xc0\xff', 1, 5, ip('1.2.3.4'))])))
v4('dns-root', 17, udp(40000, 53, dns(9, 0x0000, [('', 2)])))
v4('mdns', 17, udp(5353, 5353, dns(0, 0, [('printer.local', 1)])), dst='224.0.0.251')
# tcp
OPTS = b'\x02\x04\x05\xb4\x04\x02\x08\x0a' + struct.pack('>II', 1111, 0) + b'\x01\x03\x03\x07'
TS = b'\x01\x01\x08\x0a' + struct.pack('>II', 2222, 1111)
def pair(title, there, **more): v4(title, 6, tcp(**({'sport': 40000, 'dport': 80, 'src': '10.0.0.1', 'dst': '10.0.0.2'} if there else {'sport': 80, 'dport': 40000, 'src': '10.0.0.2', 'dst': '10.0.0.1'}), **more), **({} if there else {'src': '10.0.0.2', 'dst': '10.0.0.1'}))
pair('tcp-syn', True, flags=2, options=OPTS, seq=5000)
pair('tcp-synack', False, flags=0x12, options=OPTS, seq=9000, ack=5001)
pair('tcp-ack', True, flags=0x10, options=TS, seq=5001, ack=9001)
pair('http-get', True, flags=0x18, options=TS, seq=5001, ack=9001, data=b'GET / HTTP/1.1\r\nHost: 10.0.0.2\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n')
pair('http-ok', False, flags=0x18, options=TS, seq=9001, ack=5074, data=b'HTTP/1.1 200 OK\r\nServer: Apache/2.4.62 (Unix)\r\nContent-Length: 45\r\n\r\n<html><body><h1>It works!</h1></body></html>\n')
pair('http-body', False, flags=0x18, options=TS, seq=9200, ack=5074, data=b'<p>more of it</p>\n')
pair('http-cut', True, flags=0x18, options=TS, seq=5074, ack=9300, data=b'GET /long')
pair('http-binary', True, flags=0x18, seq=5083, ack=9300, data=b'POST /x HTTP/1.1\r\nA: b\r\n\r\n\x00\x01\x02')
pair('tcp-fin', True, flags=0x11, options=TS, seq=5200, ack=9300)
pair('tcp-rst', False, flags=0x14, seq=9300, ack=5201, win=0)
pair('tcp-rst-data', False, flags=0x14, seq=9300, ack=5201, win=0, data=b'go away')
pair('tcp-sack', True, flags=0x10, seq=5201, ack=9300, options=b'\x01\x01\x05\x0a' + struct.pack('>II', 9400, 9500))
pair('tcp-urg', True, flags=0x38, seq=5201, ack=9300, data=b'!', urg=1)
pair('tcp-ecn', True, flags=0xc2, seq=5201, options=b'\x02\x04\x05\xb4')
pair('tcp-none', True, flags=0, seq=1)
pair('tcp-bad-sum', True, flags=0x10, seq=5201, ack=9300, bad=1)
pair('tcp-bad-option', True, flags=0x10, seq=5201, ack=9300, options=b'\x02\x09\x01\x01')
pair('tcp-unknown-option', True, flags=0x10, seq=5201, ack=9300, options=b'\xfd\x06\xaa\xbb\xcc\xdd\x00\x00')
v4('tcp-data', 6, tcp(40000, 9000, 0x18, b'hello\n', seq=1, ack=1))
v4('tcp-services', 6, tcp(22, 443, 0x10, seq=1, ack=1))
v4('ssh', 6, tcp(40000, 22, 0x18, b'SSH-2.0-OpenSSH_9.2p1\r\n', seq=1, ack=1))
v4('smtp', 6, tcp(25, 40000, 0x18, b'220 mail.example.org ESMTP\r\n', seq=1, ack=1))
v4('dns-tcp', 6, tcp(40000, 53, 0x18, struct.pack('>H', len(dns(5, 0x100, [('example.org', 1)]))) + dns(5, 0x100, [('example.org', 1)]), seq=1, ack=1))
# tunnels
inner = ether(0x800, ping, src=0x11, dst=0x12)
v4('vxlan', 17, udp(50000, 4789, b'\x08\0\0\0\0\0\x4d\0' + inner, sum_=0))
v4('vxlan-arp', 17, udp(50000, 4789, b'\x08\0\0\0\0\0\x01\0' + ether(0x806, arp(1, mac(1), '10.0.0.1', ZERO, '10.0.0.2')), sum_=0))
v4('flannel-vxlan', 17, udp(50000, 8472, b'\x08\0\0\0\0\0\x01\0' + inner, sum_=0))
v4('ipip', 4, ip4(1, icmp(8, 0, echo), src='10.6.0.1', dst='10.6.0.2'))
v4('ipip-udp', 4, ip4(17, udp(5000, 6000, b'x', src='10.6.0.1', dst='10.6.0.2'), src='10.6.0.1', dst='10.6.0.2'))
v4('sit', 41, ip6(58, icmp6(128, 0, echo)))
v4('gre', 47, b'\0\0\x08\0' + ping)
v4('gre-key', 47, b'\x20\0\x08\0\0\0\0\x2a' + ping)
v4('gre-all', 47, b'\xb0\0\x08\0\x12\x34\0\0\0\0\0\x2a\0\0\0\x09' + ping)
v4('gre-tap', 47, b'\0\0\x65\x58' + inner)
v4('gre-ip6', 47, b'\0\0\x86\xdd' + ip6(58, icmp6(128, 0, echo)))
v4('gre-unknown', 47, b'\0\0\x12\x34hello')
v4('protocol-252', 252, b'hello')
v4('esp-number', 46 + 200, b'hello')
# ip6
frame('ping6', ether(0x86dd, ip6(58, icmp6(128, 0, echo + b'x' * 56), label=0x12345)))
frame('pong6', ether(0x86dd, ip6(58, icmp6(129, 0, echo + b'x' * 56), cls=0xb8)))
LL = 'fe80::ff:fe00:1'
SN = 'ff02::1:ff00:2'
frame('ns', six(135, 0, b'\0' * 4 + a6('fd00::2') + b'\x01\x01' + mac(1), LL, SN))
frame('ns-dad', six(135, 0, b'\0' * 4 + a6('fd00::2') + b'\x0e\x01' + b'abcdef', '::', SN))
frame('na', six(136, 0, b'\x60\0\0\0' + a6('fd00::2') + b'\x02\x01' + mac(2)))
frame('na-router', six(136, 0, b'\xe0\0\0\0' + a6('fd00::2') + b'\x02\x01' + mac(2)))
frame('rs', six(133, 0, b'\0' * 4 + b'\x01\x01' + mac(1), LL, 'ff02::2'))
frame('rs-bare', six(133, 0, b'\0' * 4, LL, 'ff02::2'))
ra = b'\x40\xc0\x07\x08' + struct.pack('>II', 0, 0) + b'\x01\x01' + mac(1) + b'\x05\x01\0\0' + struct.pack('>I', 1500) + b'\x03\x04\x40\xc0' + struct.pack('>III', 86400, 14400, 0) + a6('fd00::')
frame('ra', six(134, 0, ra, LL, 'ff02::1'))
q6 = ip6(17, udp(5000, 99, b'hello', 'fd00::1', 'fd00::2'))
t6 = ip6(6, tcp(5000, 99, 2, src='fd00::1', dst='fd00::2'))
for code in range(0, 6): frame('unreachable6-%d' % code, six(1, code, b'\0' * 4 + q6, hlim=64))
frame('unreachable6-tcp', six(1, 4, b'\0' * 4 + t6, hlim=64))
frame('too-big6', six(2, 0, struct.pack('>I', 1280) + q6, hlim=64))
frame('time-exceeded6', six(3, 0, b'\0' * 4 + q6, hlim=64))
frame('reassembly6', six(3, 1, b'\0' * 4 + q6, hlim=64))
frame('parameter6', six(4, 1, struct.pack('>I', 6) + q6, hlim=64))
frame('redirect6', six(137, 0, b'\0' * 4 + a6('fe80::2') + a6('fd00::9'), LL, 'fd00::1'))
mld = b'\0\0\0\x01\x04\0\0\0' + a6('ff02::1:ff00:2')
hbh = lambda payload: b'\x3a\0\x05\x02\0\0\x01\0' + payload
frame('mld2', ether(0x86dd, ip6(0, hbh(icmp6(143, 0, mld, LL, 'ff02::16')), LL, 'ff02::16', 1)))
frame('mld-query', ether(0x86dd, ip6(0, hbh(icmp6(130, 0, struct.pack('>HH', 10000, 0) + a6('::') + b'\x02\x7d\0\0', LL, 'ff02::1')), LL, 'ff02::1', 1)))
frame('mld1-report', ether(0x86dd, ip6(0, hbh(icmp6(131, 0, b'\0' * 4 + a6('ff02::fb'), LL, 'ff02::fb')), LL, 'ff02::fb', 1)))
frame('icmp6-unknown', six(210, 0, b'\0' * 4, hlim=64))
frame('udp6', ether(0x86dd, ip6(17, udp(5000, 6000, b'hello', 'fd00::1', 'fd00::2'))))
frame('udp6-bad', ether(0x86dd, ip6(17, udp(5000, 6000, b'hello', sum_=0x4321))))
frame('tcp6-syn', ether(0x86dd, ip6(6, tcp(40000, 80, 2, options=OPTS, src='fd00::1', dst='fd00::2'))))
frame('tcp6-synack', ether(0x86dd, ip6(6, tcp(80, 40000, 0x12, seq=7, ack=1001, options=OPTS, src='fd00::2', dst='fd00::1'), 'fd00::2', 'fd00::1')))
frame('tcp6-ack', ether(0x86dd, ip6(6, tcp(40000, 80, 0x10, seq=1001, ack=8, src='fd00::1', dst='fd00::2'))))
frame('fragment6', ether(0x86dd, ip6(44, b'\x11\0\0\x01\0\0\0\x09' + udp(5000, 6000, b'hello', 'fd00::1', 'fd00::2'))))
frame('fragment6-later', ether(0x86dd, ip6(44, b'\x11\0\x05\xa8\0\0\0\x09' + b'x' * 40)))
frame('none6', ether(0x86dd, ip6(59, b'')))
# damaged
v4('ip-cut', 1, icmp(8, 0, echo, b'x' * 56))
OUT[-1] = OUT[-1][:-60]
frame('ip-short', ether(0x800, ip4(17, udp(5000, 6000, b'hello'))[:24]))
frame('ip-wrong-version', ether(0x800, b'\x65' + ip4(17, b'')[1:]))
frame('ip-bad-hlen', ether(0x800, b'\x43' + ip4(17, b'')[1:]))
frame('udp-cut', ether(0x800, ip4(17, udp(5000, 6000, b'hello'))[:26]))
frame('tcp-short', ether(0x800, ip4(6, tcp(40000, 80, 2)[:14])))
frame('padded', ether(0x800, ip4(6, tcp(40000, 443, 0x10, seq=3, ack=4)) + b'\0' * 6))
print('\n'.join(OUT))
