/** The window's built files, for the web host and for Electron's own scheme: which file a path means, its type, and the policies it is served under. */
import { stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
};

export interface ServedFile {
  readonly path: string;
  readonly type: string;
  /** Its name holds a hash of its content. */
  readonly isImmutable: boolean;
}

/** Undefined: there is none. Nothing outside the folder, no hidden file and no type that is not ours is ever found. */
export async function findFile(folder: string, urlPath: string): Promise<ServedFile | undefined> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return undefined;
  const inside = normalize(decoded === '/' ? '/index.html' : decoded);
  if (inside.split(sep).some((part) => part.startsWith('.'))) return undefined;
  const path = join(folder, inside);
  const type = TYPES[extname(path)];
  if (!type || !path.startsWith(folder + sep)) return undefined;
  const file = await stat(path).catch(() => undefined);
  return file?.isFile() === true ? { path, type, isImmutable: inside.startsWith(`${sep}assets${sep}`) } : undefined;
}

/** `connect`: what the window may connect to besides its own origin. xterm.js and Vue set style attributes. */
export const contentSecurityPolicy = (connect = ''): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src 'self'${connect === '' ? '' : ` ${connect}`}`,
    "worker-src 'self' blob:",
    "media-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');

export const securityHeaders = (connect = ''): Readonly<Record<string, string>> => ({
  'Content-Security-Policy': contentSecurityPolicy(connect),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), payment=(), display-capture=()',
});
