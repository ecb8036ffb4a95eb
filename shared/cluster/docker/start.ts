/** Docker on a machine of a lab, with the images that people run. */
import type { InstalledProgram, Machine } from '../../machine/index.ts';
import type { Mac } from '../../wire/index.ts';
import { ImageRegistry } from '../image.ts';
import { userImages } from '../images/user.ts';
import { dockerProgram } from './cli.ts';
import { DockerEngine, installProgram } from './engine.ts';

export interface DockerOptions {
  readonly seed: number;
  /** Of docker0; drawn without it. */
  readonly mac: Mac | undefined;
  /** Programs that containers may have, and busybox's own. */
  readonly programs: readonly InstalledProgram[];
  readonly busybox: readonly InstalledProgram[];
}

export function startDocker(machine: Machine, { seed, mac, programs, busybox }: DockerOptions): DockerEngine {
  const engine = new DockerEngine(machine, new ImageRegistry(userImages(programs, busybox)), { seed, mac });
  installProgram(machine, 'docker', dockerProgram(engine));
  return engine;
}
