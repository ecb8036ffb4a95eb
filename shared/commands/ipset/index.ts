export { IPSET_PROGRAMS, makeSets, setFacts } from './ipset.ts';
