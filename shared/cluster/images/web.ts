/** The web servers of the images httpd and nginx: what they print, what they serve, how they stop. */
import { netnsOf } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import { formatTime } from '../../commands/index.ts';
import { serveHttp, type HttpServer } from './http.ts';
import { APACHE_MANNERS, NGINX_MANNERS } from './manners.ts';

/** The address a server of this pod would be reached by. */
function ownAddress(p: Process): string {
  for (const device of netnsOf(p).devices.values())
    if (!device.isLoopback) for (const address of device.ipv4?.addresses ?? []) return formatIpv4(address.local);
  return '127.0.0.1';
}

const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** `Sun Mar 01 12:00:07.123456 2026`. */
function apacheTime(unixUs: number): string {
  const text = formatTime(unixUs);
  const day = Math.floor(unixUs / 86_400_000_000);
  return `${DAYS[day % 7]} ${MONTHS[Number(text.slice(5, 7)) - 1]} ${text.slice(8, 10)} ${text.slice(11, 19)}.${String(Math.floor(unixUs) % 1_000_000).padStart(6, '0')} ${text.slice(0, 4)}`;
}

/** `01/Mar/2026:12:00:07 +0000`. */
function logTime(unixUs: number): string {
  const text = formatTime(unixUs);
  return `${text.slice(8, 10)}/${MONTHS[Number(text.slice(5, 7)) - 1]}/${text.slice(0, 4)}:${text.slice(11, 19)} +0000`;
}

const APACHE: HttpServer = {
  port: 80,
  documents: '/usr/local/apache2/htdocs',
  keepAliveUs: 5_000_000,
  manners: APACHE_MANNERS,
  log: (p, { from, request, status, bytes }) => `${from} - - [${logTime(p.unixUs)}] "${request}" ${status} ${bytes === 0 ? '-' : bytes}\n`,
};
const NGINX: HttpServer = {
  port: 80,
  documents: '/usr/share/nginx/html',
  keepAliveUs: 65_000_000,
  manners: NGINX_MANNERS,
  log: (p, { from, request, status, bytes, agent }) => `${from} - - [${logTime(p.unixUs)}] "${request}" ${status} ${bytes} "-" "${agent}" "-"\n`,
};

export const httpdProgram: Program = function* (p): Sys<number> {
  let stop = '';
  for (const signal of ['TERM', 'INT', 'WINCH'] as const) p.on(signal, () => void (stop = signal));
  const name = `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${ownAddress(p)}. Set the 'ServerName' directive globally to suppress this message\n`;
  const note = (code: string, text: string, module = 'mpm_event'): string =>
    `[${apacheTime(p.unixUs)}] [${module}:notice] [pid ${p.pid}:tid ${p.pid}] ${code}: ${text}\n`;
  yield* p.error(name + name);
  yield* p.error(
    note('AH00489', 'Apache/2.4.62 (Unix) configured -- resuming normal operations') + note('AH00094', "Command line: 'httpd -D FOREGROUND'", 'core'),
  );
  const failed = yield* serveHttp(p, APACHE, () => stop !== '');
  if (failed !== undefined) {
    yield* p.error(
      `(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:80\nno listening sockets available, shutting down\nAH00015: Unable to open logs\n`,
    );
    return 1;
  }
  yield* p.error(stop === 'WINCH' ? note('AH00492', 'caught SIGWINCH, shutting down gracefully') : note('AH00491', `caught SIG${stop}, shutting down`));
  return 0;
};

export const nginxProgram: Program = function* (p): Sys<number> {
  let stop = '';
  for (const signal of ['TERM', 'INT', 'QUIT'] as const) p.on(signal, () => void (stop = signal));
  const entry = (text: string): string => `/docker-entrypoint.sh: ${text}\n`;
  const note = (text: string): string => `${formatTime(p.unixUs).slice(0, 19).replaceAll('-', '/').replace('T', ' ')} [notice] ${p.pid}#${p.pid}: ${text}\n`;
  yield* p.print(
    entry('/docker-entrypoint.d/ is not empty, will attempt to perform configuration') +
      entry('Looking for shell scripts in /docker-entrypoint.d/') +
      entry('Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh') +
      '10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf\n10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf\n' +
      entry('Configuration complete; ready for start up'),
  );
  yield* p.flush();
  yield* p.error(note('using the "epoll" event method') + note('nginx/1.27.4') + note('OS: Linux 6.1.0-18-amd64') + note('start worker processes'));
  const failed = yield* serveHttp(p, NGINX, () => stop !== '');
  if (failed !== undefined) {
    yield* p.error(
      `${formatTime(p.unixUs).slice(0, 19).replaceAll('-', '/').replace('T', ' ')} [emerg] ${p.pid}#${p.pid}: bind() to 0.0.0.0:80 failed (98: Address in use)\n`,
    );
    return 1;
  }
  yield* p.error(note(`signal ${stop === 'QUIT' ? '3 (SIGQUIT)' : '15 (SIGTERM)'} received, ${stop === 'QUIT' ? 'shutting down' : 'exiting'}`) + note('exit'));
  return 0;
};
