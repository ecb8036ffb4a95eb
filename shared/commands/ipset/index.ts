export { IPSET_PROGRAMS } from './ipset.ts';
