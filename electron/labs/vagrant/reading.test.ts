/** What the real Vagrant 2.3.4 printed, recorded, is read as it was meant. The texts of VirtualBox are of its manual's form. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkHost, isOlder, type HostFacts } from './checks.ts';
import { failureOf, type Trouble } from './failure.ts';
import { boxesOf, errorOf, machinesOf, parseVagrantLine, parseVagrantOutput, snapshotsOf } from './machine-readable.ts';
import { VagrantProgress, type Phase } from './progress.ts';
import { parseSshConfig } from './ssh-config.ts';
import { readVagrantfile } from './vagrantfile.ts';
import { hostOnlyRanges, isInRange, parseShowVmInfo } from './virtualbox.ts';
import { adviceWords, checkWords, phaseWords } from './words.ts';

const sample = (name: string): string => readFileSync(new URL(`samples/${name}`, import.meta.url), 'utf8');

describe('machine-readable', () => {
  test.each([
    ['1795297434,node-1,state,running', { atS: 1795297434, machine: 'node-1', type: 'state', data: ['running'] }],
    ['1795297434,,ui,info,a%!(VAGRANT_COMMA) b\\nc', { atS: 1795297434, machine: '', type: 'ui', data: ['info', 'a, b\nc'] }],
    ['1795297434,node-1,ui,output,\r\n', { atS: 1795297434, machine: 'node-1', type: 'ui', data: ['output', ''] }],
    ['1795297434,node-1,box-name', { atS: 1795297434, machine: 'node-1', type: 'box-name', data: [] }],
  ])('%s', (line, expected) => expect(parseVagrantLine(line)).toEqual(expected));
  test.each(['', 'Vagrant failed to initialize at a very early stage:', '/usr/lib/ruby/vendor_ruby/x.rb:12: warning: already initialized constant', '12,a'])(
    'not its form: %s',
    (line) => expect(parseVagrantLine(line)).toBeUndefined(),
  );
  test('status', () => {
    const { lines, problems } = parseVagrantOutput(sample('status.txt'));
    expect(problems).toEqual([]);
    expect(machinesOf(lines)).toEqual([
      { name: 'controlplane', provider: 'guest', state: 'running', words: 'running' },
      { name: 'node-1', provider: 'guest', state: 'running', words: 'running' },
    ]);
  });
  test('snapshots: that there are none is no snapshot', () => {
    expect(snapshotsOf(parseVagrantOutput(sample('snapshot-list.txt')).lines)).toEqual(new Map([['node-1', ['before all']]]));
  });
  test('boxes', () => {
    const text =
      '1,,ui,info,bento/debian-12 (virtualbox%!(VAGRANT_COMMA) 202510.26.0)\n1,,box-name,bento/debian-12\n1,,box-provider,virtualbox\n1,,box-version,202510.26.0\n';
    expect(boxesOf(parseVagrantOutput(text).lines)).toEqual([{ name: 'bento/debian-12', provider: 'virtualbox', version: '202510.26.0' }]);
  });
  test('the error that ended it', () => {
    expect(errorOf(parseVagrantOutput(sample('snapshot-unknown.txt')).lines)).toEqual({
      kind: 'SnapshotNotFound',
      message: 'The snapshot name `nosuch` was not found for the\nvirtual machine `node-1`.',
    });
    expect(errorOf(parseVagrantOutput(sample('up.txt')).lines)).toBeUndefined();
  });
});

describe('ssh-config', () => {
  test('of two machines', () => {
    const login = {
      host: '127.0.0.1',
      user: 'vagrant',
      identityFiles: ['/home/ada/.vagrant.d/insecure_private_key'],
      identitiesOnly: true,
      forwardAgent: false,
      checksHostKey: false,
    };
    const { logins, problems } = parseSshConfig(sample('ssh-config.txt'));
    expect(problems).toEqual([]);
    expect(logins.map(({ port: _, ...rest }) => rest)).toEqual([
      { machine: 'controlplane', ...login },
      { machine: 'node-1', ...login },
    ]);
    expect(logins.map(({ port }) => port)).toEqual([41101, 37883]);
  });
  test('paths with blanks, several keys, a proxy; host keys that count', () => {
    const text =
      'Host "a b"\n  HostName ::1\n  Port 2200\n  User root\n  IdentityFile "/home/a b/key"\n  IdentityFile /k2\n  ForwardAgent yes\n  ProxyCommand nc %h %p\n';
    expect(parseSshConfig(text).logins).toEqual([
      {
        machine: 'a b',
        host: '::1',
        port: 2200,
        user: 'root',
        identityFiles: ['/home/a b/key', '/k2'],
        identitiesOnly: false,
        forwardAgent: true,
        proxyCommand: 'nc %h %p',
        checksHostKey: true,
      },
    ]);
  });
  test('what cannot be read is named', () => {
    expect(parseSshConfig('User x\n???\nHost a\nHost b\n  HostName h\n  Port 99999\n').problems).toEqual([
      { line: 1, text: 'User x', message: 'it stands before any Host' },
      { line: 2, text: '???', message: 'no keyword with a value' },
      { line: 3, text: 'Host a', message: 'it has no HostName' },
      { line: 4, text: 'Host b', message: 'its Port is none' },
    ]);
  });
});

/** A recorded run, told line by line on the clock of its own time stamps. */
function played(name: string, status: number, wasCancelled = false) {
  let nowMs = 0;
  const progress = new VagrantProgress(() => nowMs);
  const { lines, problems } = parseVagrantOutput(sample(name));
  for (const line of lines) {
    nowMs = line.atS * 1000;
    progress.take(line);
  }
  const strays = problems.map(({ text }) => text);
  return { progress, failure: failureOf({ status, lines, strays, wasCancelled }, progress) };
}

