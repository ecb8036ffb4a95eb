/** The experiments there are. Each looks at a lab as it is and says what it would do there, or that it does not apply. */
import type { Experiment } from './definition.ts';
import { BRIDGE_DOWN, DELETE_BRIDGE, FLUSH_NEIGHBOURS, PORT_OUT } from './changes/bridge.ts';
import { FLANNEL_BACKEND, KILL_PAUSE, SCALE } from './changes/cluster.ts';
import { BLOCK_PORT, FORWARD_ACCEPT, FORWARD_DROP, FORWARD_POLICY } from './changes/forward.ts';
import { IP_FORWARD_OFF } from './changes/ip-forward-off.ts';
import { MASQUERADE_BY_WAY, MASQUERADE_CHAIN, MASQUERADE_OFF } from './changes/masquerade.ts';
import { ADD_ROUTE, REMOVE_ROUTE } from './changes/route.ts';
import { DELAY, LOSS, SMALL_MTU } from './changes/wire.ts';

export const EXPERIMENTS: readonly Experiment[] = [
  REMOVE_ROUTE,
  ADD_ROUTE,
  IP_FORWARD_OFF,
  FORWARD_DROP,
  FORWARD_POLICY,
  FORWARD_ACCEPT,
  BLOCK_PORT,
  MASQUERADE_OFF,
  MASQUERADE_CHAIN,
  MASQUERADE_BY_WAY,
  PORT_OUT,
  BRIDGE_DOWN,
  DELETE_BRIDGE,
  FLUSH_NEIGHBOURS,
  SMALL_MTU,
  DELAY,
  LOSS,
  FLANNEL_BACKEND,
  KILL_PAUSE,
  SCALE,
];
