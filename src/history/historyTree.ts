import { actionsOf, peopleWith, summaryOf } from '../push/push';
import type { DeliveryStatus, Push, PushPerson } from '../push/push';

/** A line of the tree. Its id stays the same while the tree changes. */
export type HistoryNode =
  /** All pushes that are not over. */
  | { kind: 'waiting'; id: string; pushes: readonly Push[] }
  /** `at`: a moment of that day, Unix ms. */
  | { kind: 'day'; id: string; at: number; pushes: readonly Push[] }
  | PushLine
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

/** Trouble comes first. */
const statuses: readonly DeliveryStatus[] = [
  ...(['refused', 'unknown', 'notSent', 'sending', 'pending', 'accepted'] as const),
];
/** Up to so many people stand directly below their push. */
const directAtMost = 20;
/** The tree shows this many people of a group and counts the others. */
const shownAtMost = 500;

export interface HistoryInput {
  /** Pushes that are not over, oldest first. */
  open: readonly Push[];
  /** Pushes that are over, newest first. */
  past: readonly Push[];
  /** Words that all must be found; '' for no filter. */
  filter: string;
}

/** The first level: pushes that are not over, then all others day by day. */
export function historyRoots({ open, past, filter }: HistoryInput): HistoryNode[] {
  const matching = matcher(filter);
  const waiting = open.filter(matching).reverse();
  const days = new Map<string, { at: number; pushes: Push[] }>();
  for (const push of past.filter(matching)) {
    const id = dayOf(push.at);
    const day = days.get(id) ?? { at: push.at, pushes: [] };
    day.pushes.push(push);
    days.set(id, day);
  }
  return [
    ...(waiting.length > 0 ? [{ kind: 'waiting', id: 'waiting', pushes: waiting } as const] : []),
    ...[...days].map(([id, day]) => ({ kind: 'day', id, ...day }) as const),
  ];
}

export function historyChildren(node: HistoryNode): HistoryNode[] {
  switch (node.kind) {
    case 'waiting':
    case 'day': {
      const isOpen = node.kind === 'waiting';
      return node.pushes.map((push) => ({ kind: 'push', id: push.id, push, isOpen }));
    }
    case 'push':
      return outcomeOf(node.push);
    case 'status':
      return peopleLines(node.push, node.status);
    case 'person':
    case 'more':
      return [];
  }
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
    words.push('past', ...(actions.includes('sendToRest') ? ['rest'] : []));
  } else if (actions.includes('retry') || actions.includes('sendToRest')) {
    words.push('unsent');
  } else if (actions.includes('sendAnyway')) {
    words.push('unknown');
  }
  return words.join(' ');
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

function matcher(filter: string): (push: Push) => boolean {
  const words = folded(filter).split(/\s+/u).filter(Boolean);
  return ({ draft, host, people, error }) => {
    if (words.length === 0) {
      return true;
    }
    const where = folded(
      [
        ...[draft.text, host, error?.code ?? ''],
        ...people.map(({ id, name = '', code = '' }) => `${name} ${id} ${code}`),
      ].join('\n'),
    );
    return words.every((word) => where.includes(word));
  };
}

function folded(text: string): string {
  return text.normalize('NFC').toLocaleLowerCase().replaceAll('ё', 'е');
}
