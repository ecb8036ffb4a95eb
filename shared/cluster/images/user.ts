/** Images that people run: busybox, httpd, nginx, netshoot and kin. */
import type { InstalledProgram } from '../../machine/index.ts';
import type { Image } from '../image.ts';
import { applets, daemon, makeImage, own } from './make.ts';
import { httpdProgram, nginxProgram } from './web.ts';

/** Applets of busybox 1.36 that are programs here. */
const BUSYBOX = [
  ...[
    'awk',
    'basename',
    'cat',
    'chmod',
    'cp',
    'cut',
    'date',
    'dirname',
    'echo',
    'env',
    'expr',
    'false',
    'find',
    'grep',
    'egrep',
    'fgrep',
    'head',
    'hostname',
    'id',
    'ifconfig',
    'ip',
    'kill',
    'ln',
    'ls',
  ],
  ...[
    'mkdir',
    'mktemp',
    'mount',
    'mv',
    'nc',
    'netstat',
    'nslookup',
    'printf',
    'ps',
    'pwd',
    'readlink',
    'realpath',
    'rm',
    'rmdir',
    'route',
    'sed',
    'seq',
    'sleep',
    'sort',
    'stat',
    'tail',
    'tar',
    'tee',
    'telnet',
    'test',
    '[',
  ],
  ...[
    'timeout',
    'touch',
    'tr',
    'true',
    'tty',
    'uname',
    'uniq',
    'uptime',
    'wc',
    'wget',
    'whoami',
    'xargs',
    'yes',
    'arp',
    'arping',
    'brctl',
    'clear',
    'free',
    'more',
    'od',
    'hexdump',
    'base64',
    'md5sum',
    'sha256sum',
    'watch',
    'who',
    'which',
  ],
];
const DEBIAN = [
  'sh',
  'bash',
  'awk',
  'basename',
  'cat',
  'chmod',
  'cp',
  'cut',
  'date',
  'dirname',
  'echo',
  'env',
  'expr',
  'false',
  'find',
  'grep',
  'head',
  'hostname',
  'id',
  'ln',
  'ls',
  'mkdir',
  'mv',
  'printf',
  'pwd',
  'rm',
  'sed',
  'seq',
  'sleep',
  'sort',
  'tail',
  'tar',
  'tee',
  'test',
  'touch',
  'tr',
  'true',
  'uname',
  'uniq',
  'wc',
  'xargs',
];
const NETWORK = [
  'ip',
  'bridge',
  'ss',
  'ping',
  'traceroute',
  'tracepath',
  'arping',
  'tcpdump',
  'nc',
  'curl',
  'dig',
  'nslookup',
  'ethtool',
  'iptables',
  'iptables-save',
  'conntrack',
  'ifconfig',
  'route',
  'netstat',
  'arp',
  'jq',
  'nmap',
  'socat',
  'brctl',
  'ps',
  'kill',
  'mtr',
  'iperf3',
];

const busyboxApplets = (programs: readonly InstalledProgram[], special: readonly InstalledProgram[]) => [
  ...applets(programs, '/bin', ['ash']).flatMap((one) => [one, { ...one, path: '/bin/sh' }]),
  ...special.map((one) => ({ path: `/bin/${one.path.slice(one.path.lastIndexOf('/') + 1)}`, name: `busybox:${one.path}`, main: one.main })),
  ...applets(
    programs,
    '/bin',
    BUSYBOX.filter((name) => !special.some((one) => one.path.endsWith(`/${name}`))),
  ),
];

