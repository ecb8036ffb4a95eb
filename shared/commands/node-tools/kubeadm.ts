/**
 * kubeadm 1.32: a cluster made of bare machines (`init`, `join`, `reset`), tokens, versions, what its checks say (cmd/kubeadm/app). Certificates are
 * files without content; configuration files and further control planes are not modelled.
 */
import { LineReader, type Process, type Sys } from '../../shell/index.ts';
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

const TOKEN = /^[a-z0-9]{6}\.[a-z0-9]{16}$/;
function newToken(p: Process): string {
  const letters = (count: number): string => Array.from({ length: count }, () => LETTERS[p.os.rng.below(LETTERS.length)]).join('');
  return `${letters(6)}.${letters(16)}`;
}
function* createToken(context: ToolContext): Sys<number> {
  const { p, node, flags } = context;
  if (!node.isControlPlane) {
    yield* p.error(
      'failed to load admin kubeconfig: open /etc/kubernetes/admin.conf: no such file or directory\nTo see the stack trace of this error execute with --v=5 or higher\n',
    );
    return 1;
  }
  const token = flags.args[0] ?? newToken(p);
  if (!TOKEN.test(token)) {
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

const TRACE = 'To see the stack trace of this error execute with --v=5 or higher\n';
function* refuse({ p }: ToolContext, text: string): Sys<number> {
  yield* p.flush();
  yield* p.error(`${text}\n${TRACE}`);
  return 1;
}
const fatal = (errors: readonly string[]): string =>
  `error execution phase preflight: [preflight] Some fatal errors occurred:\n${errors.map((one) => `\t${one}\n`).join('')}[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\``;
const SOCKET = 'unix:///var/run/containerd/containerd.sock';
/** Checks that fail and are not ignored; those that are ignored are warnings. */
function* failing({ p, node, flags }: ToolContext, found: readonly string[]): Sys<readonly string[]> {
  const { membership } = node;
  const runtime = node.units().find(({ name }) => name === 'containerd.service');
  const all = [
    ...found,
    ...(membership.isForwarding() ? [] : ['[ERROR FileContent--proc-sys-net-ipv4-ip_forward]: /proc/sys/net/ipv4/ip_forward contents are not set to 1']),
    ...(runtime?.state === 'active'
      ? []
      : [
          `[ERROR CRI]: could not connect to the container runtime: failed to create new CRI runtime service: validate service connection: validate CRI v1 runtime API for endpoint "${SOCKET}": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /var/run/containerd/containerd.sock: connect: no such file or directory"`,
        ]),
  ];
  const ignored = (flags.string('ignore-preflight-errors') ?? '').toLowerCase().split(',');
  const isIgnored = (text: string): boolean => ignored.includes('all') || ignored.includes(/^\[ERROR (.*?)\]/.exec(text)![1]!.toLowerCase());
  const warnings = all.filter(isIgnored);
  if (warnings.length > 0) {
    yield* p.flush();
    yield* p.error(warnings.map((text) => `\t${text.replace('ERROR', 'WARNING')}\n`).join(''));
  }
  return all.filter((text) => !isIgnored(text));
}
const PREFIX = /^\d+\.\d+\.\d+\.\d+\/\d+$/;
const MANIFESTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'];
const POLL_US = 500_000;

function* init(context: ToolContext): Sys<number> {
  const { p, node, flags } = context;
  const { membership } = node;
  if (flags.has('config')) return yield* refuse(context, 'not modelled: a kubeadm configuration file; its settings have flags');
  for (const [flag, field] of [
    ['pod-network-cidr', 'podSubnet'],
    ['service-cidr', 'serviceSubnet'],
  ] as const) {
    const cidr = flags.string(flag);
    if (cidr !== undefined && !PREFIX.test(cidr)) return yield* refuse(context, `${field}: Invalid value: ${JSON.stringify(cidr)}: couldn't parse subnet`);
    const problem = cidr !== undefined && field === 'podSubnet' ? nodeMaskProblem(cidr) : undefined;
    if (problem !== undefined) return yield* refuse(context, `podSubnet: Invalid value: ${JSON.stringify(cidr)}: ${problem}`);
  }
  const address = flags.string('apiserver-advertise-address');
  if (address !== undefined && !/^\d+\.\d+\.\d+\.\d+$/.test(address))
    return yield* refuse(context, `couldn't use "${address}" as "apiserver-advertise-address", must be ipv4 or ipv6 address`);
  yield* p.print(`[init] Using Kubernetes version: ${node.version}\n[preflight] Running pre-flight checks\n`);
  const isNode = membership.role !== 'none';
  const errors = yield* failing(
    context,
    membership.role === 'control-plane'
      ? [
          ...['6443', '10259', '10257'].map((port) => `[ERROR Port-${port}]: Port ${port} is in use`),
          ...MANIFESTS.map((name) => `[ERROR FileAvailable--etc-kubernetes-manifests-${name}.yaml]: /etc/kubernetes/manifests/${name}.yaml already exists`),
          '[ERROR Port-10250]: Port 10250 is in use',
          ...['2379', '2380'].map((port) => `[ERROR Port-${port}]: Port ${port} is in use`),
          '[ERROR DirAvailable--var-lib-etcd]: /var/lib/etcd is not empty',
        ]
      : isNode
        ? ['[ERROR Port-10250]: Port 10250 is in use']
        : [],
  );
  if (errors.length > 0) return yield* refuse(context, fatal(errors));
  if (isNode) return yield* refuse(context, 'not modelled: going on where a node is already');
  if (membership.server !== undefined) return yield* refuse(context, `not modelled: a second cluster in one lab; there is one at ${membership.server}`);
  yield* p.print(
    '[preflight] Pulling images required for setting up a Kubernetes cluster\n' +
      '[preflight] This might take a minute or two, depending on the speed of your internet connection\n' +
      "[preflight] You can also perform this action beforehand using 'kubeadm config images pull'\n",
  );
  yield* p.sleep(6 * POLL_US);
  const request = { address, podCIDR: flags.string('pod-network-cidr'), serviceCIDR: flags.string('service-cidr') ?? '10.96.0.0/12' };
  const own = address ?? membership.address;
  yield* p.print(certificates(node.hostname, own, request.serviceCIDR));
  yield* p.sleep(3 * POLL_US);
  yield* p.print(MANIFESTS_TEXT);
  membership.init(request);
  yield* p.sleep(POLL_US);
  yield* p.print(`[kubelet-check] The kubelet is healthy after ${milliseconds(p)}\n[api-check] Waiting for a healthy API server. This can take up to 4m0s\n`);
  yield* p.sleep(6 * POLL_US);
  const token = newToken(p);
  tokens.set(node.api, [{ token, expiresUnixUs: node.nowUnixUs + DAY_US }]);
  yield* p.print(`[api-check] The API server is healthy after 3.00${p.os.rng.below(10)}${p.os.rng.below(1_000_000)}s\n`);
  yield* p.print(uploads(node.hostname, token));
  yield* p.sleep(POLL_US);
  yield* p.print(done(node.server, token));
  return 0;
}
const milliseconds = (p: Process): string => `50${1 + p.os.rng.below(8)}.${p.os.rng.below(1_000_000)}ms`;

function certificates(host: string, address: string, serviceCIDR: string): string {
  const service = serviceCIDR.replace(/\.0\/\d+$/, '.1');
  const names = `${host} kubernetes kubernetes.default kubernetes.default.svc kubernetes.default.svc.cluster.local`;
  const pair = (name: string): string => `[certs] Generating "${name}" certificate and key\n`;
  const etcd = (name: string): string =>
    `${pair(`etcd/${name}`)}[certs] etcd/${name} serving cert is signed for DNS names [${host} localhost] and IPs [${address} 127.0.0.1 ::1]\n`;
  return [
    '[certs] Using certificateDir folder "/etc/kubernetes/pki"\n',
    pair('ca') + pair('apiserver'),
    `[certs] apiserver serving cert is signed for DNS names [${[...names.split(' ')].sort().join(' ')}] and IPs [${service} ${address}]\n`,
    pair('apiserver-kubelet-client') + pair('front-proxy-ca') + pair('front-proxy-client') + pair('etcd/ca') + etcd('server') + etcd('peer'),
    pair('etcd/healthcheck-client') + pair('apiserver-etcd-client'),
    '[certs] Generating "sa" key and public key\n',
  ].join('');
}
const MANIFESTS_TEXT = [
  '[kubeconfig] Using kubeconfig folder "/etc/kubernetes"\n',
  ...['admin', 'super-admin', 'kubelet', 'controller-manager', 'scheduler'].map((name) => `[kubeconfig] Writing "${name}.conf" kubeconfig file\n`),
  '[etcd] Creating static Pod manifest for local etcd in "/etc/kubernetes/manifests"\n',
  '[control-plane] Using manifest folder "/etc/kubernetes/manifests"\n',
  ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) => `[control-plane] Creating static Pod manifest for "${name}"\n`),
  '[kubelet-start] Writing kubelet environment file with flags to file "/var/lib/kubelet/kubeadm-flags.env"\n',
  '[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"\n',
  '[kubelet-start] Starting the kubelet\n',
  '[wait-control-plane] Waiting for the kubelet to boot up the control plane as static Pods from directory "/etc/kubernetes/manifests"\n',
  '[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take up to 4m0s\n',
].join('');
const uploads = (host: string, token: string): string =>
  [
    '[upload-config] Storing the configuration used in ConfigMap "kubeadm-config" in the "kube-system" Namespace',
    '[kubelet] Creating a ConfigMap "kubelet-config" in namespace kube-system with the configuration for the kubelets in the cluster',
    '[upload-certs] Skipping phase. Please see --upload-certs',
    `[mark-control-plane] Marking the node ${host} as control-plane by adding the labels: [node-role.kubernetes.io/control-plane node.kubernetes.io/exclude-from-external-load-balancers]`,
    `[mark-control-plane] Marking the node ${host} as control-plane by adding the taints [node-role.kubernetes.io/control-plane:NoSchedule]`,
    `[bootstrap-token] Using token: ${token}`,
    '[bootstrap-token] Configuring bootstrap tokens, cluster-info ConfigMap, RBAC Roles',
    '[bootstrap-token] Configured RBAC rules to allow Node Bootstrap tokens to get nodes',
    '[bootstrap-token] Configured RBAC rules to allow Node Bootstrap tokens to post CSRs in order for nodes to get long term certificate credentials',
    '[bootstrap-token] Configured RBAC rules to allow the csrapprover controller automatically approve CSRs from a Node Bootstrap Token',
    '[bootstrap-token] Configured RBAC rules to allow certificate rotation for all node client certificates in the cluster',
    '[bootstrap-token] Creating the "cluster-info" ConfigMap in the "kube-public" namespace',
    '[kubelet-finalize] Updating "/etc/kubernetes/kubelet.conf" to point to a rotatable kubelet client certificate and key',
    '[addons] Applied essential addon: CoreDNS',
    '[addons] Applied essential addon: kube-proxy',
    '',
  ].join('\n');
