/** nslookup as the applet of busybox 1.36 has it (networking/nslookup.c, FEATURE_NSLOOKUP_BIG): asks for A and AAAA, prints answers as they come. */
import { utf8Encode } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { formatIpv4, parseIpv4 } from '../../wire/index.ts';
import { declared, type Declaration } from '../declaration.ts';
import { DnsType, type DnsMessage } from './message.ts';
import { queryDns, resolverSettings } from './resolver.ts';

const USAGE =
  'BusyBox v1.36.1 multi-call binary.\n\nUsage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]\n\nQuery DNS about HOST\n\nQUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,srv,ptr,any\n';
const TYPES: Readonly<Record<string, number>> = { a: DnsType.A, aaaa: DnsType.AAAA, cname: DnsType.CNAME, ptr: DnsType.PTR };
const CODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

interface Question {
  readonly name: string;
  readonly type: number;
}

const DECLARATION: Declaration = {
  synopsis: '[-type=QUERY_TYPE] HOST [DNS_SERVER]',
  options: [{ names: ['-type=', '-querytype='], value: Object.keys(TYPES).join('|'), help: 'what is asked for' }],
};
export const BUSYBOX_NSLOOKUP: InstalledProgram = { path: '/bin/nslookup', main: declared(DECLARATION, nslookup), origin: 'busybox 1.36.1' };

function* nslookup(p: Process): Sys<number> {
  const options = p.argv.slice(1).filter((word) => word.startsWith('-'));
  const [host, given, ...more] = p.argv.slice(1).filter((word) => !word.startsWith('-'));
  const types = options.map((option) => /^-(?:type|querytype)=(.*)$/.exec(option)?.[1]?.toLowerCase());
  if (host === undefined || more.length > 0 || types.some((type) => type === undefined)) return (yield* p.error(USAGE), 1);
  const bad = types.find((type) => !Object.hasOwn(TYPES, type ?? ''));
  if (bad !== undefined) return (yield* p.error(`nslookup: not modelled: queries of type ${bad}\n`), 1);
  const settings = resolverSettings(p);
  const server = given === undefined ? settings.servers[0] : parseIpv4(given);
  if (given !== undefined && server === undefined) return (yield* p.error(`nslookup: bad address '${given}'\n`), 1);
  const at = server ?? 0x7f000001;
  const questions = questionsFor(host, types.length > 0 ? types.map((type) => TYPES[type!]!) : undefined, settings.search);
  let replies = 0;
  let status = 0;
  for (const { name, type } of questions) {
    const answer = yield* queryDns(p, at, name, type);
    if (answer === 'refused') {
      yield* p.error(`nslookup: write to '${formatIpv4(at)}': Connection refused\n`);
      break;
    }
    if (answer === 'timeout') break;
    if (replies++ === 0) yield* p.print(`Server:\t\t${formatIpv4(at)}\nAddress:\t${formatIpv4(at)}:53\n\n`);
    if (answer.code !== 0) status = 1;
    yield* p.print(utf8Encode(`${answerText(answer, name)}\n`));
  }
  if (replies > 0) return status;
  yield* p.print(';; connection timed out; no servers could be reached\n\n');
  return 1;
}

/** An address is asked back for its name; a name without a dot is tried in each domain of the search list. */
function questionsFor(host: string, types: readonly number[] | undefined, search: readonly string[]): readonly Question[] {
  const reverse = types ? undefined : /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host);
  if (reverse) return [{ name: `${reverse.slice(1).reverse().join('.')}.in-addr.arpa`, type: DnsType.PTR }];
  const names = host.includes('.') || search.length === 0 ? [host.replace(/\.$/, '')] : search.map((domain) => `${host}.${domain}`);
  return (types ?? [DnsType.A, DnsType.AAAA]).flatMap((type) => names.map((name) => ({ name, type })));
}

function answerText(answer: DnsMessage, name: string): string {
  if (answer.code !== 0) return `** server can't find ${name}: ${CODES[answer.code] ?? 'Unknown'}\n`;
  const head = answer.isAuthoritative ? '' : 'Non-authoritative answer:\n';
  return (
    head +
    answer.answers
      .map((one) => {
        if (one.type === DnsType.PTR) return `${one.name}\tname = ${one.data}\n`;
        return one.type === DnsType.CNAME ? `${one.name}\tcanonical name = ${one.data}\n` : `Name:\t${one.name}\nAddress: ${one.data}\n`;
      })
      .join('')
  );
}
