import type { Person } from '../staff';
import type { PhpArray } from '../php';
import type { Json } from '../phpJson';
import type { QueuedPushes } from '../queuedPushes';
import type { PortalState } from '../portalState';

/** The caller whom `authorise` has found. */
export interface Caller {
  person: Person;
  /** null when the caller uses a webhook. */
  clientId: string | null;
  scopes: readonly string[];
}

export interface Call {
  portal: PortalState;
  caller: Caller;
  /** The method's name in lower case. */
  method: string;
  /** The parameters without the token and `start`. */
  params: PhpArray;
  /** Paging offset. */
  start: number;
  queuedPushes: QueuedPushes;
  /** The `id` of the HTTP request in GET /requests. */
  requestId: number;
  /** Adds a remark to the log of requests. */
  note: (text: string) => void;
}

export interface Answer {
  result: Json;
  next?: number;
  total?: number;
}

export interface Method {
  /** Any of these scopes gives access to the method; null gives access to every token. */
  scopes: readonly string[] | null;
  run: (call: Call) => Answer;
}

export type MethodTable = Readonly<Record<string, Method>>;

/** Makes an answer without paging. */
export function answer(result: Json): Answer {
  return { result };
}

/** How many rows a page has; the last page has no `next`. Source: docs/bitrix24.md, section 2. */
export const PAGE_SIZE = 50;
