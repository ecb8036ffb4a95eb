/**
 * Goal: what a user types wrongly is answered with what would be right; usage errors exit 2, failures 1, and a program's own status is passed on.
 * Method: whole command lines in this process, with what they print; files with mistakes in a folder of the test's own.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCommandLine } from './main.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'podwalk-cli-'));
  vi.stubEnv('PODWALK_HOME', folder);
  vi.stubEnv('LANG', 'C');
  const good = 'lab: 1\ntitle: { en: A, zh: B }\nsummary: { en: A, zh: B }\nnodes:\n  one: {}\n';
  const header = '{"podwalk":1,"title":"T","lab":"l","startedMs":0}\n';
  const opened = '[0,"open",{"terminal":"t1","title":"n","node":"n","columns":80,"rows":24}]\n[0,"o",["t1","hello "]]\n';
  for (const [name, text] of [
    ['good.yaml', good],
    ['key.yaml', good.replace('one: {}', 'one: { interfces: {} }')],
    ['indent.yaml', good.replace('  one', 'one')],
    ['address.yaml', good.replace('one: {}', 'one: { interfaces: { eth0: { network: lan, address: 10.0.0.1 } } }')],
    ['damaged.tape', `${header}${opened}{"nonsense\n[0,"o",["t1","world"]]\n`],
    ['cut.podwalk-lab', '{"podwalkLab":1,"title"'],
    ['cut.tape', `${header}${opened}[0,"o",["t1","wor`],
    ['later.tape', `${header.replace('1', '7')}${opened}`],
    [
      'net.conflist',
      '{"cniVersion":"1.0.0","name":"net","plugins":[{"type":"bridge","isGateway":true,"ipam":{"type":"host-local","subnet":"10.22.0.0/16"}},{"type":"portmap","capabilities":{"portMappings":true}}]}',
    ],
    ['none.conflist', '{"cniVersion":"1.0.0","name":"net","plugins":[]}'],
    [
      'plugin.yaml',
      good.replace(
        'one: {}',
        String.raw`one: { files: { /opt/cni/bin/tiny: { mode: "755", text: "#!/bin/bash -e\nconfig=$(cat)\nif [ $CNI_COMMAND = ADD ]; then\n  ip link add tiny0 \\\n    type bridge\nfi\nsysctl -qw net.ipv4.ip_forward=1\necho '{\"cniVersion\":\"0.4.0\"}'\n" } } }`,
      ),
    ],
    ['tiny.conf', '{"cniVersion":"0.4.0","name":"tiny","type":"tiny"}'],
    ['script.sh', 'echo on $(hostname); exit 3\n'],
  ] as const)
    writeFileSync(join(folder, name), text);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

async function run(line: string): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  let [out, err] = ['', ''];
  const takeOut = vi.spyOn(process.stdout, 'write').mockImplementation((data) => ((out += String(data)), true));
  const takeErr = vi.spyOn(process.stderr, 'write').mockImplementation((data) => ((err += String(data)), true));
  try {
    const status = await runCommandLine(line.replaceAll('@', `${folder}/`).split(' '));
    return { status, out: out.replaceAll(`${folder}/`, '@'), err: err.replaceAll(`${folder}/`, '@').replace(/(?<=coredns-)\w{8,10}-\w{5}/g, '…') };
  } finally {
    takeOut.mockRestore();
    takeErr.mockRestore();
  }
}

/** Those that come with the program. */
const LESSONS = readdirSync(new URL('../../resources/lessons', import.meta.url))
  .filter((name) => !name.includes('.'))
  .sort()
  .join(', ');
const LAB = 'flannel-host-gw';
const CNI_USAGE = 'usage: podwalk cni COMMAND[,COMMAND…] CONFIG [NETNS] [--lab LAB] [--node NODE] [--xray | --step] [--tape FILE] [--json]\n';

