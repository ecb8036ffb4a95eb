/** Electron's entry. Thin: what it does is in desktop/desktop.ts. */
import * as electron from 'electron';
import { openApp } from './open-app.ts';
import { preloadBeside, setupDesktop } from './desktop/desktop.ts';
import { findPlaces } from './places.ts';

const places = findPlaces();

setupDesktop({ electron, places, preload: preloadBeside(import.meta.dirname), platform: process.platform, startApp: () => openApp('electron', places) }).catch(
  (error: unknown) => {
    electron.dialog.showErrorBox('Podwalk', error instanceof Error ? error.message : String(error));
    electron.app.exit(1);
  },
);
