/** The app with everything real: our content, and every provider there is. */
import type { AppInfo } from '../shared/ipc/index.ts';
import { setupApp, type App } from './app.ts';
import { openContent } from './content.ts';
import { simulatedProvider } from './labs/simulated.ts';
import type { Places } from './places.ts';

export function openApp(host: AppInfo['host'], places: Places): Promise<App> {
  const content = openContent(places);
  return setupApp({
    host,
    places,
    library: content,
    providers: (log) => [simulatedProvider(content, places.version, (error) => log.error(error, 'the simulated world'))],
  });
}
