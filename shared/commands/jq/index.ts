export { JQ_PROGRAMS } from './jq.ts';
