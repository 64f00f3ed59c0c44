/**
 * The messages between the form's page and its host: one file, both directions.
 *
 * The page says `ready`; the host answers with `init` (words) and `state` (a full snapshot), and again with a
 * full snapshot after every change. What the page asks with an `id` is answered by exactly one `reply`, also
 * when it failed. Nothing secret ever crosses. Both sides parse what they get: the host because a page is not
 * trusted, the page so that a wrong message cannot break a half-written push.
 */
import * as v from 'valibot';

/** The most that the host takes from the page; longer is dropped and logged. Characters, or items. */
export const limits = {
  text: 1_000_000,
  avatar: 8_192,
  recipients: 100_000,
  departments: 1_000,
  word: 100,
  query: 200,
  /** A pasted list of people. */
  list: 500_000,
} as const;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const personId = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const short = v.pipe(v.string(), v.maxLength(limits.word));

/** Commands that the form has buttons for; the host runs no others for it. */
export const formCommands = [
  'signIn',
  'sandbox',
  'switchAccount',
  'setSenderName',
  'checkSetup',
  'showLog',
  'saveGroup',
  'sendLater',
  'whyNotDelivered',
] as const;
export type FormCommand = (typeof formCommands)[number];

const formFields = ['recipients', 'text', 'avatar'] as const;
export type FormField = (typeof formFields)[number];

const person = v.object({
  id: personId,
  name: v.optional(v.string()),
  position: v.optional(v.string()),
  photo: v.optional(v.string()),
  /** The facts that a personal text may mention, where they are known. */
  firstName: v.optional(v.string()),
  lastName: v.optional(v.string()),
  department: v.optional(v.string()),
  /** Bitrix24 would say true and notify nobody: no such id, or somebody dismissed. */
  trouble: v.optional(v.picklist(['unknown', 'inactive'])),
});
/** Someone to send to, as the form draws them. */
export type Person = v.InferOutput<typeof person>;

const reach = v.picklist(['tree', 'direct']);
const department = v.object({
  id: personId,
  name: v.optional(v.string()),
  reach,
  /** Number of people with and without sub-departments, as far as the directory knows. */
  counts: v.optional(v.object({ tree: v.number(), direct: v.number() })),
  /** True if there are departments below it. */
  parent: v.boolean(),
  /** From the top of the company to it: "Acme / Sales". */
  path: v.optional(v.string()),
  /** The name of its head. */
  head: v.optional(v.string()),
});
/** A department to send to, as the form draws it. */
export type DepartmentView = v.InferOutput<typeof department>;

const group = v.object({
  name: v.string(),
  people: v.array(person),
  departments: v.array(department),
  /** True if it comes from the settings of the workspace, which somebody else may have written. */
  ofWorkspace: v.optional(v.boolean()),
});
/** A saved group: choosing it chooses all that is in it. */
export type GroupView = v.InferOutput<typeof group>;

const textMode = v.picklist(['literal', 'personal']);

/** The part of a draft that the page may change. People and departments are ids here: only the host knows their names. */
const written = v.object({
  recipients: v.pipe(v.array(personId), v.maxLength(limits.recipients)),
  departments: v.pipe(
    v.array(v.strictObject({ id: personId, reach })),
    v.maxLength(limits.departments),
  ),
  text: v.pipe(v.string(), v.maxLength(limits.text)),
  /** Whether braces are placeholders. */
  mode: textMode,
  avatar: v.pipe(v.string(), v.maxLength(limits.avatar)),
  /** Whether file and line go with the text; undefined when the draft has none. */
  locationIncluded: v.optional(v.boolean()),
});
export type Written = v.InferOutput<typeof written>;
/** The same without the people and departments that the host has confirmed: thousands of ids are too much at every key. */
const rewritten = v.object({
  ...written.entries,
  ...v.partial(v.pick(written, ['recipients', 'departments'])).entries,
});

/** How far a draft has come: `generation` counts what the host changed in it, `edit` what the page did. */
const stamp = { generation: whole, edit: whole };
export interface Stamp {
  generation: number;
  edit: number;
}

