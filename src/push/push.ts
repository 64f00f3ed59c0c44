import type { Account } from '../accounts/account';
import type { Bitrix24Error, ErrorKind } from '../bitrix24/errors';
import type { Recipient } from '../people/recipient';
import { edited, isNotification } from './draft';
import type { Draft } from './draft';
import type { TextPerson } from './personalText';

/**
 * Where a push was sent from. `program`: the program b24push; `tool`: a tool that an agent called; `command`: another
 * extension, or a key binding of the user; `file`: a push file.
 */
export const pushOrigins = [
  ...(['palette', 'form', 'task', 'terminal', 'debug'] as const),
  ...(['program', 'agent', 'tool', 'command', 'file'] as const),
] as const;
export type PushOrigin = (typeof pushOrigins)[number];

/** One of the things that a push to oneself tells of. */
export interface ToldThing {
  /** Unix ms when it happened. */
  at: number;
  origin: PushOrigin;
  /** Its line in the text. */
  text: string;
  /** Why it was not sent at once, as a key; see `HoldReason` of automation. */
  held?: string | undefined;
}

/**
 * The delivery status of a push for one person. `pending`: it has not left yet; `sending`: it is on the wire; `unknown`: it
 * left and no answer came, so the person may have got it. The last four are final.
 */
export type DeliveryStatus = 'pending' | 'sending' | 'accepted' | 'refused' | 'notSent' | 'unknown';

/** A person whom a push goes to. */
export interface PushPerson extends Pick<Recipient, 'id' | 'name'> {
  status: DeliveryStatus;
  /** The server's code where it refused. */
  code?: string | undefined;
  /** True if a notification was taken back out of the person's bell. */
  isDeleted?: boolean;
}

/** What the user said about a push that waited. `replaced`: another push took its place. */
export type Decision = 'sent' | 'discarded' | 'replaced';

/** Where a push comes from. */
export type PushSource = Pick<Push, 'origin' | 'askedBy' | 'scheduled' | 'things'>;

/** A draft that was sent, and what became of it. */
export interface Push {
  /** Sorts by time. */
  id: string;
  /** The pushes whose place this one takes. */
  replaces: readonly string[];
  origin: PushOrigin;
  /** The program, agent or extension that asked for it, by its own word. */
  askedBy?: string | undefined;
  /** Id of the scheduled push that it has been. */
  scheduled?: string | undefined;
  /** What a push to oneself tells of, where it was not written by hand. */
  things?: readonly ToldThing[] | undefined;
  /** Unix ms when it was recorded, before anything left. */
  at: number;
  /** Host of the portal. */
  host: string;
  /** The draft as it was written, with its account named. Empty where only outcomes are kept. */
  draft: Draft;
  /** What a personal text says about its people, as far as it asks; undefined for a text that is the same for all. */
  facts?: readonly TextPerson[] | undefined;
  /** Everybody whom it goes to. Before departments are resolved, only the people who were picked individually. */
  people: readonly PushPerson[];
  /** False if nobody could be asked who is in its departments, so nothing of it left. */
  isResolved: boolean;
  /** Text and people are not kept; only these counts are. */
  redactedTo?: Readonly<Record<DeliveryStatus, number>> | undefined;
  /** Why not everybody got it. */
  error: Bitrix24Error | undefined;
  /** Unix ms when its window had done with it; undefined while it is being sent. */
  endedAt: number | undefined;
  /** The people who certainly did not get it are in a draft or in another push. */
  isRestMoved: boolean;
  decision: Decision | undefined;
}

/** `partly`: not the same for everybody. The other words hold for everybody. */
export type PushState = DeliveryStatus | 'partly';

export interface PushSummary {
  state: PushState;
  /** People by delivery status. */
  counts: Readonly<Record<DeliveryStatus, number>>;
  /** All of them. */
  people: number;
}

/** Counts, and one word for all. */
export function summaryOf(push: Push): PushSummary {
  const counts = push.redactedTo ?? countsOf(push.people);
  const people = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { state: stateOf(push, counts), counts, people };
}

function countsOf(people: readonly PushPerson[]): Record<DeliveryStatus, number> {
  const counts = { pending: 0, sending: 0, accepted: 0, refused: 0, notSent: 0, unknown: 0 };
  for (const { status } of people) {
    counts[status] += 1;
  }
  return counts;
}

function stateOf(push: Push, counts: PushSummary['counts']): PushState {
  const { accepted, refused, notSent, unknown, sending } = counts;
  if (push.endedAt === undefined) {
    return sending + accepted + refused + unknown > 0 ? 'sending' : 'pending';
  }
  if (accepted + unknown === 0) {
    // What stopped the push at its first request is the reason for those as well to whom it was not sent.
    const isSameCause = push.people.every(
      ({ status, code }) => status !== 'refused' || push.error?.is(code ?? '') === true,
    );
    return refused === 0 ? 'notSent' : isSameCause || notSent === 0 ? 'refused' : 'partly';
  }
  if (refused + notSent > 0) {
    return 'partly';
  }
  return unknown === 0 ? 'accepted' : accepted === 0 ? 'unknown' : 'partly';
}

