export { ETHTOOL_PROGRAMS } from './ethtool.ts';
