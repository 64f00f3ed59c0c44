import * as v from 'valibot';
import type { Fault, StatePatch } from './controlApi';

/** These schemas say what the control API accepts. A refusal names the wrong field. */

const Scope = v.pipe(v.string(), v.regex(/^[a-z0-9_.]+$/i));
/** Host with an optional port; a scheme before it is tolerated. */
const Host = v.pipe(v.string(), v.regex(/^(?:https?:\/\/)?[a-z0-9.-]+(?::\d{1,5})?\/?$/i));
const Handler = v.union([v.literal(''), v.pipe(v.string(), v.regex(/^https?:\/\/[^\s/]/i))]);

const UserPatch = v.strictObject({
  id: v.pipe(v.number(), v.integer()),
  firstName: v.exactOptional(v.string()),
  secondName: v.exactOptional(v.string()),
  lastName: v.exactOptional(v.string()),
  position: v.exactOptional(v.string()),
  email: v.exactOptional(v.string()),
  photo: v.exactOptional(v.string()),
  departments: v.exactOptional(v.array(v.pipe(v.number(), v.integer()))),
  admin: v.exactOptional(v.boolean()),
  active: v.exactOptional(v.boolean()),
  extranet: v.exactOptional(v.boolean()),
  device: v.exactOptional(v.picklist(['ios', 'android', 'none'])),
  push: v.exactOptional(v.boolean()),
  presence: v.exactOptional(v.picklist(['offline', 'mobile', 'browser', 'desktop', 'desktopIdle'])),
  smartFilter: v.exactOptional(v.boolean()),
  appAccess: v.exactOptional(v.boolean()),
  lastMobileDays: v.exactOptional(v.nullable(v.pipe(v.number(), v.minValue(0)))),
  absentDays: v.exactOptional(v.pipe(v.number(), v.minValue(0))),
  notificationsRing: v.exactOptional(v.boolean()),
});

const Amount = v.pipe(v.number(), v.minValue(0));
const OperatingUse = v.record(v.pipe(v.string(), v.regex(/^[a-z0-9_.]+$/)), Amount);

const PatchSchema = v.strictObject({
  appName: v.exactOptional(v.pipe(v.string(), v.maxLength(1000))),
  scopes: v.exactOptional(v.array(Scope)),
  handler: v.exactOptional(Handler),
  policy: v.exactOptional(v.picklist(['source', 'strict'])),
  statuses: v.exactOptional(v.picklist(['source', 'documented'])),
  clockOffset: v.exactOptional(v.pipe(v.number(), v.finite())),
  renamedTo: v.exactOptional(v.nullable(Host)),
  paid: v.exactOptional(v.boolean()),
  pushEnabled: v.exactOptional(v.boolean()),
  overloaded: v.exactOptional(v.boolean()),
  deleted: v.exactOptional(v.boolean()),
  operationLimitUntil: v.exactOptional(Amount),
  app: v.exactOptional(
    v.strictObject({
      installed: v.exactOptional(v.boolean()),
      registered: v.exactOptional(v.boolean()),
      installPath: v.exactOptional(Handler),
    }),
  ),
  bucket: v.exactOptional(
    v.strictObject({
      size: v.exactOptional(Amount),
      drain: v.exactOptional(Amount),
      level: v.exactOptional(Amount),
    }),
  ),
  operating: v.exactOptional(
    v.strictObject({
      limit: v.exactOptional(Amount),
      secondsPerCall: v.exactOptional(Amount),
      secondsPerCommand: v.exactOptional(Amount),
      used: v.exactOptional(OperatingUse),
      usedByWebhook: v.exactOptional(OperatingUse),
    }),
  ),
  forgetTokens: v.exactOptional(v.literal(true)),
  refusals: v.exactOptional(
    v.strictObject({
      userContext: v.exactOptional(v.boolean()),
      connection: v.exactOptional(v.boolean()),
      plan: v.exactOptional(v.boolean()),
      confirmation: v.exactOptional(v.picklist(['none', 'waiting', 'denied'])),
      webhookBlocked: v.exactOptional(v.boolean()),
      httpsRequired: v.exactOptional(v.boolean()),
    }),
  ),
  users: v.exactOptional(v.array(UserPatch)),
});

const timing = {
  method: v.pipe(v.string(), v.nonEmpty()),
  call: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  times: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0))),
};
const When = v.picklist(['before', 'after']);
const Status = v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599));

const FaultSchema = v.variant('action', [
  v.strictObject({ ...timing, action: v.literal('refuse') }),
  v.strictObject({ ...timing, action: v.literal('hang'), when: When }),
  v.strictObject({ ...timing, action: v.literal('cut'), when: When }),
  v.strictObject({
    ...timing,
    action: v.literal('status'),
    status: Status,
    error: v.exactOptional(v.string()),
    description: v.exactOptional(v.string()),
    body: v.exactOptional(v.string()),
    contentType: v.exactOptional(v.string()),
    headers: v.exactOptional(v.record(v.string(), v.string())),
  }),
  v.strictObject({ ...timing, action: v.literal('html'), status: v.exactOptional(Status) }),
  v.strictObject({ ...timing, action: v.literal('truncate') }),
  v.strictObject({
    ...timing,
    action: v.literal('slow'),
    delayMs: v.exactOptional(Amount),
    bytesPerSecond: v.exactOptional(v.pipe(v.number(), v.minValue(1))),
  }),
  v.strictObject({
    ...timing,
    action: v.literal('huge'),
    bytes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 31)),
  }),
  v.strictObject({ ...timing, action: v.literal('resultFalse') }),
]);

const InstallSchema = v.strictObject({
  user: v.exactOptional(v.pipe(v.number(), v.integer())),
});

export type Parsed<T> = { ok: true; value: T } | { ok: false; problem: string };

export function parseStatePatch(body: unknown): Parsed<StatePatch> {
  return parse(PatchSchema, body);
}

/** Parses one fault or a list of them. */
export function parseFaults(body: unknown): Parsed<Fault[]> {
  return parse(v.array(FaultSchema), Array.isArray(body) ? body : [body]);
}

/** Parses the body of POST /install, which may be empty. */
export function parseInstall(body: unknown): Parsed<v.InferOutput<typeof InstallSchema>> {
  return parse(InstallSchema, body ?? {});
}

function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  body: unknown,
): Parsed<v.InferOutput<Schema>> {
  const result = v.safeParse(schema, body);
  if (result.success) {
    return { ok: true, value: result.output };
  }
  const [issue] = result.issues;
  const place = v.getDotPath(issue) ?? '';
  return { ok: false, problem: place === '' ? issue.message : `${place}: ${issue.message}` };
}
