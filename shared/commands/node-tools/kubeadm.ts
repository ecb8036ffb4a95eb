/** kubeadm 1.32 on a machine that is a node already: tokens, versions, what its checks say. A cluster made by hand from bare machines is not modelled. */
import type { Sys } from '../../shell/index.ts';
import { alignTabs, formatTime, type Flag } from '../kubectl/index.ts';
import type { Tool, ToolContext } from './tool.ts';

const bool = (name: string, usage: string): Flag => ({ name, kind: 'bool', usage });
const text = (name: string, usage: string): Flag => ({ name, kind: 'string', usage });
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const DAY_US = 86_400e6;

const tokens = new WeakMap<object, { readonly token: string; readonly expiresUnixUs: number }[]>();
const tokensOf = ({ node }: ToolContext): { readonly token: string; readonly expiresUnixUs: number }[] => {
  const known = tokens.get(node.api);
  if (known) return known;
  const made: { readonly token: string; readonly expiresUnixUs: number }[] = [];
  tokens.set(node.api, made);
  return made;
};
/** Of the authority's key: it belongs to the server. */
function caHash(server: string): string {
  let out = '';
  for (let round = 0; out.length < 64; round++) {
    let hash = 0x811c9dc5 ^ round;
    for (const char of server) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
    out += (hash >>> 0).toString(16).padStart(8, '0');
  }
  return out;
}

function* createToken(context: ToolContext): Sys<number> {
  const { p, node, flags } = context;
  if (!node.isControlPlane) {
    yield* p.error(
      'failed to load admin kubeconfig: open /etc/kubernetes/admin.conf: no such file or directory\nTo see the stack trace of this error execute with --v=5 or higher\n',
    );
    return 1;
  }
  const letters = (count: number): string => Array.from({ length: count }, () => LETTERS[p.os.rng.below(LETTERS.length)]).join('');
  const token = flags.args[0] ?? `${letters(6)}.${letters(16)}`;
  if (!/^[a-z0-9]{6}\.[a-z0-9]{16}$/.test(token)) {
    yield* p.error(
      `the bootstrap token ${JSON.stringify(token)} was not of the form "\\\\A([a-z0-9]{6})\\\\.([a-z0-9]{16})\\\\z"\nTo see the stack trace of this error execute with --v=5 or higher\n`,
    );
    return 1;
  }
  tokensOf(context).push({ token, expiresUnixUs: node.nowUnixUs + DAY_US });
  yield* p.print(
    flags.bool('print-join-command')
      ? `kubeadm join ${node.server} --token ${token} --discovery-token-ca-cert-hash sha256:${caHash(node.server)} \n`
      : `${token}\n`,
  );
  return 0;
}
function* listTokens(context: ToolContext): Sys<number> {
  const rows = tokensOf(context).map(({ token, expiresUnixUs }) => [
    token,
    '23h',
    formatTime(expiresUnixUs),
    'authentication,signing',
    '<none>',
    'system:bootstrappers:kubeadm:default-node-token',
  ]);
  const header = ['TOKEN', 'TTL', 'EXPIRES', 'USAGES', 'DESCRIPTION', 'EXTRA GROUPS'];
  if (rows.length > 0) yield* context.p.print(alignTabs([header, ...rows].map((row) => `${row.join('\t')}\n`).join(''), { minWidth: 6, padding: 3 }));
  return 0;
}

