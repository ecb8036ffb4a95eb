/** The two names that the preload and the gate share. */
export const CONNECT = 'podwalk:connect';
export const PORT = 'podwalk:port';
