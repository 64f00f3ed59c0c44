import type { Fates, PushRecord } from '../push/outbox/pushRecord';

export type Fate = keyof Fates;

/** A line of the tree. */
export type HistoryNode =
  /** All that is not over. */
  | { kind: 'waiting'; records: readonly PushRecord[] }
  /** `at`: some moment of that day, Unix ms. */
  | { kind: 'day'; id: string; at: number; records: readonly PushRecord[] }
  | PushLine
  | { kind: 'fate'; record: PushRecord; fate: Fate; count: number }
  | { kind: 'person'; id: number; name: string | undefined; fate: Fate; code?: string; of: string }
  | { kind: 'more'; count: number; of: string };

export interface PushLine {
  kind: 'push';
  record: PushRecord;
  /** It is not over. */
  waits: boolean;
}

const fates: readonly Fate[] = ['refused', 'unknown', 'notSent', 'accepted'];
/** Up to so many people stand directly below their push. */
const directAtMost = 20;
/** More nobody reads; the rest is counted. */
const shownAtMost = 500;

export interface HistoryInput {
  /** Oldest first, as the outbox tells them. */
  waiting: readonly PushRecord[];
  /** Newest first. */
  past: readonly PushRecord[];
  /** Words that all must be found; '' for no filter. */
  filter: string;
}

/** The first level: what waits, then day by day. */
export function historyRoots({ waiting, past, filter }: HistoryInput): HistoryNode[] {
  const matching = matcher(filter);
  const open = waiting.filter(matching).reverse();
  const days = new Map<string, { at: number; records: PushRecord[] }>();
  for (const record of past.filter(matching)) {
    const id = dayOf(record.at);
    const day = days.get(id);
    if (day) {
      day.records.push(record);
    } else {
      days.set(id, { at: record.at, records: [record] });
    }
  }
  return [
    ...(open.length > 0 ? [{ kind: 'waiting', records: open } as const] : []),
    ...[...days].map(([id, { at, records }]) => ({ kind: 'day', id, at, records }) as const),
  ];
}

export function historyChildren(node: HistoryNode): HistoryNode[] {
  switch (node.kind) {
    case 'waiting':
      return node.records.map((record) => ({ kind: 'push', record, waits: true }));
    case 'day':
      return node.records.map((record) => ({ kind: 'push', record, waits: false }));
    case 'push':
      return outcomeOf(node.record);
    case 'fate':
      return peopleOf(node.record, node.fate);
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
      return node.record.id;
    case 'fate':
      return `${node.record.id}/${node.fate}`;
    case 'person':
      return `${node.of}/${node.fate}/${node.id}`;
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

/** What may be done with a push: words in the context value of its line, for the manifest's when-clauses. */
export function abilitiesOf(record: PushRecord, waits: boolean): string {
  const { bare, counts, state, restGone, unresolved } = record;
  const rest = !bare && !restGone && (counts.refused + counts.notSent > 0 || unresolved);
  const words = ['push', ...(bare ? [] : ['text'])];
  if (!waits) {
    words.push('past', ...(rest && counts.accepted + counts.unknown > 0 ? ['rest'] : []));
  } else if (state !== 'prepared' && state !== 'sending') {
    // Nobody has it in hand. Those who certainly did not get it come first.
    words.push(rest ? 'unsent' : 'unknown');
  }
  return `${words.join(' ')} `;
}

function outcomeOf(record: PushRecord): HistoryNode[] {
  const met = fates.filter((fate) => record.counts[fate] > 0);
  if (record.bare || record.people.length > directAtMost) {
    return met.map((fate) => ({ kind: 'fate', record, fate, count: record.counts[fate] }));
  }
  return met.flatMap((fate) => peopleOf(record, fate));
}

function peopleOf(record: PushRecord, fate: Fate): HistoryNode[] {
  const names = new Map(record.people.map(({ id, name }) => [id, name]));
  const of = record.id;
  const people =
    fate === 'refused' ? record.fates.refused : record.fates[fate].map((id) => ({ id }));
  const lines: HistoryNode[] = people.slice(0, shownAtMost).map((person) => ({
    ...{ kind: 'person', fate, of, name: names.get(person.id) },
    ...person,
  }));
  const more = people.length - lines.length;
  return more > 0 ? [...lines, { kind: 'more', count: more, of: `${of}/${fate}` }] : lines;
}

function matcher(filter: string): (record: PushRecord) => boolean {
  const words = folded(filter).split(/\s+/u).filter(Boolean);
  return ({ draft, host, people, error, fates: { refused } }) => {
    if (words.length === 0) {
      return true;
    }
    const where = folded(
      [
        ...[draft.text, host, error?.code ?? ''],
        ...people.map(({ id, name }) => `${name ?? ''} ${id}`),
        ...refused.map(({ code }) => code),
      ].join('\n'),
    );
    return words.every((word) => where.includes(word));
  };
}

function folded(text: string): string {
  return text.normalize('NFC').toLocaleLowerCase().replaceAll('ё', 'е');
}