describe('progress and failure', () => {
  test('a run that succeeds: phases, steps and how long they took', () => {
    const { progress, failure } = played('up.txt', 0);
    expect(failure).toBeUndefined();
    expect(progress.machines().map(({ machine, phase, hasFailed }) => [machine, phase, hasFailed])).toEqual([
      ['controlplane', 'done', false],
      ['node-1', 'done', false],
    ]);
    expect(progress.machines()[1]!.past).toEqual([
      { phase: 'preparing', step: '', tookMs: 2000 },
      { phase: 'box', step: 'Importing base box...', tookMs: 0 },
      { phase: 'booting', step: 'Booting VM...', tookMs: 2000 },
      { phase: 'waiting', step: 'Waiting for machine to boot. This may take a few minutes...', tookMs: 94000 },
      { phase: 'configuring', step: 'Machine booted and ready!', tookMs: 0 },
      { phase: 'provisioning', step: 'pods (shell)', tookMs: 70000 },
    ]);
  });
  test('a script in the machines fails: its step and its last lines', () => {
    const { failure } = played('up-provisioner-failed.txt', 1);
    expect(failure).toMatchObject({ trouble: 'provisioner', machines: ['controlplane', 'node-1'], phase: 'provisioning', step: 'pods (shell)' });
    expect(failure!.lastLines.slice(-2)).toEqual(['Running: /tmp/vagrant-shell20261121-15594-h3ob3e.sh', 'RTNETLINK answers: File exists']);
  });
  test('one machine of two does not boot', () => {
    const { progress, failure } = played('up-boot-refused.txt', 1);
    expect(failure).toMatchObject({ machines: ['node-1'], phase: 'booting', step: 'Booting VM...' });
    expect(failure!.message).toContain('The guest machine refused to boot: no memory');
    expect(progress.machines().map(({ machine, phase, hasFailed }) => [machine, phase, hasFailed])).toEqual([
      ['controlplane', 'done', false],
      ['node-1', 'booting', true],
    ]);
  });
  test('cancelled: not taken for a fault of the machine', () => {
    const { failure } = played('up-interrupted.txt', 1, true);
    expect(failure).toMatchObject({ trouble: 'cancelled', machines: ['node-1'], phase: 'waiting' });
  });
  test.each<[string, Trouble]>([
    [sample('syntax.stderr.txt'), 'vagrantfile'],
    ['1,,error-exit,Vagrant::Errors::VirtualBoxInvalidHostSubnet,The IP address configured', 'host-only-range'],
    ['1,,error-exit,Vagrant::Errors::VMBootTimeout,Timed out', 'boot-timeout'],
    ['1,,error-exit,Vagrant::Errors::MachineActionLockedError,An action', 'locked'],
    ['1,,error-exit,Vagrant::Errors::VBoxManageError,VBoxManage: error: VT-x is not available (VERR_VMX_NO_VMX)', 'virtualisation-off'],
    ["1,,error-exit,Vagrant::Errors::VBoxManageError,VBoxManage: error: VirtualBox can't operate in VMX root mode.", 'virtualisation-busy'],
    [
      '1,,error-exit,Vagrant::Errors::VBoxManageError,Progress state: NS_ERROR_FAILURE\\nVBoxManage: error: Failed to create the host-only adapter',
      'host-only-adapter',
    ],
    ['1,,error-exit,Vagrant::Errors::VBoxManageError,VBoxManage: error: something new', 'other'],
  ])('%s', (text, trouble) => {
    const { lines, problems } = parseVagrantOutput(text);
    const strays = problems.map((problem) => problem.text);
    const failure = failureOf({ status: 1, lines, strays, wasCancelled: false }, new VagrantProgress(() => 0));
    expect(failure?.trouble).toBe(trouble);
    expect(adviceWords(trouble, 'en')).not.toBe(adviceWords(trouble, 'zh'));
  });
  test('a download has a percentage, and no line of output for each', () => {
    const progress = new VagrantProgress(() => 0);
    for (const text of [
      "==> a: Box 'x' could not be found. Attempting to find and install...",
      '    a: Progress: 20% (Rate: 1M/s, Estimated time remaining: 0:00:10)',
    ])
      progress.take({ atS: 0, machine: 'a', type: 'ui', data: ['output', text] });
    expect(progress.machines()).toMatchObject([{ machine: 'a', phase: 'box', percent: 20 }]);
    expect(progress.output).toEqual([{ machine: 'a', text: "Box 'x' could not be found. Attempting to find and install..." }]);
  });
  test('each phase has its words', () => {
    const phases: readonly Phase[] = [
      'preparing',
      'box',
      'network',
      'booting',
      'waiting',
      'configuring',
      'provisioning',
      'suspending',
      'resuming',
      'stopping',
      'destroying',
      'snapshot',
      'done',
    ];
    expect(new Set(phases.map((phase) => phaseWords(phase, 'en'))).size).toBe(phases.length);
    expect(new Set(phases.map((phase) => phaseWords(phase, 'zh'))).size).toBe(phases.length);
  });
});

