#!/usr/bin/env python3
"""Records what the real tcpdump prints: `python3 frames.py > frames.txt; python3 record.py > answers.json`. Each line of cases.txt is a command line
after `tcpdump -r FILE`, where FILE holds all frames, a second apart; standard output and error come apart."""
import json, os, struct, subprocess, tempfile

here = os.path.dirname(os.path.abspath(__file__))
frames = [bytes.fromhex(line.split()[1]) for line in open(f'{here}/frames.txt')]
with tempfile.TemporaryDirectory() as work:
    with open(f'{work}/frames.pcap', 'wb') as out:
        out.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        for i, data in enumerate(frames): out.write(struct.pack('<IIII', 1700000000 + i, 1000 + i, len(data), len(data)) + data)
    answers = []
    for line in open(f'{here}/cases.txt'):
        words = line.rstrip('\n').split(' ', 1)
        case = line.rstrip('\n')
        done = subprocess.run(['sh', '-c', f'tcpdump -r frames.pcap {case}'], cwd=work, capture_output=True, env={'PATH': '/usr/bin:/usr/sbin', 'LC_ALL': 'C', 'TZ': 'UTC'})
        answers.append({'case': case, 'out': done.stdout.decode('latin1').split('\n'), 'err': done.stderr.decode('latin1'), 'status': done.returncode})
json.dump(answers, __import__('sys').stdout, indent=1)
