import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { DepartmentRecipient, Recipient } from '../people/recipient';
import { toPeople } from './draft';
import type { Draft } from './draft';
import type { TextMode } from './personalText';

/** A push on its way, as versions without an outbox noted it here. */
export interface PendingPush {
  id: string;
  /** With its account named. */
  draft: Draft;
  /** Whom it was written to, where that was departments too: `draft` has the people who were in them. */
  asked?: { people: Recipient[]; departments: DepartmentRecipient[] } | undefined;
  /** `unknown`: it was sent and nobody heard the answer. */
  state: 'sending' | 'unknown';
  /** Of a push that takes several requests, as it stood before the last one began. */
  progress?: { accepted: number[]; wire: number[] } | undefined;
  /** Unix ms when sending began. */
  at: number;
  /** Of the portal. */
  host: string;
}

/** The draft as it was written, before its departments became people; undefined when it had none. */
export function askedDraft({
  draft,
  asked,
}: Pick<PendingPush, 'draft' | 'asked'>): Draft | undefined {
  return asked && { ...toPeople(draft, asked.people), departments: asked.departments };
}

const optionalText = v.optional(v.string());

const personId = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

const people = v.array(
  v.object({ id: personId, name: optionalText, position: optionalText, photo: optionalText }),
);
const departments = v.array(
  v.object({ id: personId, name: optionalText, reach: v.picklist(['tree', 'direct']) }),
);

const draftFields = v.object({
  accountId: optionalText,
  recipients: people,
  /** Absent in files of versions that knew people only. */
  departments: v.optional(departments),
  text: v.string(),
  /** Absent in files of versions that knew literal texts only. */
  mode: v.optional(v.picklist(['literal', 'personal'])),
  avatar: v.string(),
  location: v.optional(v.object({ label: v.string(), included: v.boolean() })),
});
type DraftFields = v.InferOutput<typeof draftFields>;

const draftOf = (fields: DraftFields, mode: TextMode): Draft => ({
  ...fields,
  accountId: fields.accountId,
  mode: fields.mode ?? mode,
});

/** Still being written: a text without a place in a file was typed. */
const draft = v.pipe(
  draftFields,
  v.transform((fields) => draftOf(fields, fields.location ? 'literal' : 'personal')),
);

/** Already on its way, so as the version that sent it understood it. */
export const sentDraft = v.pipe(
  draftFields,
  v.transform((fields) => draftOf(fields, 'literal')),
);

const draftFile = v.object({
  version: v.literal(1),
  /** Process that wrote it: a living one must not be disturbed. */
  pid: v.pipe(v.number(), v.safeInteger()),
  /** Unix ms. */
  at: v.number(),
  current: draft,
  /** Begun in the palette and left there. */
  palette: v.optional(draft),
  /** Set aside for another text, or failed elsewhere. */
  kept: v.array(draft),
  /** Of versions without an outbox. */
  pending: v.array(
    v.object({
      id: v.string(),
      draft: sentDraft,
      asked: v.optional(v.object({ people, departments })),
      state: v.picklist(['sending', 'unknown']),
      progress: v.optional(v.object({ accepted: v.array(personId), wire: v.array(personId) })),
      at: v.number(),
      host: v.string(),
    }),
  ),
});

/** What a window has written and not sent, as it stands on disk. */
export type DraftFile = v.InferOutput<typeof draftFile>;

/** undefined for anything that this version did not write. */
export function parseDraftFile(content: string): DraftFile | undefined {
  try {
    const parsed = v.safeParse(draftFile, JSON.parse(content));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** Names the files of a workspace without telling its path. `uri`: of the workspace file or the first folder. */
export function workspaceKey(uri: string | undefined): string {
  return uri === undefined
    ? 'no-folder'
    : createHash('sha256').update(uri).digest('hex').slice(0, 32);
}
