import type { KeptNotice, Notice } from '../automation/notice';
import { peopleWithNotification } from '../push/deleteNotification';
import { actionsOf, peopleWith, summaryOf } from '../push/push';
import type { KeptScheduled } from '../schedule/scheduleStore';
import type { ScheduledPush } from '../schedule/scheduledPush';
import type { DeliveryStatus, Push, PushPerson, ToldThing } from '../push/push';

/** A line of the tree. Its id stays the same while the tree changes. */
export type HistoryNode =
  /** All pushes that leave at a time, or did not leave at theirs. */
  | { kind: 'scheduled'; id: string; lines: readonly ScheduledLine[] }
  /** All notices that are held. */
  | { kind: 'held'; id: string; lines: readonly NoticeLine[] }
  /** All pushes that are not over. */
  | { kind: 'waiting'; id: string; lines: readonly PushLine[] }
  /** `at`: a moment of that day, Unix ms. */
  | { kind: 'day'; id: string; at: number; lines: readonly RecordLine[] }
  /** The lines below those that are shown. */
  | { kind: 'rest'; id: string; lines: readonly HistoryNode[] }
  | RecordLine
  | ScheduledLine
  /** One of the things that a push tells of. */
  | { kind: 'thing'; id: string; thing: ToldThing }
  | { kind: 'status'; id: string; push: Push; status: DeliveryStatus; count: number }
  | { kind: 'person'; id: string; person: PushPerson }
  | { kind: 'more'; id: string; count: number };

export interface PushLine {
  kind: 'push';
  id: string;
  push: Push;
  /** True while the push is being sent or waits for its user. */
  isOpen: boolean;
}

/** Something that happened and is held, or that is over without a push. */
export interface NoticeLine {
  kind: 'notice';
  id: string;
  kept: KeptNotice;
}

/** A push that leaves at a time. */
export interface ScheduledLine {
  kind: 'scheduledPush';
  id: string;
  kept: KeptScheduled;
}

export type RecordLine = PushLine | NoticeLine;

/** Trouble comes first. */
const statuses: readonly DeliveryStatus[] = [
  ...(['refused', 'unknown', 'notSent', 'sending', 'pending', 'accepted'] as const),
];
/** Up to so many people stand directly below their push. */
const directAtMost = 20;
/** The tree shows this many lines of a group at once. */
const shownAtMost = 500;

export interface HistoryInput {
  /** Pushes that are not over, oldest first. */
  open: readonly Push[];
  /** Pushes that are over, newest first. */
  past: readonly Push[];
  /** Pushes that leave at a time, the next one first. */
  scheduled: readonly KeptScheduled[];
  /** Notices that are held, or that are over without a push. */
  notices: readonly KeptNotice[];
  /** The words of a notice, in one line. */
  lineOf: (notice: Notice) => string;
  /** Words that all must be found; '' for no filter. */
  filter: string;
}

/** The first level: what is scheduled, what is held, pushes that are not over, then all others day by day. */
export function historyRoots(input: HistoryInput): HistoryNode[] {
  const { open, past, notices, lineOf, filter } = input;
  const isWanted = matcher(filter);
  const isWantedPush = (push: Push) => isWanted(() => wordsOfPush(push));
  const wanted = notices.filter(({ notice }) => isWanted(() => wordsOfNotice(notice, lineOf)));
  const held = newestFirst(wanted.filter(({ state }) => state === 'held').map(noticeLine));
  const scheduled = input.scheduled
    .filter(({ push }) => isWanted(() => wordsOfScheduled(push)))
    .map((kept): ScheduledLine => {
      return { kind: 'scheduledPush', id: `scheduled/${kept.push.id}`, kept };
    });
  const waiting = open.filter(isWantedPush).reverse().map(pushLine(true));
  const over = newestFirst([
    ...past.filter(isWantedPush).map(pushLine(false)),
    ...wanted.filter(({ state }) => state === 'over').map(noticeLine),
  ]);
  const days = new Map<string, { at: number; lines: RecordLine[] }>();
  for (const line of over) {
    const at = timeOf(line);
    const id = dayOf(at);
    const day = days.get(id) ?? { at, lines: [] };
    day.lines.push(line);
    days.set(id, day);
  }
  return [
    ...(scheduled.length > 0
      ? [{ kind: 'scheduled', id: 'scheduled', lines: scheduled } as const]
      : []),
    ...(held.length > 0 ? [{ kind: 'held', id: 'held', lines: held } as const] : []),
    ...(waiting.length > 0 ? [{ kind: 'waiting', id: 'waiting', lines: waiting } as const] : []),
    ...[...days].map(([id, day]) => ({ kind: 'day', id, ...day }) as const),
  ];
}

