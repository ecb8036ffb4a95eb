/** What ping counts and how its last lines say it (iputils ping_common.c: acknowledge, gather_statistics, finish). */

export class PingStatistics {
  transmitted = 0;
  received = 0;
  duplicates = 0;
  errors = 0;
  minUs = Infinity;
  maxUs = 0;
  sumUs = 0;
  sumSquares = 0;
  /** Exponential average, eight times in µs, for -A and -f. */
  ewma = 0;
  startedUs = 0;
  lastUs = 0;
  private acked = 0;
  private pipe = 0;
  /** Whether a sequence number was answered. */
  private readonly seen: boolean[] = [];
  timed = 0;

  /** An answer or an error came for a sequence number (16 bits). */
  acknowledge(seq: number): void {
    const diff = (this.transmitted - seq) & 0xffff;
    if (diff > 0x7fff) return;
    if (diff + 1 > this.pipe) this.pipe = diff + 1;
    if (((seq - this.acked) << 16) >> 16 > 0 || ((this.transmitted - this.acked) & 0xffff) > 0x7fff) this.acked = seq;
  }
  /** True when it is a second answer to one request. */
  gather(seq: number, tripUs: number | undefined): boolean {
    this.received++;
    if (tripUs !== undefined) {
      this.timed++;
      this.sumUs += tripUs;
      this.sumSquares += tripUs * tripUs;
      this.minUs = Math.min(this.minUs, tripUs);
      this.maxUs = Math.max(this.maxUs, tripUs);
      this.ewma = this.ewma === 0 ? tripUs * 8 : this.ewma + tripUs - Math.trunc(this.ewma / 8);
    }
    const key = seq & 0xffff;
    if (this.seen[key] === true) {
      this.duplicates++;
      this.received--;
      return true;
    }
    this.seen[key] = true;
    return false;
  }
  /** A number is used again after 65,536 requests. */
  forget(seq: number): void {
    this.seen[seq & 0xffff] = false;
  }
  get inFlight(): number {
    const diff = (this.transmitted - this.acked) & 0xffff;
    return diff <= 0x7fff ? diff : Math.max(0, this.transmitted - this.received - this.errors);
  }

  summary(host: string, showsPace: boolean): string {
    const { transmitted, received } = this;
    const parts = [`${transmitted} packets transmitted`, `${received} received`];
    if (this.duplicates > 0) parts.push(`+${this.duplicates} duplicates`);
    if (this.errors > 0) parts.push(`+${this.errors} errors`);
    if (transmitted > 0)
      parts.push(`${general(((transmitted - received) * 100) / transmitted)}% packet loss`, `time ${Math.floor((this.lastUs - this.startedUs) / 1000)}ms`);
    let last = '';
    let comma = '';
    if (received > 0 && this.timed > 0) {
      const count = received + this.duplicates;
      const average = Math.trunc(this.sumUs / count);
      const variance = Math.trunc(this.sumSquares / count) - average * average;
      last = `rtt min/avg/max/mdev = ${ms(this.minUs)}/${ms(average)}/${ms(this.maxUs)}/${ms(Math.trunc(Math.sqrt(Math.max(0, variance))))} ms`;
      comma = ', ';
    }
    if (this.pipe > 1) {
      last += `${comma}pipe ${this.pipe}`;
      comma = ', ';
    }
    if (received > 0 && showsPace && transmitted > 1) {
      const gap = Math.trunc((this.lastUs - this.startedUs) / (transmitted - 1));
      last += `${comma}ipg/ewma ${ms(gap)}/${Math.trunc(this.ewma / 8000)}.${String(Math.trunc((this.ewma / 8) % 1000)).padStart(3, '0')} ms`;
    }
    return `\n--- ${host} ping statistics ---\n${parts.join(', ')}\n${last}\n`;
  }
}

const ms = (us: number): string => `${Math.trunc(us / 1000)}.${String(us % 1000).padStart(3, '0')}`;
/** printf("%g"). */
const general = (value: number): string => String(Number(value.toPrecision(6)));

/** The time of one round trip, with fewer digits the longer it is. */
export function tripText(us: number): string {
  const whole = Math.trunc(us / 1000);
  if (us >= 99_950) return `${Math.trunc((us + 500) / 1000)}`;
  if (us >= 9_995) return `${Math.trunc((us + 50) / 1000)}.${Math.trunc(((us + 50) % 1000) / 100)}`;
  if (us >= 1_000) return `${Math.trunc((us + 5) / 1000)}.${String(Math.trunc(((us + 5) % 1000) / 10)).padStart(2, '0')}`;
  return `${whole}.${String(us % 1000).padStart(3, '0')}`;
}