describe('a usage error exits 2 and says what would be right', () => {
  const USAGE = 'usage: podwalk [COMMAND]; podwalk --help lists the commands\n';
  it.each<readonly [string, string]>([
    ['frobnicate', `podwalk: there is no command "frobnicate"\n${USAGE}`],
    ['tarce', `podwalk: there is no command "tarce"; is trace meant?\n${USAGE}`],
    ['help tarce', `podwalk: there is no command "tarce"; is trace meant?\n${USAGE}`],
    ['--frob', `podwalk: unknown option --frob\n${USAGE}`],
    ['exec', 'podwalk exec: LAB and NODE are missing\nusage: podwalk exec [--provider P | --save FILE] LAB NODE[/POD] -- COMMAND [ARG…]\n'],
    [
      `exec ${LAB} node-1`,
      'podwalk exec: a command is missing: podwalk exec LAB NODE -- ip route\nusage: podwalk exec [--provider P | --save FILE] LAB NODE[/POD] -- COMMAND [ARG…]\n',
    ],
    [
      `sh --lab ${LAB} --node node-7 -c true`,
      'podwalk sh: there is no node node-7; the nodes are controlplane, node-1, node-2\nusage: podwalk sh [--lab LAB] [--node NODE] [--save FILE] [FILE | -c COMMAND] [ARG…]\n',
    ],
    [
      `trace ${LAB} node-1 node-2 --tcp http`,
      'podwalk trace: --tcp wants a port from 1 to 65535, not "http"\nusage: podwalk trace LAB FROM TO [--provider P] [--icmp | --tcp PORT | --udp PORT] [--all] [--json]\n',
    ],
    [
      `topology ${LAB} --format png`,
      'podwalk topology: --format is json, dot or svg, not "png"\nusage: podwalk topology LAB [--provider P] [--format json|dot|svg]\n',
    ],
    [
      'lesson show',
      'podwalk lesson: list, check or grade is wanted, not "show"\nusage: podwalk lesson list | check [ID…] | grade --pack FILE [NAME=]TAPE… [--json]\n',
    ],
    [
      'lesson check nothing',
      `podwalk lesson: there is no lesson "nothing"; there are: ${LESSONS}\nusage: podwalk lesson list | check [ID…] | grade --pack FILE [NAME=]TAPE… [--json]\n`,
    ],
    ['cni FLY @net.conflist a', `podwalk cni: COMMAND is one or more of ADD, CHECK, DEL, GC, STATUS, VERSION, joined by commas, not "FLY"\n${CNI_USAGE}`],
    ['cni ADD @net.conflist', `podwalk cni: NETNS is missing: the name of a network namespace, or its path\n${CNI_USAGE}`],
    ['cni ADD @net.conflist a --args K', `podwalk cni: --args wants KEY=VALUE pairs joined by semicolons, not "K"\n${CNI_USAGE}`],
    ['serve --port many', 'podwalk serve: --port wants a number from 1 to 65535, not "many"\nusage: podwalk serve [--port N]\n'],
    [
      'convert nothing --to v9',
      'podwalk convert: --to is v2, v3 or tape, not "v9"\nusage: podwalk convert FILE [--to v2|v3|tape] [--terminal T] [--output FILE]\n',
    ],
    [
      'play @damaged.tape --terminal t9',
      'podwalk play: there is no terminal t9 on this tape; there are: t1 (n)\nusage: podwalk play TAPE [--terminal T] [--speed N]\n',
    ],
  ])('podwalk %s', async (line, expected) => {
    const { status, out, err } = await run(line);
    expect({ status, out, err: err.replace(/^podwalk: @.*: line .*\n/gm, '') }).toEqual({ status: 2, out: '', err: expected });
  });
});

const LABS = readdirSync(new URL('../../resources/labs/', import.meta.url))
  .flatMap((file) => (file.endsWith('.yaml') ? [file.replace('.yaml', '')] : []))
  .sort();
const PODS = 'pods that run: node-1/hello-1, node-2/hello-2, controlplane/kube-system/coredns-…, controlplane/kube-system/coredns-….';

