/** Pods reach the name servers, but not their port 53. */
import { filterFindings } from '../verdicts.ts';
import type { Diagnosis } from '../finding.ts';

export const DNS_BROKEN: Diagnosis = {
  code: 'dns-broken',
  words: {
    en: {
      title: 'Names cannot be looked up: {node} drops DNS',
      cause: '“{rule}” of {node} drops what goes to port 53. All else works, by address; by name nothing does.',
    },
    zh: { title: '无法解析名称：{node} 丢弃了 DNS', cause: '{node} 的“{rule}”丢弃发往 53 端口的包。按地址访问一切正常，按名称访问则全部失败。' },
  },
  find(situation) {
    return filterFindings(situation, 'dns-broken');
  },
};
