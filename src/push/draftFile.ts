import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { ways } from './draft';

const optionalText = v.optional(v.string());

const positiveId = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

const fields = v.object({
  // A part of it goes into the names of files.
  id: v.pipe(v.string(), v.uuid()),
  version: v.string(),
  accountId: optionalText,
  recipients: v.array(
    v.object({
      id: positiveId,
      name: optionalText,
      position: optionalText,
      photo: optionalText,
      workspaceGroup: optionalText,
    }),
  ),
  departments: v.array(
    v.object({
      id: positiveId,
      name: optionalText,
      reach: v.picklist(['tree', 'direct']),
      workspaceGroup: optionalText,
    }),
  ),
  text: v.string(),
  mode: v.picklist(['literal', 'personal']),
  avatar: v.string(),
  location: v.optional(v.object({ label: v.string(), included: v.boolean() })),
  via: v.optional(v.picklist(ways)),
});

/** A draft in a file of drafts or of a push. JSON leaves out an account that is undefined. */
export const draftSchema = v.pipe(
  fields,
  v.transform((draft) => ({ ...draft, accountId: draft.accountId })),
);

const draftFile = v.object({
  version: v.literal(1),
  /** Unix ms. */
  at: v.number(),
  current: draftSchema,
  /** Begun in the palette and left there. */
  palette: v.optional(draftSchema),
  /** Drafts that made room for another text, or failed elsewhere. */
  kept: v.array(draftSchema),
});

/** What a window has written and not sent, as it stands on disk. */
export type DraftFile = v.InferOutput<typeof draftFile>;

/** undefined for anything that this version did not write. */
export function parseDraftFile(content: string): DraftFile | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), draftFile), content);
  return parsed.success ? parsed.output : undefined;
}

/** Names the files of a workspace without telling its path. `uri`: of the workspace file or the first folder. */
export function workspaceKey(uri: string | undefined): string {
  return uri === undefined
    ? 'no-folder'
    : createHash('sha256').update(uri).digest('hex').slice(0, 32);
}
