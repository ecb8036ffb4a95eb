/** Labs and lessons for a command of its own. */
import { openContent, type Content } from '../content.ts';
import { findPlaces } from '../places.ts';

/** Labs are the same each time, but for their calendars. */
export const SEED = 1;

export const content = (): Content => openContent(findPlaces());
