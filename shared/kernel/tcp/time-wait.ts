/** A connection that is over, kept so that late packets of it do no harm (struct tcp_timewait_sock). */
import type { IpAddress } from '../../wire/index.ts';
import type { Device, Netns } from '../model.ts';
import type { Endpoint, TcpSocket } from './socket.ts';
import { TcpState, TIME_WAIT_US } from './state.ts';
import { tablesOf } from './tables.ts';
import type { Timer } from '../../base/index.ts';

export class TimeWait implements Endpoint {
  readonly kind = 'time-wait';
  readonly state = TcpState.TIME_WAIT;
  readonly isConnected = true;
  readonly family: 4 | 6;
  readonly v6Only: boolean;
  readonly localAddress: IpAddress;
  readonly localPort: number;
  readonly remoteAddress: IpAddress;
  readonly remotePort: number;
  readonly boundDevice: Device | null;
  readonly reuseAddress: boolean;
  readonly reusePort: boolean;
  readonly rcvNxt: number;
  readonly sndNxt: number;
  readonly rcvWnd: number;
  readonly rcvScale: number;
  readonly timestamps: boolean;
  readonly tsOffset: number;
  tsRecent: number;
  readonly tos: number;
  readonly mark: number;
  readonly sinceUs: number;
  private timer: Timer;

  constructor(
    socket: TcpSocket,
    readonly netns: Netns,
  ) {
    this.family = socket.family;
    this.v6Only = socket.v6Only;
    this.localAddress = socket.localAddress;
    this.localPort = socket.localPort;
    this.remoteAddress = socket.remoteAddress;
    this.remotePort = socket.remotePort;
    this.boundDevice = socket.boundDevice;
    this.reuseAddress = socket.reuseAddress;
    this.reusePort = socket.reusePort;
    this.rcvNxt = socket.rcvNxt;
    this.sndNxt = socket.sndNxt;
    this.rcvWnd = socket.rcvWnd;
    this.rcvScale = socket.rcvScale;
    this.timestamps = socket.timestamps;
    this.tsOffset = socket.tsOffset;
    this.tsRecent = socket.tsRecent;
    this.tos = socket.tos;
    this.mark = socket.mark;
    this.sinceUs = netns.simulation.nowUs;
    const tables = tablesOf(netns);
    tables.add(this);
    tables.hold(this);
    this.timer = this.wait();
  }
  private wait(): Timer {
    return this.netns.simulation.housekeeping(TIME_WAIT_US, () => this.end());
  }
  /** The other side's last packet came again: the wait begins anew. */
  restart(): void {
    this.timer.cancel();
    this.timer = this.wait();
  }
  get leftUs(): number {
    return this.timer.atUs - this.netns.simulation.nowUs;
  }
  end(): void {
    this.timer.cancel();
    const tables = tablesOf(this.netns);
    tables.remove(this);
    tables.release(this);
  }
}