const done = (server: string, token: string): string => `
Your Kubernetes control-plane has initialized successfully!

To start using your cluster, you need to run the following as a regular user:

  mkdir -p $HOME/.kube
  sudo cp -i /etc/kubernetes/admin.conf $HOME/.kube/config
  sudo chown $(id -u):$(id -g) $HOME/.kube/config

Alternatively, if you are the root user, you can run:

  export KUBECONFIG=/etc/kubernetes/admin.conf

You should now deploy a pod network to the cluster.
Run "kubectl apply -f [podnetwork].yaml" with one of the options listed at:
  https://kubernetes.io/docs/concepts/cluster-administration/addons/

Then you can join any number of worker nodes by running the following on each as root:

kubeadm join ${server} --token ${token} \\
\t--discovery-token-ca-cert-hash sha256:${caHash(server)} 
`;

/** TTLs of five minutes: the discovery of the cluster is tried for so long. */
const DISCOVERY_US = 300e6;
function* join(context: ToolContext): Sys<number> {
  const { p, node, flags } = context;
  const { membership } = node;
  const [endpoint] = flags.args;
  const token = flags.string('token') ?? flags.string('discovery-token');
  if (flags.bool('control-plane')) return yield* refuse(context, 'not modelled: a further control plane');
  if (endpoint === undefined || token === undefined) return yield* refuse(context, 'discovery: Invalid value: "": bootstrapToken or file must be set');
  if (!TOKEN.test(token))
    return yield* refuse(context, `discovery.bootstrapToken.token: Invalid value: ${JSON.stringify(token)}: the bootstrap token is invalid`);
  const hashes = flags.all('discovery-token-ca-cert-hash');
  if (hashes.length === 0 && !flags.bool('discovery-token-unsafe-skip-ca-verification'))
    return yield* refuse(
      context,
      'discovery.bootstrapToken.unsafeSkipCAVerification: Invalid value: "": using token-based discovery without caCertHashes can be unsafe. Set unsafeSkipCAVerification as true in your kubeadm config file or pass --discovery-token-unsafe-skip-ca-verification flag to continue',
    );
  yield* p.print('[preflight] Running pre-flight checks\n');
  const isNode = membership.role !== 'none';
  const errors = yield* failing(
    context,
    isNode
      ? [
          '[ERROR FileAvailable--etc-kubernetes-kubelet.conf]: /etc/kubernetes/kubelet.conf already exists',
          '[ERROR Port-10250]: Port 10250 is in use',
          '[ERROR FileAvailable--etc-kubernetes-pki-ca.crt]: /etc/kubernetes/pki/ca.crt already exists',
        ]
      : [],
  );
  if (errors.length > 0) return yield* refuse(context, fatal(errors));
  if (isNode) return yield* refuse(context, 'not modelled: going on where a node is already');
  yield* p.flush();
  const why = yield* discover(context, endpoint, token, hashes);
  if (why !== undefined) return yield* refuse(context, `error execution phase preflight: couldn't validate the identity of the API Server: ${why}`);
  yield* p.print(
    '[preflight] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n' +
      "[preflight] Use 'kubeadm init phase upload-config --config your-config.yaml' to re-upload it.\n",
  );
  yield* p.sleep(POLL_US);
  if (membership.hasReadyNode())
    return yield* refuse(
      context,
      `error execution phase kubelet-start: a Node with name "${node.hostname}" and status "Ready" already exists in the cluster. You must delete the existing Node or change the name of this new joining Node`,
    );
  membership.join();
  yield* p.print(
    '[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"\n' +
      '[kubelet-start] Writing kubelet environment file with flags to file "/var/lib/kubelet/kubeadm-flags.env"\n' +
      '[kubelet-start] Starting the kubelet\n' +
      '[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take up to 4m0s\n',
  );
  yield* p.sleep(POLL_US);
  yield* p.print(`[kubelet-check] The kubelet is healthy after ${milliseconds(p)}\n[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap\n`);
  yield* p.sleep(POLL_US);
  yield* p.print(
    '\nThis node has joined the cluster:\n' +
      '* Certificate signing request was sent to apiserver and a response was received.\n' +
      '* The Kubelet was informed of the new secure connection details.\n\n' +
      "Run 'kubectl get nodes' on the control-plane to see this node join the cluster.\n\n",
  );
  return 0;
}
/** Why the cluster is not to be trusted, or cannot be reached: tried for as long as kubeadm tries. */
function* discover(context: ToolContext, endpoint: string, token: string, hashes: readonly string[]): Sys<string | undefined> {
  const { p, node } = context;
  const [id = ''] = token.split('.');
  const untilUs = p.nowUs + DISCOVERY_US;
  let why: string;
  do {
    const { server } = node.membership;
    const known = tokensOf(context).find((one) => one.token.startsWith(`${id}.`) && one.expiresUnixUs > node.nowUnixUs);
    const request = `failed to request the cluster-info ConfigMap: Get "https://${endpoint}/api/v1/namespaces/kube-public/configmaps/cluster-info?timeout=10s": dial tcp ${endpoint}: connect: `;
    if (!node.membership.reaches(endpoint.split(':')[0]!)) why = `${request}network is unreachable`;
    else if (server !== endpoint) why = `${request}connection refused`;
    else if (!known) why = `could not find a JWS signature in the cluster-info ConfigMap for token ID "${id}"`;
    else {
      if (known.token !== token) return "failed to verify JWS signature of received cluster info object, can't trust this API Server";
      const own = `sha256:${caHash(server)}`;
      return hashes.length === 0 || hashes.includes(own)
        ? undefined
        : `cluster CA found in cluster-info ConfigMap is invalid: none of the public keys "${own}" are pinned`;
    }
    if ((yield* p.sleep(10 * POLL_US)) === 'interrupted') return why;
  } while (p.nowUs < untilUs);
  return why;
}

