import { parseIds } from './peopleSearch';
import type { IdsResolved, PersonHit } from './peopleSearch';
import type { Recipient } from './recipient';

/** One line of the picker. Ticking it chooses its people. */
export interface RecipientRow {
  kind: 'chosen' | 'ids' | 'last' | 'me' | 'recent' | 'found';
  people: Recipient[];
  /** Only for ids: some of them would get nothing. */
  trouble?: 'unknown' | 'inactive' | undefined;
}

export interface RowsInput {
  query: string;
  chosen: readonly Recipient[];
  me: Recipient | undefined;
  /** The people of the last push. */
  last: readonly Recipient[];
  recent: readonly Recipient[];
  /** Who was found for this query. */
  hits: readonly PersonHit[];
  /** They come best first. */
  ranked?: boolean;
  /** What the portal knows about the ids typed. */
  resolved: IdsResolved | undefined;
}

/** The picker's lines, best first. Whoever is chosen stays on top, whatever is typed. */
export function recipientRows(input: RowsInput): RecipientRow[] {
  const taken = new Set(input.chosen.map(({ id }) => id));
  const rows: RecipientRow[] = input.chosen.map((one) => ({ kind: 'chosen', people: [one] }));
  const add = (kind: RecipientRow['kind'], people: readonly Recipient[]): void => {
    for (const one of people) {
      if (!taken.has(one.id)) {
        taken.add(one.id);
        rows.push({ kind, people: [one] });
      }
    }
  };

  const ids = parseIds(input.query);
  if (ids.length > 0) {
    const open = ids.filter((id) => !taken.has(id));
    if (open.length > 0) {
      rows.push(idsRow(open, input.resolved));
    }
    return rows;
  }
  if (input.query.trim() !== '') {
    add('found', input.ranked ? input.hits : ranked(input.hits, input.query));
    return rows;
  }
  const again = input.last.filter(({ id }) => !taken.has(id));
  if (again.length > 1 && again.length === input.last.length) {
    rows.push({ kind: 'last', people: again });
  } else {
    add('recent', again);
  }
  add('me', input.me ? [input.me] : []);
  add('recent', input.recent);
  return rows;
}

/** Those of the earlier hits that a longer query still means, until the portal answers it. */
export function stillMeant(hits: readonly PersonHit[], query: string): PersonHit[] {
  const words = fold(query).split(/\s+/u).filter(Boolean);
  return hits.filter(({ name = '', position = '' }) => {
    const own = fold(`${name} ${position}`).split(/\s+/u);
    return words.every((word) => own.some((one) => one.startsWith(word)));
  });
}

function idsRow(ids: readonly number[], resolved: IdsResolved | undefined): RecipientRow {
  const known = new Map(resolved?.hits.map((hit) => [hit.id, hit]));
  const isIn = (list: readonly number[] | undefined) => ids.some((id) => list?.includes(id));
  return {
    kind: 'ids',
    people: ids.map((id) => known.get(id) ?? { id }),
    trouble: isIn(resolved?.unknown)
      ? 'unknown'
      : isIn(resolved?.inactive)
        ? 'inactive'
        : undefined,
  };
}

/** As VS Code orders matches of a list, so that the first line is the one that Enter means. */
function ranked(hits: readonly PersonHit[], query: string): PersonHit[] {
  const wanted = fold(query.trim());
  const rank = ({ name = '' }: PersonHit): number => {
    const own = fold(name);
    return own.startsWith(wanted) ? 0 : own.includes(wanted) ? 1 : 2;
  };
  const order = new Intl.Collator(undefined, { numeric: true });
  return hits.toSorted(
    (a, b) => rank(a) - rank(b) || order.compare(a.name ?? '', b.name ?? '') || a.id - b.id,
  );
}

function fold(text: string): string {
  return text.toLocaleLowerCase().replaceAll('ё', 'е');
}
