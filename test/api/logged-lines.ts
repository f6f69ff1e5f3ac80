import { StreamIntake } from '../../libs/delivery/index.js';
import type { NewEntry } from '../../libs/domain/index.js';
import type { ApiApp } from './api-app.js';

/** A line of a log as the API shows it. */
export interface ShownLine {
  readonly seq: number;
  readonly time: string;
  readonly acceptedAt: string;
  readonly node: string;
  readonly level: string | null;
  readonly message: unknown;
}

/** A line that is written now, but for what is said. */
export const lineOf = ({ clock }: ApiApp, body: string, change: Partial<NewEntry> = {}): NewEntry => ({
  timeMs: clock.now().getTime(),
  node: 'n1',
  level: 'info',
  body,
  ...change,
});

/** Has lines come in. */
export const logged = (
  { app }: ApiApp,
  projectId: string,
  cluster: string,
  entries: readonly NewEntry[],
): Promise<void> =>
  app.get(StreamIntake, { strict: false }).append([{ projectId, source: 'logs', cluster, entries }]);