describe('VirtualBox', () => {
  const INFO = `name="k8s_node-1_1700000000000_12345"
groups="/"
ostype="Debian (64-bit)"
UUID="1e2d3c4b-0000-4000-8000-000000000001"
CfgFile="/home/ada/VirtualBox VMs/k8s \\"x\\"/k8s.vbox"
memory=1536
cpus=1
VMState="running"
VMStateChangeTime="2026-11-21T20:00:00.000000000"
"SATA Controller-0-0"="/home/ada/box-disk001.vmdk"
natnet1="nat"
macaddress1="0800278DC04D"
cableconnected1="on"
nic1="nat"
hostonlyadapter2="vboxnet0"
macaddress2="080027A1B2C3"
cableconnected2="off"
nic2="hostonly"
nic3="none"
Forwarding(0)="ssh,tcp,127.0.0.1,2222,,22"
SnapshotName="before all"
SnapshotUUID="aaaaaaaa-0000-4000-8000-000000000001"
SnapshotName-1="later"
SnapshotUUID-1="aaaaaaaa-0000-4000-8000-000000000002"
CurrentSnapshotName="later"
nonsense
`;
  test('showvminfo', () => {
    expect(parseShowVmInfo(INFO)).toEqual({
      machine: {
        name: 'k8s_node-1_1700000000000_12345',
        uuid: '1e2d3c4b-0000-4000-8000-000000000001',
        state: 'running',
        memoryMib: 1536,
        cpus: 1,
        cards: [
          { number: 1, kind: 'nat', mac: '08:00:27:8d:c0:4d', isCableConnected: true },
          { number: 2, kind: 'hostonly', mac: '08:00:27:a1:b2:c3', network: 'vboxnet0', isCableConnected: false },
        ],
        snapshots: [
          { name: 'before all', uuid: 'aaaaaaaa-0000-4000-8000-000000000001' },
          { name: 'later', uuid: 'aaaaaaaa-0000-4000-8000-000000000002' },
        ],
      },
      problems: [{ line: 26, text: 'nonsense' }],
    });
    expect(parseShowVmInfo('VBoxManage: error: Could not find a registered machine').machine).toBeUndefined();
  });
  test.each([
    [undefined, '192.168.56.10', true],
    [undefined, '192.168.63.255', true],
    [undefined, '192.168.64.1', false],
    ['# none\n', '192.168.56.10', false],
    ['* 10.0.0.0/8 192.168.0.0/16\n* 2001::/64\n', '192.168.99.1', true],
    ['* 0.0.0.0/0 ::/0', '8.8.8.8', true],
    ['* 192.168.56.0/33', '192.168.56.1', false],
  ])('networks.conf %j: %s is allowed: %s', (file, address, isAllowed) => {
    expect(hostOnlyRanges(file).some((range) => isInRange(address, range))).toBe(isAllowed);
  });
});

