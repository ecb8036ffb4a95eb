/** The app with everything real: our content, and every provider there is. */
import type { AppInfo } from '../shared/ipc/index.ts';
import { setupApp, type App } from './app.ts';
import { openContent } from './content.ts';
import { makeProviders } from './labs/providers.ts';
import type { Places } from './places.ts';

export function openApp(host: AppInfo['host'], places: Places): Promise<App> {
  const content = openContent(places);
  return setupApp({
    host,
    places,
    library: content,
    providers: (log) => makeProviders({ places, content, report: (message) => log.warn(message), onBug: (error) => log.error(error, 'the simulated world') }),
  });
}