/** The prompt of Debian's containers. */
const BASHRC = { '/root/.bashrc': "PS1='\\u@\\h:\\w\\$ '\n" };
const PASSWD = { '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n', '/etc/group': 'root:x:0:\nnobody:x:65534:\n' };
const INDEX = '<html><body><h1>It works!</h1></body></html>\n';
const NGINX_INDEX = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`;

/** `busybox`: programs that busybox has in its own form. */
export function userImages(programs: readonly InstalledProgram[], busybox: readonly InstalledProgram[]): readonly Image[] {
  const plain = busyboxApplets(programs, busybox);
  const debian = [...applets(programs, '/usr/bin', DEBIAN)];
  const merged = { '/bin': 'usr/bin', '/sbin': 'usr/sbin', '/lib': 'usr/lib' };
  return [
    ...['registry.k8s.io/pause', 'gcr.io/google_containers/pause-amd64', 'docker.io/library/pause'].map((repository) =>
      makeImage({
        repository,
        tags: ['latest', '3.10', '3.9', '3.1'],
        sizeBytes: 320_368,
        entrypoint: ['/pause'],
        programs: [
          own(
            '/pause',
            'pause',
            daemon(() => []),
          ),
        ],
      }),
    ),
    makeImage({
      repository: 'docker.io/library/busybox',
      tags: ['latest', '1.36', '1.36.1', 'musl', 'uclibc', 'glibc'],
      sizeBytes: 2_156_518,
      cmd: ['sh'],
      programs: plain,
      files: PASSWD,
      directories: ['/root', '/home', '/usr', '/lib', '/bin'],
    }),
    makeImage({
      repository: 'docker.io/library/alpine',
      tags: ['latest', '3', '3.20', '3.21'],
      sizeBytes: 3_642_247,
      cmd: ['/bin/sh'],
      programs: plain,
      files: PASSWD,
      directories: ['/root', '/home', '/usr', '/lib', '/bin', '/sbin'],
    }),
    makeImage({
      repository: 'docker.io/yauritux/busybox-curl',
      tags: ['latest'],
      sizeBytes: 6_234_115,
      cmd: ['sh'],
      programs: [...plain, ...applets(programs, '/bin', ['curl'])],
      files: PASSWD,
      directories: ['/root', '/home', '/usr', '/lib', '/bin'],
    }),
    makeImage({
      repository: 'docker.io/nicolaka/netshoot',
      tags: ['latest', 'v0.13'],
      sizeBytes: 208_111_452,
      cmd: ['zsh'],
      programs: [
        ...debian,
        ...applets(programs, '/usr/sbin', NETWORK),
        ...applets(programs, '/usr/bin', NETWORK),
        ...applets(programs, '/usr/bin', ['bash']).map((one) => ({ ...one, path: '/usr/bin/zsh' })),
      ],
      files: { ...PASSWD, ...BASHRC },
      links: merged,
      directories: ['/usr/bin', '/usr/sbin', '/usr/lib', '/root', '/home'],
    }),
    makeImage({
      repository: 'docker.io/library/httpd',
      tags: ['latest', '2.4', '2', '2.4-alpine', 'alpine'],
      sizeBytes: 56_388_147,
      cmd: ['httpd-foreground'],
      env: {
        PATH: '/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        HTTPD_PREFIX: '/usr/local/apache2',
        HTTPD_VERSION: '2.4.62',
      },
      workdir: '/usr/local/apache2',
      stopSignal: 'WINCH',
      programs: [...debian, own('/usr/local/bin/httpd-foreground', 'httpd', httpdProgram)],
      files: { ...PASSWD, ...BASHRC, '/usr/local/apache2/htdocs/index.html': INDEX },
      links: merged,
      directories: ['/usr/bin', '/usr/sbin', '/usr/lib', '/root', '/home', '/usr/local/apache2/logs'],
    }),
    makeImage({
      repository: 'docker.io/library/nginx',
      tags: ['latest', '1.27', '1.26', '1', 'stable', 'mainline', 'alpine', '1.14.2'],
      sizeBytes: 72_195_292,
      entrypoint: ['/docker-entrypoint.sh'],
      cmd: ['nginx', '-g', 'daemon off;'],
      env: { NGINX_VERSION: '1.27.4' },
      stopSignal: 'QUIT',
      programs: [...debian, own('/docker-entrypoint.sh', 'nginx', nginxProgram), own('/usr/sbin/nginx', 'nginx', nginxProgram)],
      files: { ...PASSWD, ...BASHRC, '/usr/share/nginx/html/index.html': NGINX_INDEX },
      links: merged,
      directories: ['/usr/bin', '/usr/sbin', '/usr/lib', '/root', '/home', '/var/log/nginx'],
    }),
  ];
}