describe('checks before starting', () => {
  const ours = readVagrantfile(readFileSync(new URL('../../../resources/vagrant/Vagrantfile', import.meta.url), 'utf8'));
  const good: HostFacts = {
    platform: 'linux',
    architecture: 'x64',
    vagrant: '2.3.4',
    virtualBox: '7.0.20r163906',
    freeMemoryMib: 16_000,
    freeDiskMib: 100_000,
    diskFolder: '/home/ada',
    hostOnlyFile: undefined,
    processorFlags: ['fpu', 'vmx'],
    hasVirtualBoxDevice: true,
    boxes: [{ name: 'bento/debian-12', provider: 'virtualbox', version: '202510.26.0' }],
  };
  const verdicts = (host: HostFacts, provider = 'virtualbox') =>
    Object.fromEntries(checkHost(host, ours, provider, 3).map(({ kind, verdict }) => [kind, verdict]));
  const fine = {
    vagrant: 'fine',
    virtualbox: 'fine',
    virtualisation: 'fine',
    'virtualbox-module': 'fine',
    'host-only-range': 'fine',
    memory: 'fine',
    disk: 'fine',
    box: 'fine',
  };

  test('our Vagrantfile says its needs in plain sight', () => {
    expect(ours).toEqual({
      boxes: [{ name: 'bento/debian-12', version: '202510.26.0' }],
      addresses: ['192.168.56.10', '192.168.56.11', '192.168.56.12'],
      memoryMib: 5120,
    });
  });
  test('a host with everything', () => expect(verdicts(good)).toEqual(fine));
  test.each<[string, Partial<HostFacts>, Record<string, string>]>([
    ['no Vagrant', { vagrant: undefined, boxes: undefined }, { vagrant: 'missing', box: '' }],
    ['an old Vagrant', { vagrant: '2.2.9' }, { vagrant: 'too-old' }],
    ['no VirtualBox', { virtualBox: undefined }, { virtualbox: 'missing', 'virtualbox-module': '' }],
    ['no virtualisation', { processorFlags: ['fpu'] }, { virtualisation: 'missing' }],
    ['no kernel module', { hasVirtualBoxDevice: false }, { 'virtualbox-module': 'missing' }],
    ['a range of its own', { hostOnlyFile: '* 10.0.0.0/8\n' }, { 'host-only-range': 'missing' }],
    ['little memory', { freeMemoryMib: 4000 }, { memory: 'warning' }],
    ['little disk', { freeDiskMib: 4000 }, { disk: 'warning' }],
    ['no box', { boxes: [] }, { box: 'warning' }],
  ])('%s', (_, change, expected) => {
    const wanted = Object.fromEntries(Object.entries({ ...fine, ...expected }).filter(([, verdict]) => verdict !== ''));
    expect(verdicts({ ...good, ...change })).toEqual(wanted);
    for (const check of checkHost({ ...good, ...change }, ours, 'virtualbox', 3)) {
      const [en, zh] = [checkWords(check, 'en'), checkWords(check, 'zh')];
      expect(en).toMatch(/^[A-Z].*[.)]$/);
      expect(zh).toMatch(/[\u4e00-\u9fff].*[。）]$/u);
    }
  });
  test('other providers are not asked for VirtualBox', () => {
    expect(verdicts({ ...good, virtualBox: undefined, processorFlags: [] }, 'libvirt')).toEqual({
      vagrant: 'fine',
      memory: 'fine',
      disk: 'fine',
      box: 'warning',
    });
  });
  test('a Mac with Apple silicon is warned', () => {
    expect(verdicts({ ...good, platform: 'darwin', architecture: 'arm64', processorFlags: undefined, hasVirtualBoxDevice: false }).architecture).toBe(
      'warning',
    );
  });
  test.each([
    ['2.3.4', '2.2.19', false],
    ['2.2.9', '2.2.19', true],
    ['7.0.20r163906', '6.1', false],
    ['6.1', '6.1.0', false],
    ['2.2.19.dev', '2.2.19', false],
  ])('%s is older than %s: %s', (version, than, expected) => expect(isOlder(version, than)).toBe(expected));
});