const AFTERWARDS = `
The reset process does not clean CNI configuration. To do so, you must remove /etc/cni/net.d

The reset process does not reset or clean up iptables rules or IPVS tables.
If you wish to reset iptables, you must do so manually by using the "iptables" command.

If your cluster was setup to utilize IPVS, run ipvsadm --clear (or similar)
to reset your system's IPVS tables.

The reset process does not clean your kubeconfig files and you must remove them manually.
Please, check the contents of the $HOME/.kube/config file.
`;
function* reset(context: ToolContext): Sys<number> {
  const { p, node, flags } = context;
  const { membership } = node;
  const isControlPlane = membership.role === 'control-plane';
  if (isControlPlane)
    yield* p.print(
      '[reset] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n' +
        "[reset] Use 'kubeadm init phase upload-config --config your-config.yaml' to re-upload it.\n",
    );
  yield* p.flush();
  const warn = (where: string, words: string): string => `${klogHead(p, where)} [reset] ${words}\n`;
  if (!flags.bool('force')) {
    yield* p.error(warn('preflight.go:56', "WARNING: Changes made to this host by 'kubeadm init' or 'kubeadm join' will be reverted."));
    yield* p.print('[reset] Are you sure you want to proceed? [y/N]: ');
    yield* p.flush();
    const answer = yield* new LineReader(p, 0).next();
    if (!/^y$/i.test(answer?.trim() ?? ''))
      return yield* refuse(context, "error execution phase preflight: won't proceed; the user didn't answer (Y|y) in order to continue");
  }
  yield* p.print('[preflight] Running pre-flight checks\n');
  yield* p.flush();
  if (isControlPlane) yield* p.print('[reset] Deleted contents of the etcd data directory: /var/lib/etcd\n');
  else yield* p.error(warn('removeetcdmember.go:106', 'No kubeadm config, using etcd pod spec to get data directory'));
  yield* p.print('[reset] Stopping the kubelet service\n[reset] Unmounting mounted directories in "/var/lib/kubelet"\n');
  membership.leave();
  if (isControlPlane) tokens.delete(node.api);
  yield* p.sleep(2 * POLL_US);
  yield* p.print(
    '[reset] Deleting contents of directories: [/etc/kubernetes/manifests /var/lib/kubelet /etc/kubernetes/pki]\n' +
      '[reset] Deleting files: [/etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf /etc/kubernetes/kubelet.conf /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/controller-manager.conf /etc/kubernetes/scheduler.conf]\n' +
      AFTERWARDS,
  );
  return 0;
}
/** As klog begins a warning. */
function klogHead(p: Process, where: string): string {
  const now = formatTime(p.unixUs);
  const micros = String(Math.floor(p.unixUs) % 1_000_000).padStart(6, '0');
  return `W${now.slice(5, 7)}${now.slice(8, 10)} ${now.slice(11, 19)}.${micros} ${String(p.pid).padStart(7)} ${where}]`;
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
  missing: ['configuration files', 'a second control plane', 'upgrade'],
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
        text('discovery-token', 'For token-based discovery, the token used to validate cluster information fetched from the API server.'),
        {
          name: 'discovery-token-ca-cert-hash',
          kind: 'array',
          usage: 'For token-based discovery, validate that the root CA public key matches this hash.',
        },
        bool('discovery-token-unsafe-skip-ca-verification', 'For token-based discovery, allow joining without --discovery-token-ca-cert-hash pinning.'),
        bool('control-plane', 'Create a new control plane instance on this node'),
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

/** ValidatePodSubnetNodeMask: every node takes a /24 of it. */
function nodeMaskProblem(cidr: string): string | undefined {
  const length = Number(cidr.split('/')[1]);
  if (length > NODE_MASK) return `the size of pod subnet with mask ${length} is smaller than the size of node subnet with mask ${NODE_MASK}`;
  if (NODE_MASK - length > MASK_DIFFERENCE) return `pod subnet mask (${length}) and node-mask (${NODE_MASK}) difference is greater than ${MASK_DIFFERENCE}`;
  return undefined;
}
const NODE_MASK = 24;
const MASK_DIFFERENCE = 16;