export function historyChildren(node: HistoryNode): HistoryNode[] {
  switch (node.kind) {
    case 'scheduled':
    case 'held':
    case 'waiting':
    case 'day':
    case 'rest':
      return paged(node.id, node.lines);
    case 'push':
      return [...thingsOf(node.push), ...outcomeOf(node.push)];
    case 'status':
      return peopleLines(node.push, node.status);
    case 'scheduledPush':
    case 'notice':
    case 'thing':
    case 'person':
    case 'more':
      return [];
  }
}

const pushLine =
  (isOpen: boolean) =>
  (push: Push): PushLine => ({ kind: 'push', id: push.id, push, isOpen });

const noticeLine = (kept: KeptNotice): NoticeLine => ({
  ...{ kind: 'notice', id: `notice/${kept.notice.id}`, kept },
});

function timeOf(line: RecordLine): number {
  return line.kind === 'push' ? line.push.at : line.kept.notice.at;
}

/** Lines of the same moment stay in their order. */
function newestFirst<T extends RecordLine>(lines: T[]): T[] {
  return lines.sort((a, b) => timeOf(b) - timeOf(a));
}

/** The first lines, and one for the rest. */
function paged(id: string, lines: readonly HistoryNode[]): HistoryNode[] {
  const rest = lines.slice(shownAtMost);
  return [
    ...lines.slice(0, shownAtMost),
    ...(rest.length > 0 ? [{ kind: 'rest', id: `${id}/rest`, lines: rest } as const] : []),
  ];
}

/** The local calendar day. */
export function dayOf(at: number): string {
  const date = new Date(at);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}

/** The context value of a push's line: words for what may be done with it, which the manifest's when-clauses name. */
export function contextValueOf({ push, isOpen }: Pick<PushLine, 'push' | 'isOpen'>): string {
  const actions = actionsOf(push);
  const words = ['push', ...(push.redactedTo ? [] : ['text'])];
  if (!isOpen) {
    words.push(
      'past',
      ...(actions.includes('sendToRest') ? ['rest'] : []),
      ...(peopleWithNotification(push).length > 0 ? ['bell'] : []),
    );
  } else if (actions.includes('retry') || actions.includes('sendToRest')) {
    words.push('unsent');
  } else if (actions.includes('sendAnyway')) {
    words.push('unknown');
  }
  return words.join(' ');
}

function thingsOf({ id, things = [] }: Push): HistoryNode[] {
  const lines = things.map((thing, index) => ({
    ...{ kind: 'thing' as const, id: `${id}/thing/${index}`, thing },
  }));
  return paged(`${id}/thing`, lines);
}

function outcomeOf(push: Push): HistoryNode[] {
  const { counts } = summaryOf(push);
  const met = statuses.filter((status) => counts[status] > 0);
  if (push.redactedTo || push.people.length > directAtMost) {
    return met.map((status) => {
      return { kind: 'status', id: `${push.id}/${status}`, push, status, count: counts[status] };
    });
  }
  return met.flatMap((status) => peopleLines(push, status));
}

function peopleLines(push: Push, status: DeliveryStatus): HistoryNode[] {
  const id = `${push.id}/${status}`;
  const people = peopleWith(push, status);
  const lines: HistoryNode[] = people
    .slice(0, shownAtMost)
    .map((person) => ({ kind: 'person', id: `${id}/${person.id}`, person }));
  const more = people.length - lines.length;
  return more > 0 ? [...lines, { kind: 'more', id: `${id}/more`, count: more }] : lines;
}

/** The words are asked for only where there is a filter. */
function matcher(filter: string): (wordsOf: () => readonly string[]) => boolean {
  const wanted = folded(filter).split(/\s+/u).filter(Boolean);
  return (wordsOf) => {
    if (wanted.length === 0) {
      return true;
    }
    const where = folded(wordsOf().join('\n'));
    return wanted.every((word) => where.includes(word));
  };
}

function wordsOfPush({ draft, host, people, error, askedBy = '', things = [] }: Push): string[] {
  return [
    ...[draft.text, host, error?.code ?? '', askedBy],
    ...things.map(({ text }) => text),
    ...people.map(({ id, name = '', code = '' }) => `${name} ${id} ${code}`),
  ];
}

function wordsOfScheduled({ draft, host }: ScheduledPush): string[] {
  const { text, recipients, departments } = draft;
  return [
    text,
    host,
    ...[...recipients, ...departments].map(({ id, name = '' }) => `${name} ${id}`),
  ];
}

function wordsOfNotice(notice: Notice, lineOf: HistoryInput['lineOf']): string[] {
  const { name, folder = '', words = '', askedBy = '' } = notice;
  return [lineOf(notice), name, folder, words, askedBy];
}

function folded(text: string): string {
  return text.normalize('NFC').toLocaleLowerCase().replaceAll('ё', 'е');
}