describe('a failure exits 1 with one clear line', () => {
  it.each<readonly [string, string]>([
    ['exec nolab node-1 -- ls', `podwalk: There is no lab nolab; there are: ${LABS.join(', ')}.\n`],
    ['exec @none.yaml one -- ls', 'podwalk: There is no lab file @none.yaml.\n'],
    ['exec @key.yaml one -- ls', 'podwalk: @key.yaml:5:10: "interfces" means nothing here\n'],
    ['exec @indent.yaml one -- ls', 'podwalk: @indent.yaml:4:7: "nodes" must be a map of keys and values\n'],
    ['exec @address.yaml one -- ls', 'podwalk: @address.yaml:5:55: an address with its prefix length is needed, such as 192.168.56.11/24\n'],
    [`exec ${LAB} node-9 -- ls`, `podwalk: There is no node-9; nodes: controlplane, node-1, node-2; ${PODS}\n`],
    [`exec ${LAB} node-1 -- frobnicate`, 'podwalk: frobnicate: there is no such program on node-1.\n'],
    [`trace ${LAB} node-1 nowhere`, `podwalk: There is no nowhere; nodes: controlplane, node-1, node-2; ${PODS}\n`],
    ['cni ADD @nothing.conf a', 'podwalk: @nothing.conf: there is no such file\n'],
    ['cni ADD @none.conflist a', 'podwalk: @none.conflist: error parsing configuration list: no plugins in list\n'],
    [
      'cni CHECK @net.conflist a',
      'podwalk: CHECK: plugin bridge failed: failed to open netns "/var/run/netns/a": failed to Statfs "/var/run/netns/a": no such file or directory (code 999)\n',
    ],
    ['sh --save @script.sh -c true', 'podwalk: @script.sh is there already: choose another name\n'],
    ['sh --save @no/where -c true', 'podwalk: @no/where cannot be written: there is no such file\n'],
    [
      'sh --lab @cut.podwalk-lab -c true',
      'podwalk: @cut.podwalk-lab: This saved lab cannot be read in line 1: it is not the head of a saved lab of a version that this program knows.\n',
    ],
    ['play @none.tape', 'podwalk: @none.tape cannot be read: there is no such file\n'],
    ['play @', 'podwalk: @ cannot be read: it is a folder\n'],
    ['play @script.sh', 'podwalk: script.sh cannot be read: line 1: this is not a tape: its first line is no JSON object.\n'],
    ['convert @cut.tape --output @no/where', 'podwalk: @no/where cannot be written: there is no such file\n'],
  ])('podwalk %s', async (line, expected) => {
    const { status, out, err } = await run(line);
    expect({ status, out, err: err.replace(/^podwalk: @.*: line .*\n/gm, '') }).toEqual({ status: 1, out: '', err: expected });
  });
});

describe('a tape that is damaged is shown as far as it can be read', () => {
  it.each<readonly [string, string, string]>([
    [
      'damaged',
      'hello world',
      'podwalk: @damaged.tape: line 4: not JSON\npodwalk: @damaged.tape: line 4: 1 damaged line was left out; 3 events up to 0.0 s were kept\n',
    ],
    [
      'cut',
      'hello ',
      'podwalk: @cut.tape: line 4: the tape was cut off in this line\npodwalk: @cut.tape: line 4: 1 damaged line was left out; 2 events up to 0.0 s were kept\n',
    ],
    [
      'later',
      'hello ',
      'podwalk: @later.tape: line 1: this tape has version 7 of the format, and this Podwalk reads version 1: what it does not know is left out; a newer Podwalk reads it whole\n',
    ],
  ])('%s', async (name, out, err) => expect(await run(`play @${name}.tape`)).toEqual({ status: 0, out, err }));
});

