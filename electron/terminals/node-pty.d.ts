/** What pty.ts uses of node-pty's types (1.1), for type checks on a machine where the optional package could not be built (tsconfig.node.json). */
export interface IPty {
  onData(listener: (data: string) => void): void;
  onExit(listener: (event: { exitCode: number; signal?: number }) => void): void;
  write(data: string | Buffer): void;
  resize(columns: number, rows: number): void;
  kill(signal?: string): void;
  pause(): void;
  resume(): void;
}
export interface IPtyForkOptions {
  name?: string;
  cols?: number;
  rows?: number;
  cwd?: string;
  env?: Record<string, string | undefined>;
  encoding?: string | null;
}
export function spawn(file: string, args: string[] | string, options: IPtyForkOptions): IPty;