/**
 * An action that the user may take on a push. `retry`: send it to those who certainly did not get it, where nobody else
 * may have; `sendToRest`: the same where others did or may have; `sendAnyway`: send it to those who may have got it;
 * `sendAsNotification`: put it into the bells of those who certainly did not get it, because pushes are not allowed.
 */
export type PushAction =
  'retry' | 'sendToRest' | 'sendAsNotification' | 'sendAnyway' | 'markAsSent' | 'discard';

export function actionsOf(push: Push): PushAction[] {
  // Another window took this push over, so only that window's record tells what became of it.
  const isElsewhere = push.error?.is('TAKEN_OVER') === true;
  if (push.endedAt === undefined || push.decision || push.redactedTo || isElsewhere) {
    return [];
  }
  const { counts } = summaryOf(push);
  const actions: PushAction[] = [];
  if (hasRest(push)) {
    actions.push(counts.accepted + counts.unknown > 0 ? 'sendToRest' : 'retry');
    if (push.error?.is('ACCESS_ERROR') && !isNotification(push.draft)) {
      actions.push('sendAsNotification');
    }
  } else if (counts.unknown > 0) {
    actions.push('sendAnyway', 'markAsSent');
  }
  return isWaiting(push) ? [...actions, 'discard'] : actions;
}

/** A result that is told to the user, with what may be done about it. */
export interface ResultContext {
  account: Account | undefined;
  draft: Draft;
  /** undefined if nothing was recorded. */
  push: Push | undefined;
  /** A draft that was not recorded can be tried again. */
  actions: readonly PushAction[];
  /** Does one of the actions. `as`: the account in use after a fix, when that may be another one. */
  act: (action: PushAction, as?: Account) => Promise<void>;
}

/** True if the push waits for its user: some people may have got it, or the network or a sign-out kept it from leaving. */
export function isWaiting(push: Push): boolean {
  if (push.decision || push.endedAt === undefined) {
    return false;
  }
  const { error } = push;
  // Whoever was signed out on the way can sign in again, and send what was not sent then.
  const isKept = isKeptByNetwork(error) || error?.is('NO_SUCH_ACCOUNT');
  return summaryOf(push).counts.unknown > 0 || (hasUnsentRest(push) && isKept === true);
}

/** True if there are people to whom it never left, and who are in no other push or draft. */
export function hasUnsentRest(push: Push): boolean {
  return !push.isRestMoved && (summaryOf(push).counts.notSent > 0 || !push.isResolved);
}

const networkKinds: readonly ErrorKind[] = ['refused', 'dns', 'tls', 'proxy', 'reset', 'timeout'];

/** True if this error kept a push from leaving and will pass by itself. */
export function isKeptByNetwork(error: Bitrix24Error | undefined): boolean {
  return error?.phase === 'notSent' && networkKinds.includes(error.kind);
}

/** The draft for the people who certainly did not get the push; undefined when there are none. */
export function restDraft(push: Push): Draft | undefined {
  return hasRest(push) ? partOf(push, ['refused', 'notSent'], 'rest') : undefined;
}

/** The draft for exactly the people who may have got the push; undefined when there are none. */
export function unknownDraft(push: Push): Draft | undefined {
  return push.redactedTo || !push.people.some(({ status }) => status === 'unknown')
    ? undefined
    : partOf(push, ['unknown'], 'unknown');
}

/** The people with one of these delivery statuses. */
export function peopleWith(push: Push, ...statuses: DeliveryStatus[]): PushPerson[] {
  return push.people.filter(({ status }) => statuses.includes(status));
}

function hasRest(push: Push): boolean {
  if (push.isRestMoved || push.redactedTo) {
    return false;
  }
  return !push.isResolved || peopleWith(push, 'refused', 'notSent').length > 0;
}

/** The same version of the draft where everybody is in the part, so that the store finds it. */
function partOf(push: Push, statuses: DeliveryStatus[], name: string): Draft {
  const { draft, people } = push;
  const part = peopleWith(push, ...statuses);
  if (!push.isResolved || part.length === people.length) {
    const isToPeople = name === 'unknown' && draft.departments.length > 0;
    return isToPeople ? { ...toPeople(draft, part), version: draft.version } : draft;
  }
  return { ...toPeople(draft, part), version: `${push.id}.${name}` };
}

/** The draft for these people instead of its people and departments. */
export function toPeople(draft: Draft, people: readonly Recipient[]): Draft {
  const recipients = people.map(({ id, name }) => ({ id, ...(name !== undefined && { name }) }));
  return edited(draft, { recipients, departments: [] });
}
