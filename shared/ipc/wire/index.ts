/** The wire: one contract over any channel, with checks at the gate and streams that wait for their reader. */
export * from './channel.ts';
export * from './client.ts';
export * from './failure.ts';
export * from './reconnect.ts';
export * from './server.ts';
export * from './source.ts';
