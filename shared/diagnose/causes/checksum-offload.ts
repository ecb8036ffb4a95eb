/** A VXLAN device hands checksums to a card that gets them wrong: the receiver counts datagrams with bad checksums. */
import { cellKey } from '../../twin/index.ts';
import type { Diagnosis } from '../finding.ts';
import { overlayOf } from '../situation.ts';

export const CHECKSUM_OFFLOAD: Diagnosis = {
  code: 'checksum-offload',
  words: {
    en: {
      title: '{node} receives {device} datagrams with wrong checksums',
      cause:
        'Cards that compute the checksum inside a tunnel wrongly make every TCP connection over {device} hang while ping works. The sender must do it itself: tx-checksum-ip-generic off.',
    },
    zh: {
      title: '{node} 收到的 {device} 报文校验和错误',
      cause: '有些网卡会算错隧道内层的校验和：ping 正常，而经 {device} 的 TCP 连接全部卡住。应让发送方自己计算：关闭 tx-checksum-ip-generic。',
    },
  },
  find(situation) {
    return situation.machines.flatMap(([node, root]) => {
      const link = overlayOf(root);
      const bad = situation.deaths.filter((death) => death.node === node && (death.reason === 'TCP_CSUM' || death.reason === 'UDP_CSUM'));
      if (!link || bad.length === 0) return [];
      return [
        {
          where: { node, device: link.name },
          evidence: [{ source: 'nstat -az TcpInCsumErrors UdpInCsumErrors', text: `${bad.length}` }],
          see: { node, command: `ethtool -k ${link.name}` },
          values: {},
          pairs: bad.map(({ cell }) => cellKey(cell)),
          fixes: [[{ node, command: `ethtool -K ${link.name} tx-checksum-ip-generic off` }]],
        },
      ];
    });
  },
};
