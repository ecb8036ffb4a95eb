/** What `-h` says: the command's own options, then those of the target and the matches that the command line has named so far (xtables.c, print_help). */
import type { Family } from '../../../kernel/index.ts';
import { CONNECTION_HELP } from './connection.ts';
import { PACKET_HELP } from './packet.ts';
import { TARGET_HELP } from './target.ts';

/** By an extension's name; where the families differ, one for each. */
export type HelpTexts = Readonly<Record<string, string | Readonly<Partial<Record<Family, string>>>>>;

const MATCH_HELP: HelpTexts = { ...CONNECTION_HELP, ...PACKET_HELP };
const STANDARD_HELP = 'standard match options:\n(If target is DROP, ACCEPT, RETURN or nothing)\n';
const VERDICTS = ['ACCEPT', 'DROP', 'RETURN'];
const FORMS = [
  '-[ACD] chain rule-specification [options]',
  '-I chain [rulenum] rule-specification [options]',
  '-R chain rulenum rule-specification [options]',
  '-D chain rulenum [options]',
  '-[LS] [chain [rulenum]] [options]',
  '-[FZ] [chain] [options]',
  '-[NX] chain',
  '-E old-chain-name new-chain-name',
  '-P chain target [options]',
  '-h (print this help information)',
];
const general = (family: Family): string => `
Commands:
Either long or short options are allowed.
  --append  -A chain		Append to chain
  --check   -C chain		Check for the existence of a rule
  --delete  -D chain		Delete matching rule from chain
  --delete  -D chain rulenum
				Delete rule rulenum (1 = first) from chain
  --insert  -I chain [rulenum]
				Insert in chain as rulenum (default 1=first)
  --replace -R chain rulenum
				Replace rule rulenum (1 = first) in chain
  --list    -L [chain [rulenum]]
				List the rules in a chain or all chains
  --list-rules -S [chain [rulenum]]
				Print the rules in a chain or all chains
  --flush   -F [chain]		Delete all rules in  chain or all chains
  --zero    -Z [chain [rulenum]]
				Zero counters in chain or all chains
  --new     -N chain		Create a new user-defined chain
  --delete-chain
            -X [chain]		Delete a user-defined chain
  --policy  -P chain target
				Change policy on chain to target
  --rename-chain
            -E old-chain new-chain
				Change chain name, (moving any references)

Options:
    --ipv4	-4		${family === 'ip' ? 'Nothing' : 'Error'} (line is ignored by ip6tables-restore)
    --ipv6	-6		${family === 'ip' ? 'Error' : 'Nothing'} (line is ignored by iptables-restore)
[!] --protocol	-p proto	protocol: by number or name, eg. \`tcp'
[!] --source	-s address[/mask][...]
				source specification
[!] --destination -d address[/mask][...]
				destination specification
[!] --in-interface -i input name[+]
				network interface name ([+] for wildcard)
 --jump	-j target
				target for rule (may load target extension)
  --goto      -g chain
			       jump to chain with no return
  --match	-m match
				extended match (may load extension)
  --numeric	-n		numeric output of addresses and ports
[!] --out-interface -o output name[+]
				network interface name ([+] for wildcard)
  --table	-t table	table to manipulate (default: \`filter')
  --verbose	-v		verbose mode
  --wait	-w [seconds]	maximum wait to acquire xtables lock before give up
  --line-numbers		print line numbers when listing
  --exact	-x		expand numbers (display exact values)
${family === 'ip' ? '[!] --fragment\t-f\t\tmatch second or further fragments only\n' : ''}  --modprobe=<command>		try to insert modules using this command
  --set-counters -c PKTS BYTES	set the counter during insert/append
[!] --version	-V		print package version.
`;

function textOf(all: HelpTexts, name: string, family: Family): string {
  const text = all[name];
  return (typeof text === 'string' ? text : text?.[family]) ?? '';
}
const targetText = (name: string, family: Family): string => (VERDICTS.includes(name) ? STANDARD_HELP : textOf(TARGET_HELP, name, family));

export function helpText(program: string, family: Family, target: string | undefined, matches: readonly string[]): string {
  const forms = FORMS.map((form, index) => `${index === 0 ? 'Usage:' : '      '} ${program} ${form}\n`).join('');
  const parts = [target === undefined ? '' : targetText(target, family), ...matches.map((name) => textOf(MATCH_HELP, name, family))];
  return [`${program} v1.8.9 (nf_tables)\n\n${forms}${general(family)}`, ...parts.filter((part) => part !== '')].join('\n');
}