const preflight = (what: string, errors: readonly string[]): string =>
  `${what}error execution phase preflight: [preflight] Some fatal errors occurred:\n${errors.map((one) => `\t${one}\n`).join('')}[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`\nTo see the stack trace of this error execute with --v=5 or higher\n`;
const MANIFESTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'];
function* init({ p, node, flags }: ToolContext): Sys<number> {
  const cidr = flags.string('pod-network-cidr');
  if (cidr !== undefined && !/^\d+\.\d+\.\d+\.\d+\/\d+$/.test(cidr)) {
    yield* p.error(
      `podSubnet: Invalid value: ${JSON.stringify(cidr)}: couldn't parse subnet\nTo see the stack trace of this error execute with --v=5 or higher\n`,
    );
    return 1;
  }
  yield* p.print(`[init] Using Kubernetes version: ${node.version}\n[preflight] Running pre-flight checks\n`);
  const errors = node.isControlPlane
    ? [
        ...['6443', '10259', '10257'].map((port) => `[ERROR Port-${port}]: Port ${port} is in use`),
        ...MANIFESTS.map((name) => `[ERROR FileAvailable--etc-kubernetes-manifests-${name}.yaml]: /etc/kubernetes/manifests/${name}.yaml already exists`),
        '[ERROR Port-10250]: Port 10250 is in use',
        ...['2379', '2380'].map((port) => `[ERROR Port-${port}]: Port ${port} is in use`),
        '[ERROR DirAvailable--var-lib-etcd]: /var/lib/etcd is not empty',
      ]
    : ['[ERROR Port-10250]: Port 10250 is in use'];
  yield* p.flush();
  yield* p.error(preflight('', errors));
  return 1;
}
function* join({ p, flags }: ToolContext): Sys<number> {
  const [endpoint] = flags.args;
  if (endpoint === undefined || !flags.has('token')) {
    yield* p.error('discovery: Invalid value: "": bootstrapToken or file must be set\nTo see the stack trace of this error execute with --v=5 or higher\n');
    return 1;
  }
  yield* p.print('[preflight] Running pre-flight checks\n');
  yield* p.flush();
  yield* p.error(
    preflight('', [
      '[ERROR FileAvailable--etc-kubernetes-kubelet.conf]: /etc/kubernetes/kubelet.conf already exists',
      '[ERROR Port-10250]: Port 10250 is in use',
      '[ERROR FileAvailable--etc-kubernetes-pki-ca.crt]: /etc/kubernetes/pki/ca.crt already exists',
    ]),
  );
  return 1;
}
function* reset({ p }: ToolContext): Sys<number> {
  yield* p.error('not modelled: kubeadm reset, which takes a node out of its cluster; the lab begins anew when it is brought up again\n');
  return 1;
}
function* version({ p, node, flags }: ToolContext): Sys<number> {
  const output = flags.string('output');
  if (output === 'short') yield* p.print(`${node.version}\n`);
  else
    yield* p.print(
      `kubeadm version: &version.Info{Major:"1", Minor:"32", GitVersion:"${node.version}", GitCommit:"59526cd4867447956156ae3a602fcbac10a2c335", GitTreeState:"clean", BuildDate:"2025-04-22T16:02:27Z", GoVersion:"go1.23.6", Compiler:"gc", Platform:"linux/amd64"}\n`,
    );
  return 0;
}
function* images({ p, node }: ToolContext): Sys<number> {
  const own = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'].map((name) => `registry.k8s.io/${name}:${node.version}\n`);
  yield* p.print(`${own.join('')}registry.k8s.io/coredns/coredns:v1.11.3\nregistry.k8s.io/pause:3.10\nregistry.k8s.io/etcd:3.5.16-0\n`);
  return 0;
}

export const KUBEADM: Tool = {
  path: '/usr/bin/kubeadm',
  origin: 'kubeadm 1.32.4',
  summary: 'kubeadm: easily bootstrap a secure Kubernetes cluster',
  flags: [
    { name: 'v', short: 'v', kind: 'int', usage: 'number for the log level verbosity' },
    text('kubeconfig', 'The kubeconfig file to use when talking to the cluster.'),
  ],
  usageError: (message) => `${message}\nTo see the stack trace of this error execute with --v=5 or higher\n`,
  missing: ['a cluster made from bare machines', 'reset'],
  commands: [
    {
      name: 'init',
      help: 'Run this command in order to set up the Kubernetes control plane',
      flags: [
        text('pod-network-cidr', 'Specify range of IP addresses for the pod network.'),
        text('service-cidr', 'Use alternative range of IP address for service VIPs.'),
        text('apiserver-advertise-address', "The IP address the API Server will advertise it's listening on."),
        text('kubernetes-version', 'Choose a specific Kubernetes version for the control plane.'),
        text('config', 'Path to a kubeadm configuration file.'),
        text('ignore-preflight-errors', 'A list of checks whose errors will be shown as warnings.'),
        text('cri-socket', 'Path to the CRI socket to connect.'),
      ],
      run: init,
    },
    {
      name: 'join',
      help: 'Run this on any machine you wish to join an existing cluster',
      flags: [
        text('token', 'Use this token for both discovery-token and tls-bootstrap-token when those values are not provided.'),
        text('discovery-token-ca-cert-hash', 'For token-based discovery, validate that the root CA public key matches this hash.'),
        text('node-name', 'Specify the node name.'),
        text('cri-socket', 'Path to the CRI socket to connect.'),
        text('ignore-preflight-errors', 'A list of checks whose errors will be shown as warnings.'),
      ],
      run: join,
    },
    {
      name: 'reset',
      help: 'Performs a best effort revert of changes made to this host by init or join',
      flags: [{ name: 'force', short: 'f', kind: 'bool', usage: 'Reset the node without prompting for confirmation.' }],
      run: reset,
    },
    {
      name: 'token create',
      help: 'Create bootstrap tokens on the server',
      flags: [
        bool('print-join-command', "Instead of printing only the token, print the full 'kubeadm join' flag needed to join the cluster using the token."),
        text('ttl', 'The duration before the token is automatically deleted.'),
        text('description', 'A human friendly description of how this token is used.'),
      ],
      run: createToken,
    },
    { name: 'token list', help: 'List bootstrap tokens on the server', flags: [], run: listTokens },
    { name: 'config images list', aliases: ['config images'], help: 'Print a list of images kubeadm will use', flags: [], run: images },
    {
      name: 'version',
      help: 'Print the version of kubeadm',
      flags: [{ ...text('output', "Output format; available options are 'yaml', 'json' and 'short'"), short: 'o' }],
      run: version,
    },
  ],
};
