/**
 * Goal: nft's own language is read and listed as nft does. Method: commands are run on an empty draft, one after the other; what they print, or the
 * mistake with the columns that it underlines, is compared with what nft 1.0.6 answered.
 */
import { describe, expect, it } from 'vitest';
import { Desk } from './desk.ts';
import { NftMistake } from './lexer.ts';
import { run } from './script.ts';

function machine(): (command: string) => string {
  const draft: Desk['tables'] = [];
  const handles = { next: 1 };
  const names = { deviceIndex: (name: string) => (name === 'lo' ? 1 : undefined), deviceName: (index: number) => (index === 1 ? 'lo' : undefined) };
  const style = { numeric: false, numericPriority: false, numericProtocol: false, handles: false, stateless: false, terse: false, nowUs: 0, names };
  return (command) => {
    try {
      return run(new Desk(command, { rulesets: [], draft, takeHandle: () => handles.next++, style, isEcho: false }));
    } catch (error) {
      if (!(error instanceof NftMistake)) throw error;
      return `${error.message} [${error.at}+${error.width}]`;
    }
  };
}

describe('rules are listed as nft lists them', () => {
  const cases: readonly (readonly [given: string, listed: string])[] = [
    ['tcp dport ssh accept', 'tcp dport 22 accept'],
    ['tcp dport { https, 80, 22 } counter drop', 'tcp dport { 22, 80, 443 } counter packets 0 bytes 0 drop'],
    ['ip saddr 10.0.0.5/8 drop', 'ip saddr 10.0.0.0/8 drop'],
    ['ip daddr 10.0.0.0-10.0.0.255 drop', 'ip daddr 10.0.0.0/24 drop'],
    ['ct state related,established accept', 'ct state established,related accept'],
    ['meta l4proto tcp tcp dport 80 accept', 'tcp dport 80 accept'],
    ['ip protocol tcp reject with tcp reset', 'reject with tcp reset'],
    ['tcp flags & (syn|ack) == syn drop', 'tcp flags syn / syn,ack drop'],
    ['iifname lo accept comment "hello"', 'iifname "lo" accept comment "hello"'],
    ['iif lo return', 'iif "lo" return'],
    ['meta mark set mark or 0x10', 'meta mark set meta mark | 0x00000010'],
    ['mark and 0xff == 5 accept', 'meta mark & 0x000000ff == 0x00000005 accept'],
    ['icmp type { 8, echo-reply } accept', 'icmp type { echo-reply, echo-request } accept'],
    ['limit rate 10/minute burst 5 packets accept', 'limit rate 10/minute accept'],
    ['log prefix "a b" level info', 'log prefix "a b" level info'],
    ['ip saddr . tcp dport { 1.2.3.4 . 80 } accept', 'ip saddr . tcp dport { 1.2.3.4 . 80 } accept'],
    ['tcp dport vmap { 80 : drop, 22 : accept }', 'tcp dport vmap { 22 : accept, 80 : drop }'],
    ['reject with icmp type port-unreachable', 'reject'],
    ['fib daddr type local accept', 'fib daddr type local accept'],
    ['ip dscp set 46', 'ip dscp set ef'],
  ];
  it.each(cases)('%s', (given, listed) => {
    const nft = machine();
    nft('add table ip t; add chain ip t c');
    expect(nft(`add rule ip t c ${given}`)).toBe('');
    expect(nft('list chain ip t c')).toBe(`table ip t {\n\tchain c {\n\t\t${listed}\n\t}\n}\n`);
  });
});

describe('mistakes say where they are', () => {
  const cases: readonly (readonly [command: string, answer: string])[] = [
    ['add rule ip t c tcp dport 99999 accept', 'Service out of range [26+5]'],
    ['add rule ip t c foo bar', 'No symbol type information [16+3]'],
    ['add rule ip t c tcp dport', 'syntax error, unexpected newline [25+1]'],
    ['add rule ip t c iif nosuch accept', 'Interface does not exist [20+6]'],
    ['add rule ip t c accept drop', 'Statement after terminal statement has no effect [23+4]'],
    ['add rule ip t nosuch accept', 'Could not process rule: No such file or directory [14+6]'],
    ['add rule ip t c ip6 saddr ::1 drop', 'conflicting protocols specified: ip vs. ip6 [16+9]'],
    ['create chain ip t c', 'Could not process rule: File exists [18+1]'],
    ['add chain ip t d { type filter hook foo priority 0; }', 'unknown chain hook [36+3]'],
    ['add chain ip t d { type filter hook input priority foo; }', 'invalid priority expression value in this context. [42+12]'],
    ['delete table inet nosuch', 'Could not process rule: No such file or directory [18+6]'],
    ['add element ip t s { 10.0.0.1, 10.0.0.1 }; create element ip t s { 10.0.0.1 }', 'Could not process rule: File exists [67+8]'],
    ['list foo', 'syntax error, unexpected string [5+3]'],
    ['monitor', 'not modelled: monitor [0+7]'],
  ];
  it.each(cases)('%s', (command, answer) => {
    const nft = machine();
    nft('add table ip t; add chain ip t c; add set ip t s { type ipv4_addr; }');
    expect(nft(command)).toBe(answer);
  });
});
