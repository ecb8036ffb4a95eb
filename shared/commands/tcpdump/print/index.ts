/** How packets are worded: `Printer`, and dumps of their bytes. Knows no capture, no filter and no device. */
export { hexDump, textDump } from './dissection.ts';
export { Printer } from './printer.ts';