describe('what works', () => {
  it('a lab file of the user, whose program has its own status', async () => {
    expect(await run('exec @good.yaml one -- false')).toEqual({ status: 1, out: '', err: '' });
  });
  it('every lesson is proved', async () => {
    const { status, out, err } = await run('lesson check');
    expect([out.split('\n').filter((line) => !/^ok {6}[-a-z0-9]+$/.test(line)), err, status]).toEqual([[''], '', 0]);
    expect(out).toContain('ok      follow-a-packet\n');
  }, 240_000);
  it('a trace names pods, and exits 1 when the packet is lost', async () => {
    const { status, out } = await run(`trace ${LAB} node-2/hello-2 node-1/hello-1`);
    expect(status).toBe(0);
    expect(out.split('\n').filter((line) => /^ ?\d+\. .*(request|reply)/.test(line))).toEqual([
      ' 1. node-2/hello-2 (request)',
      ' 7. node-2 (request)',
      '13. node-1 (request)',
      '18. node-1/hello-1 (request)',
      '19. node-1/hello-1 (reply)',
      '20. node-1 (reply)',
      '21. node-2 (reply)',
      '22. node-2/hello-2 (reply)',
    ]);
    expect(out).toMatch(/\n14 more hops on the packet's behalf/);
    const whole = await run(`trace ${LAB} hello-2 pod/hello-1 --all`);
    expect(whole.out.split('\n').filter((line) => /^ ?\d+\. /.test(line))).toHaveLength(22);
    expect((await run(`trace ${LAB} node-1 192.168.56.77`)).status).toBe(1);
  });
});

describe('a CNI configuration is run as a runtime runs it', () => {
  interface Done {
    readonly command: string;
    readonly calls: readonly { readonly plugin: string; readonly command: string; readonly status: number; readonly stdin: string }[];
    readonly result?: { readonly ips: readonly { readonly address: string }[] };
    readonly errors: readonly { readonly plugin: string; readonly msg: string }[];
  }
  it('ADD, CHECK, DEL and a CHECK that fails', async () => {
    const { status, out } = await run(
      'cni ADD,CHECK,DEL,CHECK @net.conflist blue --capabilities {"portMappings":[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}]} --json',
    );
    const done = JSON.parse(out) as readonly Done[];
    expect(status).toBe(1);
    expect(done.map(({ calls }) => calls.map((call) => `${call.command} ${call.plugin} ${call.status}`))).toEqual([
      ['ADD bridge 0', 'ADD portmap 0'],
      // that plugin looks for its chain of IPv6 too, whatever the container has
      ['CHECK bridge 0', 'CHECK portmap 1'],
      ['DEL portmap 0', 'DEL bridge 0'],
      ['CHECK bridge 1'],
    ]);
    expect(done[0]!.result?.ips).toEqual([{ interface: 2, address: '10.22.0.2/16', gateway: '10.22.0.1' }]);
    expect(JSON.parse(done[0]!.calls[1]!.stdin)).toMatchObject({ runtimeConfig: { portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }] } });
    expect(done[3]!.errors.map(({ msg }) => msg)).toEqual(['host-local: Failed to find address added by container container-1']);
  });
  it('the X-ray shows what went in and what came out', async () => {
    const { status, out } = await run('cni ADD @net.conflist blue --xray');
    expect(status).toBe(0);
    expect(out).toMatch(/^ADD bridge: exit status 0, [\d.]+ ms\n {2}environment\n {4}CNI_COMMAND=ADD\n/);
    expect(out).toMatch(/\n {2}standard input\n {4}\{\n {6}"type": "portmap",\n[\s\S]*"prevResult": \{/);
  });
  it('of a script it shows each command with what that did to the kernel, and a tape has each as a label', async () => {
    const { status, out, err } = await run('cni ADD @tiny.conf blue --lab @plugin.yaml --xray --tape @cni.tape');
    expect({
      status,
      err,
      commands: / {2}commands\n([\s\S]*?) {2}standard output\n/
        .exec(out)?.[1]!
        .replace(/(?:[\da-f]{2}:){5}[\da-f]{2}/, 'MAC')
        .split('\n'),
    }).toEqual({
      status: 0,
      err: '',
      commands: [
        '     2    cat',
        `     2  config='{"cniVersion":"0.4.0","name":"tiny","type":"tiny"}'`,
        "     3  '[' ADD = ADD ']'",
        '     4  ip link add tiny0 type bridge',
        '          => one: interface came: tiny0',
        '          => one: forwarding entry came: MAC dev tiny0',
        '     7  sysctl -qw net.ipv4.ip_forward=1',
        '          => one: setting net.ipv4.ip_forward: 1; it was 0',
        `     8  echo '{"cniVersion":"0.4.0"}'`,
        '',
      ],
    });
    const events = readFileSync(join(folder, 'cni.tape'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as readonly [number, string, unknown]);
    expect(events.filter(([, code]) => code === 'm').map(([seconds, , label]) => `${seconds} ${String(label)}`)).toEqual([
      '1 ADD tiny',
      '2 2: cat',
      `3 2: config='{"cniVersion":"0.4.0","name":"tiny","type":"tiny"}'`,
      "4 3: '[' ADD = ADD ']'",
      '5 4: ip link add tiny0 type bridge',
      '6 7: sysctl -qw net.ipv4.ip_forward=1',
      `7 8: echo '{"cniVersion":"0.4.0"}'`,
    ]);
    expect(events.flatMap(([seconds, code, data]) => (code === 'd' && JSON.stringify(data).includes('tiny0') ? [seconds] : []))).toEqual([5]);
    const whole = await run('cni ADD @net.conflist blue --xray');
    expect(whole.out).toContain('\n  what it changed\n          => node-1: interface came: cni0\n');
  });
});