const fromFormSchema = v.variant('type', [
  /** The page has its listeners; nothing is posted to it before. */
  v.strictObject({ type: v.literal('ready') }),
  /** The draft after an edit. It is dropped if the host has meanwhile replaced the draft (older `generation`). */
  v.strictObject({ type: v.literal('edit'), ...stamp, written: rewritten }),
  v.strictObject({
    type: v.literal('send'),
    id: whole,
    ...stamp,
    written,
    to: v.picklist(['recipients', 'me']),
  }),
  /** Stops a wait for the portal, or a push that takes several requests. */
  v.strictObject({ type: v.literal('cancel') }),
  v.strictObject({
    type: v.literal('search'),
    id: whole,
    query: v.pipe(v.string(), v.maxLength(limits.query)),
  }),
  /** Asks for the people and departments that a pasted list means. */
  v.strictObject({
    type: v.literal('match'),
    id: whole,
    text: v.pipe(v.string(), v.maxLength(limits.list)),
  }),
  /** Puts a kept draft back into the form; forgets it, or all of them; or brings back what was forgotten last. */
  v.strictObject({
    type: v.literal('kept'),
    id: whole,
    action: v.picklist(['restore', 'forget', 'forgetAll', 'bringBack']),
    /** '' but to restore or forget one. */
    draftId: short,
  }),
  /** One of the fixes that the present problem offers. */
  v.strictObject({ type: v.literal('fix'), id: whole, fix: short }),
  v.strictObject({
    type: v.literal('command'),
    id: whole,
    command: v.picklist(formCommands),
    /** The one of the people chosen that it is about. */
    person: v.optional(personId),
  }),
  /** A failure in the page's own code: its place, never its contents. */
  v.strictObject({ type: v.literal('fault'), where: v.pipe(v.string(), v.maxLength(200)) }),
]);
export type FromForm = v.InferOutput<typeof fromFormSchema>;

const account = v.object({
  id: v.string(),
  host: v.string(),
  userId: v.number(),
  userName: v.string(),
  administrator: v.optional(v.boolean()),
  senderName: v.optional(v.string()),
  /** Counts into the push's bytes, as the group of its notification. */
  clientId: v.string(),
});
export type AccountView = v.InferOutput<typeof account>;

const problem = v.object({
  code: v.string(),
  message: v.string(),
  severity: v.picklist(['error', 'warning', 'info']),
  fixes: v.array(v.object({ id: v.string(), label: v.string() })),
});
/** A problem with its fixes' labels: plain text, drawn as text. */
export type ProblemView = v.InferOutput<typeof problem>;

const issue = v.object({
  field: v.picklist(formFields),
  message: v.string(),
  /** The place in the text, in UTF-16 units; only for faults that have one. */
  offset: v.optional(v.number()),
  length: v.optional(v.number()),
});
/** A fault of one of the draft's fields. */
export type IssueView = v.InferOutput<typeof issue>;

/** "312 people, 40 texts, 1 request"; `blanks`: people for whom a place in the text stays empty. */
const plan = v.object({
  people: v.number(),
  texts: v.number(),
  requests: v.number(),
  blanks: v.number(),
});
export type PlanView = v.InferOutput<typeof plan>;

const checked = {
  issues: v.array(issue),
  /** Only for a text with placeholders, once all is known that it says about its people. */
  plan: v.optional(plan),
  /** For a draft with departments: the number of people by what was read last. */
  approximatePeople: v.optional(v.number()),
};

/** How far a push of several requests has come, in people. */
const progress = v.object({
  accepted: v.number(),
  left: v.number(),
  failed: v.number(),
  unknown: v.number(),
  total: v.number(),
});

const phase = v.variant('kind', [
  v.object({ kind: v.literal('idle') }),
  /** The push has not left yet: it is checked, or its user is asked. */
  v.object({ kind: v.literal('checking') }),
  /** The push is under way, and Bitrix24 has not answered for all people. */
  v.object({ kind: v.literal('sending'), progress: v.optional(progress) }),
  /** The portal asked for patience; `until` is Unix ms. */
  v.object({ kind: v.literal('waiting'), until: v.number(), progress: v.optional(progress) }),
]);
export type PhaseView = v.InferOutput<typeof phase>;

/** Unix ms, people, host: "13:48 accepted by Bitrix24 for 3 people". */
const accepted = v.object({
  /** True where it went into bells. */
  isNotification: v.optional(v.boolean()),
  at: v.number(),
  count: v.number(),
  host: v.string(),
  /** A sentence that names the people who may not get it all the same. */
  hint: v.optional(v.string()),
});
export type AcceptedView = v.InferOutput<typeof accepted>;

/** A draft that is kept beside the one in the form; `text` is its beginning. */
const kept = v.object({ id: v.string(), text: v.string(), people: v.number() });
export type KeptView = v.InferOutput<typeof kept>;

const hint = v.object({
  id: personId,
  /** A few words: "desktop app open: the phone usually shows nothing". */
  words: v.string(),
  /** `not`: it may not come at all; `late`: it may come late; `none`: only worth knowing. */
  weight: v.picklist(['not', 'late', 'none']),
});
/** A reason why one of the people chosen may not get a push. */
export type HintView = v.InferOutput<typeof hint>;

