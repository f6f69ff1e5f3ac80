import { formatDuration, type Issue } from '../../domain/index.js';
import type { IssueCard } from '../cards.js';
import { SOURCE } from './ops-genie.format.js';
import { capitalised, fitText, minute } from './ops-genie.text.js';

/** https://docs.opsgenie.com/docs/alert-api, read 2026-11-20. */
export const MAX_NOTE = 25_000;

/** What adding a note and closing take. */
export interface NoteBody {
  readonly note: string;
  readonly source: string;
}

/** What the issue has come to since: its severity first, for the alert keeps the priority it was created with. */
export function changeNote({ issue }: IssueCard): NoteBody {
  const { severity, message, updatedAt, eventCount } = issue;
  const times = `Updated ${minute(updatedAt)} · ${eventsOf(eventCount)}`;
  return { note: noteOf(`${capitalised(severity)}: ${message}`, times), source: SOURCE };
}

/** What is said with the close. */
export function closeNote({ issue }: IssueCard): NoteBody {
  const closedAt = issue.closedAt ?? issue.updatedAt;
  const lasted = formatDuration(closedAt.getTime() - issue.openedAt.getTime());
  const times = `Closed ${minute(closedAt)} after ${lasted} · ${eventsOf(issue.eventCount)}`;
  return { note: noteOf(issue.message, times), source: SOURCE };
}

const eventsOf = (count: Issue['eventCount']): string => `${count} ${count === 1 ? 'event' : 'events'}`;

const noteOf = (text: string, times: string): string =>
  [fitText(text, MAX_NOTE - [...times].length - 1), times].filter((part) => part !== '').join('\n');
