/** All screens by their names. */
import type { ScreenId } from '../keys/key-table.ts';
import type { Screen } from '../state/screen.ts';
import { browseScreen } from './browse/browse-screen.ts';
import { eventsScreen } from './events/events-screen.ts';
import { graphScreen } from './graph/graph-screen.ts';
import { homeScreen } from './home/home-screen.ts';
import { logScreen } from './log/log-screen.ts';
import { recordScreen } from './record/record-screen.ts';

/** Each screen's state is its own affair. */
// biome-ignore lint/suspicious/noExplicitAny: a table of screens with different states
export type AnyScreen = Screen<any>;

export const screens: Readonly<Record<ScreenId, AnyScreen>> = {
  home: homeScreen,
  browse: browseScreen,
  events: eventsScreen,
  graph: graphScreen,
  log: logScreen,
  record: recordScreen,
};
