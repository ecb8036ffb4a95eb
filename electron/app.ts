/**
 * The composition root: the list of what the app sets up, in order, taken down in reverse. Electron, the web host and commands that need a whole
 * app all start here, and get the same services.
 */
import { setImmediate as immediately } from 'node:timers';
import { join } from 'node:path';
import { contract, serve, type AppInfo, type Channel } from '../shared/ipc/index.ts';
import { Clusters } from './kubernetes-api/clusters.ts';
import { Diagnoses } from './labs/diagnoses.ts';
import { Labs } from './labs/labs.ts';
import { Machines } from './labs/vagrant/machines.ts';
import type { LabProvider } from './labs/provider.ts';
import { SavedLabs } from './labs/saved.ts';
import { setupKeptLessons } from './lessons/kept.ts';
import { Lessons, type LessonLibrary } from './lessons/lessons.ts';
import { setupLog, type Log } from './log.ts';
import type { Places } from './places.ts';
import { Questions } from './questions.ts';
import { Tapes } from './recording/tapes.ts';
import { createServices } from './services.ts';
import { setupSettings, type SettingsStore } from './settings.ts';
import { Terminals } from './terminals/terminals.ts';

export interface App {
  readonly log: Log;
  readonly settings: SettingsStore;
  /** A window has come: serves it. */
  connect(channel: Channel): void;
  /** Takes everything down; does it once. */
  close(): Promise<void>;
}

export interface AppOptions {
  readonly host: AppInfo['host'];
  readonly places: Places;
  /** Who makes labs, and where lessons come from. */
  readonly providers: (log: Log) => readonly LabProvider[];
  readonly library: LessonLibrary;
}

export async function setupApp({ host, places, providers, library }: AppOptions): Promise<App> {
  const teardowns: (() => void | Promise<void>)[] = [];
  const takeDown = async (): Promise<void> => {
    for (let teardown = teardowns.pop(); teardown; teardown = teardowns.pop()) await teardown();
  };
  try {
    const log = setupLog(places.home);
    teardowns.push(() => log.close());
    const settings = await setupSettings(places.home, log);
    const tapes = new Tapes(join(places.home, 'tapes'), log);
    teardowns.push(() => tapes.close());
    const saved = new SavedLabs(places, (error) => log.error(error, 'the simulated world'));
    const questions = new Questions();
    const labs = new Labs({ providers: [...providers(log), saved], tapes, log, records: () => settings.get().record, home: places.home, ask: questions.ask });
    teardowns.push(() => labs.close());
    const machines = new Machines(places, log);
    teardowns.push(() => machines.close());
    teardowns.push(() => questions.close());
    const diagnoses = new Diagnoses();
    labs.addGuest(diagnoses);
    const clusters = new Clusters(places, log);
    labs.addGuest(clusters);
    teardowns.push(() => clusters.close());
    const terminals = new Terminals(labs);
    teardowns.push(() => terminals.closeAll());
    const kept = await setupKeptLessons(join(places.home, 'progress.json'), log);
    teardowns.push(() => kept.close());
    const lessons = new Lessons(library, labs, terminals, kept);
    const services = createServices({ version: places.version, host, settings, labs, diagnoses, machines, saved, terminals, lessons, tapes, questions });
    immediately(() => void library.list('en').catch(() => undefined)); // the first thing a window asks; a mistake is told then
    log.info(`Podwalk ${places.version} (${host}) on Node ${process.versions.node}, ${process.platform}`);
    return {
      log,
      settings,
      connect: (channel) => serve(channel, contract, services, { onBug: (procedure, error) => log.error(error, procedure), soon: (run) => immediately(run) }),
      close: takeDown,
    };
  } catch (error) {
    await takeDown();
    throw error;
  }
}
