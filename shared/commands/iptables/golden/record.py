#!/usr/bin/env python3
"""Records what the real iptables programs answer: one case a line of cases.txt, run in order in one empty network namespace (as root of a user
namespace: `unshare -Urn python3 record.py cases.txt > answers.json`). A line is a shell-quoted command; after ` <<< ` its standard input, with \\n.
A line `--- NAME` begins with empty tables again. Standard output and error come merged, as on one pipe."""
import json, shlex, subprocess, sys

TOOLS = {'iptables', 'ip6tables', 'iptables-save', 'ip6tables-save', 'iptables-restore', 'ip6tables-restore', 'ipset'}
answers = []
for line in open(sys.argv[1]):
    line = line.rstrip('\n')
    if not line or line.startswith('#'):
        continue
    if line.startswith('--- '):
        subprocess.run(['nft', 'flush', 'ruleset'], check=True)
        answers.append({'begin': line[4:]})
        continue
    command, _, text = line.partition(' <<< ')
    argv = shlex.split(command)
    assert argv[0] in TOOLS, argv[0]
    done = subprocess.run(argv, input=text.replace('\\n', '\n').encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={'PATH': '/usr/sbin:/usr/bin', 'LC_ALL': 'C'})
    answers.append({'command': line, 'output': done.stdout.decode(), 'status': done.returncode})
json.dump(answers, sys.stdout, indent=1, ensure_ascii=False)