const formState = v.object({
  /** undefined: not signed in. */
  account: v.optional(account),
  /** How many accounts there are to switch between. */
  accounts: v.number(),
  draft: v.object({
    ...stamp,
    recipients: v.array(person),
    departments: v.array(department),
    text: v.string(),
    mode: textMode,
    avatar: v.string(),
    /** The place that the text came from, e.g. `cart.ts:41-43`. */
    location: v.optional(v.object({ label: v.string(), included: v.boolean() })),
  }),
  ...checked,
  kept: v.array(kept),
  /** True if the disk did not take the draft. */
  isUnsaved: v.optional(v.boolean()),
  /** The people chosen before belong to another portal than the account shown now. */
  otherPortal: v.boolean(),
  phase,
  accepted: v.optional(accepted),
  problem: v.optional(problem),
  /** Another push that may have been accepted, in one line. */
  earlier: v.optional(problem),
});
/** Everything that the page draws. Always complete. */
export type FormState = v.InferOutput<typeof formState>;
/** What the host finds in a draft. */
export type Checked = Pick<FormState, keyof typeof checked>;

const unmatched = v.object({
  text: v.string(),
  why: v.picklist([
    'unknown',
    'unknownId',
    'noScope',
    'portal',
    'inactive',
    'ambiguous',
    'spelling',
    'address',
    'number',
    'mismatch',
  ]),
  candidates: v.array(person),
  departments: v.array(department),
});
/** A piece of a pasted list that matches nobody for certain. */
export type UnmatchedView = v.InferOutput<typeof unmatched>;

/** A place in the lists of what was found. */
const rankedView = v.object({
  kind: v.picklist(['person', 'department', 'group']),
  index: whole,
  /** Enter takes it without a further look if it is the first. */
  isSure: v.boolean(),
  /** Why it was found, if what is shown of it does not say so. */
  why: v.optional(v.string()),
});
export type RankedView = v.InferOutput<typeof rankedView>;

/** The answer to a request of the page. */
const replyValue = v.variant('kind', [
  v.object({
    kind: v.literal('people'),
    people: v.array(person),
    departments: v.array(department),
    groups: v.array(group),
    /** The order in which to show them, best first; absent when nothing was typed. */
    ranking: v.optional(v.array(rankedView)),
    /** A sentence to show beside them. */
    note: v.optional(v.string()),
    /** Why nobody can be found by name, when that is so; ids still work. */
    hint: v.optional(problem),
  }),
  v.object({
    kind: v.literal('matched'),
    people: v.array(person),
    departments: v.array(department),
    unmatched: v.array(unmatched),
    /** The permission that would help to find more. */
    hint: v.optional(problem),
  }),
  /** Sending is over. `outcome` is the push's state, or why there is none; the form's state tells the rest. */
  v.object({ kind: v.literal('sent'), outcome: v.string() }),
  v.object({ kind: v.literal('done') }),
]);
export type ReplyValue = v.InferOutput<typeof replyValue>;

const toFormSchema = v.variant('type', [
  v.object({
    type: v.literal('init'),
    /** BCP 47, for numbers, plurals and dates. */
    locale: v.string(),
    /** Translated sentences by name, some with plural forms as common/plural.ts splits them. */
    strings: v.record(v.string(), v.string()),
    /** `phone`: only the drawn phone, for a push that is written elsewhere. */
    view: v.optional(v.literal('phone')),
  }),
  v.object({ type: v.literal('state'), state: formState }),
  /** The faults of the edit of this number, and how it would be sent. */
  v.object({ type: v.literal('checked'), ...stamp, ...checked }),
  /** Hints about the people chosen, learnt in the background; they replace the hints before. */
  v.object({ type: v.literal('hints'), hints: v.array(hint), firstOnly: v.optional(v.number()) }),
  /** More people can be found than before: what is being looked for is worth asking for again. */
  v.object({ type: v.literal('peopleRead') }),
  /** A push has come further; everything else is as it was. */
  v.object({ type: v.literal('phase'), phase }),
  /** What the draft's text was before, oldest first: a page that was rebuilt goes on with it for undo. */
  v.object({ type: v.literal('pastTexts'), texts: v.array(v.string()) }),
  v.object({ type: v.literal('focus'), field: v.picklist(formFields) }),
  v.object({
    type: v.literal('reply'),
    id: v.number(),
    result: v.variant('ok', [
      v.object({ ok: v.literal(true), value: replyValue }),
      v.object({ ok: v.literal(false), problem }),
    ]),
  }),
]);
export type ToForm = v.InferOutput<typeof toFormSchema>;

/** A message from the page, or undefined for anything else: unknown, too long or of another shape. */
export function parseFromForm(data: unknown): FromForm | undefined {
  const parsed = v.safeParse(fromFormSchema, data);
  return parsed.success ? parsed.output : undefined;
}

/** A message from the host, or undefined for anything else. */
export function parseToForm(data: unknown): ToForm | undefined {
  const parsed = v.safeParse(toFormSchema, data);
  return parsed.success ? parsed.output : undefined;
}
