import { actionsOf, peopleWith, summaryOf } from '../push/push';
import type { DeliveryStatus, Push, PushPerson } from '../push/push';

/** A line of the tree. */
export type HistoryNode =
  /** All pushes that are not over. */
  | { kind: 'waiting'; pushes: readonly Push[] }
  /** `at`: a moment of that day, Unix ms. */
  | { kind: 'day'; id: string; at: number; pushes: readonly Push[] }
  | PushLine
  | { kind: 'status'; push: Push; status: DeliveryStatus; count: number }
  /** `of`: id of the push. */
  | { kind: 'person'; person: PushPerson; of: string }
  | { kind: 'more'; count: number; of: string };

export interface PushLine {
  kind: 'push';
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
    const day = days.get(id);
    if (day) {
      day.pushes.push(push);
    } else {
      days.set(id, { at: push.at, pushes: [push] });
    }
  }
  return [
    ...(waiting.length > 0 ? [{ kind: 'waiting', pushes: waiting } as const] : []),
    ...[...days].map(([id, { at, pushes }]) => ({ kind: 'day', id, at, pushes }) as const),
  ];
}

export function historyChildren(node: HistoryNode): HistoryNode[] {
  switch (node.kind) {
    case 'waiting':
      return node.pushes.map((push) => ({ kind: 'push', push, isOpen: true }));
    case 'day':
      return node.pushes.map((push) => ({ kind: 'push', push, isOpen: false }));
    case 'push':
      return outcomeOf(node.push);
    case 'status':
      return peopleLines(node.push, node.status);
    case 'person':
    case 'more':
      return [];
  }
}

/** A name for each line that stays the same while the tree changes. */
export function nodeId(node: HistoryNode): string {
  switch (node.kind) {
    case 'waiting':
      return 'waiting';
    case 'day':
      return node.id;
    case 'push':
      return node.push.id;
    case 'status':
      return `${node.push.id}/${node.status}`;
    case 'person':
      return `${node.of}/${node.person.status}/${node.person.id}`;
    case 'more':
      return `${node.of}/more`;
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
export function contextValueOf({ push, isOpen }: Omit<PushLine, 'kind'>): string {
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
    return met.map((status) => ({ kind: 'status', push, status, count: counts[status] }));
  }
  return met.flatMap((status) => peopleLines(push, status));
}

function peopleLines(push: Push, status: DeliveryStatus): HistoryNode[] {
  const people = peopleWith(push, status);
  const lines: HistoryNode[] = people
    .slice(0, shownAtMost)
    .map((person) => ({ kind: 'person', person, of: push.id }));
  const more = people.length - lines.length;
  return more > 0 ? [...lines, { kind: 'more', count: more, of: `${push.id}/${status}` }] : lines;
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
