/** The experiments there are. Each looks at a lab as it is and says what it would do there, or that it does not apply. */
import type { Experiment } from './definition.ts';
import { BRIDGE_DOWN } from './bridge-down.ts';
import { FORWARD_DROP } from './forward-drop.ts';
import { IP_FORWARD_OFF } from './ip-forward-off.ts';
import { PORT_OUT } from './port-out.ts';
import { REMOVE_ROUTE } from './remove-route.ts';

export const EXPERIMENTS: readonly Experiment[] = [REMOVE_ROUTE, IP_FORWARD_OFF, FORWARD_DROP, BRIDGE_DOWN, PORT_OUT];
