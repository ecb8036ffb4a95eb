/**
 * Who may come in. The web host listens on loopback only, yet every page in the user's browser can reach loopback, and so can other users of
 * the machine: so every request must name a loopback host (a page elsewhere that rebinds its name does not), every connection must come from our
 * own page (Origin), and all must hold the token that was printed where Podwalk was started.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export class Gate {
  readonly token = randomBytes(32).toString('base64url');

  constructor(private readonly port: number) {}

  get hosts(): readonly string[] {
    return [`127.0.0.1:${this.port}`, `localhost:${this.port}`];
  }
  /** Cookies are not kept apart by port, so the name is. */
  get cookieName(): string {
    return `podwalk-${this.port}`;
  }
  get cookie(): string {
    return `${this.cookieName}=${this.token}; Path=/; HttpOnly; SameSite=Strict`;
  }
  /** The request was made for us and not for another name that leads here. */
  hasOurHost({ headers }: IncomingMessage): boolean {
    return headers.host !== undefined && this.hosts.includes(headers.host.toLowerCase());
  }
  /** It comes from our own page. */
  hasOurOrigin({ headers }: IncomingMessage): boolean {
    return headers.origin !== undefined && headers.origin === `http://${headers.host?.toLowerCase() ?? ''}`;
  }
  /** It holds the token as a cookie. */
  hasSession({ headers }: IncomingMessage): boolean {
    const prefix = `${this.cookieName}=`;
    return (headers.cookie ?? '').split(';').some((part) => part.trim().startsWith(prefix) && this.isToken(part.trim().slice(prefix.length)));
  }
  isToken(text: string | null): boolean {
    const given = Buffer.from(text ?? '');
    const wanted = Buffer.from(this.token);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}
