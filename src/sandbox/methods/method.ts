import type { Person } from '../staff';
import type { PhpArray } from '../php';
import type { Json } from '../phpJson';
import type { QueuedPushes } from '../queuedPushes';
import type { PortalState } from '../portalState';

/** Who calls, as authorisation found out. */
export interface Caller {
  person: Person;
  /** null: a webhook. */
  clientId: string | null;
  scopes: readonly string[];
}

export interface Call {
  portal: PortalState;
  caller: Caller;
  /** In lower case. */
  method: string;
  /** Without the token and `start`. */
  params: PhpArray;
  /** Paging offset. */
  start: number;
  queuedPushes: QueuedPushes;
  /** For the log of requests that people see. */
  note: (text: string) => void;
}

export interface Answer {
  result: Json;
  next?: number;
  total?: number;
}

export interface Method {
  /** Scopes any of which opens the method; null: open to every token. */
  scopes: readonly string[] | null;
  run: (call: Call) => Answer;
}

export type MethodTable = Readonly<Record<string, Method>>;

/** An answer without paging. */
export function answer(result: Json): Answer {
  return { result };
}

/** Rows of one page. Bitrix24's lists have 50 rows a page; the last page has no `next`. */
export const PAGE_SIZE = 50;
