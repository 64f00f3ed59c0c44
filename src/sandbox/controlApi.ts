/** These are the JSON shapes of the control API, which README.md beside this file documents. */

/**
 * The version of the line that `--json` prints and of the control API. Fields and requests may be added to a version;
 * what is there keeps its name and meaning.
 */
export const API_VERSION = 1;

export type Device = 'ios' | 'android' | 'none';

/** Where the person is active. It decides whether and when a phone shows a push. Source: docs/bitrix24.md, section 8. */
export type Presence = 'offline' | 'mobile' | 'browser' | 'desktop' | 'desktopIdle';

export interface SandboxUser {
  id: number;
  firstName: string;
  /** The Russian otchestvo, or a middle name; '' for none. */
  secondName: string;
  lastName: string;
  /** First and last name together. */
  name: string;
  position: string;
  email: string;
  /** Address of a photo drawn by the sandbox, or '' for none. */
  photo: string;
  departments: number[];
  /** Administrator of the portal. */
  admin: boolean;
  /** false: dismissed. */
  active: boolean;
  extranet: boolean;
  device: Device;
  /** The person's own push switch in the mobile app. */
  push: boolean;
  presence: Presence;
  smartFilter: boolean;
  /** Whether the person may use the application. */
  appAccess: boolean;
  /** Days, also parts of them, since the mobile app was used last; null for never. */
  lastMobileDays: number | null;
  /** Days until the person is back from an absence; 0: not absent. */
  absentDays: number;
  /** Whether a notification in the bell makes the phone ring, too. */
  notificationsRing: boolean;
}

export interface SandboxApp {
  /** Id in /devops/edit/application/ID/. */
  integrationId: number;
  clientId: string;
  /** '' makes push.add answer EMPTY_APP_NAME. */
  name: string;
  scopes: string[];
  handler: string;
  /** Where the portal sends ONAPPINSTALL; '' for nowhere. */
  installPath: string;
  /** false: the authorization server answers NOT_INSTALLED; the portal APPLICATION_NOT_FOUND to a token that it knows, ERROR_OAUTH to another. */
  installed: boolean;
  /** false: the application was deleted from the registry, and the authorization server answers wrong_client. */
  registered: boolean;
}

export interface SandboxState {
  /** Origin of the portal. */
  portal: string;
  appName: string;
  /** What the application may do. The portal remembers for an hour which scopes a token had at its first call. */
  scopes: string[];
  handler: string;
  app: SandboxApp;
  /**
   * Everybody, up to 200 people. A larger portal lists only the first 60, administrators, people who were
   * changed, and recipients of the last pushes; GET /users returns the others.
   */
  users: SandboxUser[];
  /** How many people the portal has. */
  peopleCount: number;
  /** Whether codes and replaced refresh tokens can be used again (`source`) or only once (`strict`). */
  policy: 'source' | 'strict';
  /** Which HTTP statuses are used where source code and documentation differ. */
  statuses: 'source' | 'documented';
  /** Seconds added to the sandbox's clock. */
  clockOffset: number;
  /** The leaky bucket; size 0 switches it off. Drain is in requests per second. */
  bucket: { size: number; drain: number; level: number };
  operating: OperatingState;
  /** Host that the portal was renamed to; null when it was not. */
  renamedTo: string | null;
  /** false: PAYMENT_REQUIRED. */
  paid: boolean;
  /** The portal's push option. */
  pushEnabled: boolean;
  /** true: OVERLOAD_LIMIT. */
  overloaded: boolean;
  /** true: PORTAL_DELETED. */
  deleted: boolean;
  /** Unix ms until which pull.application.push.add answers OPERATION_TIME_LIMIT; 0 for never. */
  operationLimitUntil: number;
  refusals: Refusals;
}

/** The operating time, which is counted for each method in a window of ten minutes. All values are in seconds. */
export interface OperatingState {
  /** A method that took more is blocked; 0 for no limit. */
  limit: number;
  /** What a call is reckoned to take. A portal counts only what takes more than 0.1 s; 0 to count nothing. */
  secondsPerCall: number;
  /** What each further command of the same method in a batch is reckoned to take. */
  secondsPerCommand: number;
  /** What the application has used of each method. */
  used: Record<string, number>;
  /** What the webhook has used of each method. */
  usedByWebhook: Record<string, number>;
}

/** Switches for refusals that nothing else in the state causes. All are off at the start. */
export interface Refusals {
  /** true: ACCESS_DENIED, the person may not be authorised in this context. */
  userContext: boolean;
  /** true: CONNECTION_ERROR, the portal does not reach the authorization server. */
  connection: boolean;
  /** true: ACCESS_DENIED, REST is available only on commercial plans. */
  plan: boolean;
  /** METHOD_CONFIRM_WAITING or METHOD_CONFIRM_DENIED for every method that needs a scope. */
  confirmation: 'none' | 'waiting' | 'denied';
  /** true: INVALID_CREDENTIALS for the webhook. */
  webhookBlocked: boolean;
  /** true: INVALID_REQUEST for the webhook, as on a portal that is reached over http. */
  httpsRequired: boolean;
}

/** The body of PATCH /state. It holds only what is to change; people are named by id. */
export type StatePatch = Partial<
  Pick<
    SandboxState,
    | 'appName'
    | 'scopes'
    | 'handler'
    | 'policy'
    | 'statuses'
    | 'clockOffset'
    | 'renamedTo'
    | 'paid'
    | 'pushEnabled'
    | 'overloaded'
    | 'deleted'
    | 'operationLimitUntil'
  >
> & {
  app?: Partial<Pick<SandboxApp, 'installed' | 'registered' | 'installPath'>>;
  bucket?: Partial<SandboxState['bucket']>;
  /** The methods in `used` and `usedByWebhook` count as used just now; other methods stay as they are. */
  operating?: Partial<OperatingState>;
  /** true: the portal forgets what it knows of tokens, as it does an hour after their first call. */
  forgetTokens?: true;
  refusals?: Partial<Refusals>;
  users?: (Pick<SandboxUser, 'id'> & Partial<Omit<SandboxUser, 'id' | 'name'>>)[];
};

export type FaultAction =
  /**
   * The connection is closed before anything is read. With `times: 0` and the method `*` or
   * `oauth.token` the port itself is closed, so that clients see ECONNREFUSED.
   */
  | { action: 'refuse' }
  /** No answer ever comes. `when` says whether the request is carried out first. */
  | { action: 'hang'; when: 'before' | 'after' }
  /** The connection breaks. `when` says whether the request is carried out first. */
  | { action: 'cut'; when: 'before' | 'after' }
  /** The request is not carried out; the answer is this status with this body, by default a Bitrix24 error. */
  | {
      action: 'status';
      status: number;
      error?: string;
      description?: string;
      body?: string;
      contentType?: string;
      headers?: Record<string, string>;
    }
  /** The request is carried out, but the answer is HTML. */
  | { action: 'html'; status?: number }
  /** The request is carried out, but the JSON ends in the middle. */
  | { action: 'truncate' }
  /** The request is carried out; the answer comes this many ms late, or at this many bytes per second. */
  | { action: 'slow'; delayMs?: number; bytesPerSecond?: number }
  /** The request is carried out; the answer has this many bytes, mostly blanks before the JSON. */
  | { action: 'huge'; bytes: number }
  /** The request is not carried out; the answer is `{"result":false}`. */
  | { action: 'resultFalse' };

/** The body of POST /faults is one fault or a list of them. GET /faults lists those that have not been played. */
export type Fault = FaultAction & {
  /** REST method in lower case; of the authorization server `oauth.token` and `oauth.app.info`; `*` for all. */
  method: string;
  /** The first matching call to spoil, counted from 1 (default) when the fault is set. */
  call?: number;
  /** How many calls to spoil; default 1, 0 for ever. */
  times?: number;
};

export interface RecordedPush {
  id: number;
  /** ISO time by the sandbox's clock. */
  time: string;
  /** The `id` of the HTTP request in GET /requests. */
  request: number;
  senderId: number;
  appName: string;
  clientId: string;
  text: string;
  avatar: string;
  /** Ids that the server read in USER_ID. */
  recipients: number[];
  /** Ids of people whose phone shows the push; a phone of `deferred` will show it later. */
  delivered: number[];
  deferred: number[];
  dropped: {
    id: number;
    reason:
      'unknown' | 'dismissed' | 'noDevice' | 'pushOff' | 'desktopOpen' | 'pushDisabled' | 'tooLong';
  }[];
  /** The text as each platform shows it after the 4,096-byte cut. `lost`: the cut split a character on iOS. */
  shown: {
    ios: { text: string; cut: boolean; lost: boolean };
    android: { text: string; cut: boolean; lost: boolean };
  };
}

/** The lengths of a push's lists. */
export interface PushCounts {
  recipients: number;
  delivered: number;
  deferred: number;
  dropped: number;
  /** How many of the dropped ids belong to nobody. */
  unknown: number;
}

/** A push whose lists may leave people out; `counts` has the full lengths. */
export interface PushExcerpt extends RecordedPush {
  counts: PushCounts;
}

/** A notification that stands in a person's bell. One that was deleted, or replaced by its tag, is gone. */
export interface RecordedNotification {
  id: number;
  /** ISO time by the sandbox's clock. */
  time: string;
  /** The `id` of the HTTP request in GET /requests. */
  request: number;
  type: 'personal' | 'system';
  /** The person in whose bell it stands. */
  userId: number;
  /** Who sent it; null for a system notification. */
  senderId: number | null;
  /** The person, the application, or '' for a system notification of a webhook. */
  senderName: string;
  /** With its BB codes. */
  message: string;
  /** The text for e-mails; '' if it is the message. */
  messageOut: string;
  /** Whose TAG and SUB_TAG these are: the application's id, or `custom` and the CLIENT_ID of a webhook; null for none. */
  owner: string | null;
  tag: string;
  subTag: string;
  hasAttach: boolean;
  /** Whether the phone rang when it came. */
  rang: boolean;
}

export interface RecordedRequest {
  id: number;
  time: string;
  /** REST method, `oauth.token`, `oauth.app.info`, `oauth.authorize`, or `ONAPPINSTALL` and `app.open`, which the portal sends to the application. */
  method: string;
  http: 'GET' | 'POST';
  /** Who called, once the portal knows that; null otherwise. */
  caller: { id: number; name: string; via: 'application' | 'webhook' } | null;
  /** From the request's headers to the answer, in milliseconds. */
  durationMs: number;
  /** The parameters without tokens, codes and secrets. */
  params: unknown;
  status: number;
  /** The `error` answered, if any. */
  error: string | null;
  /** The answer's JSON or XML without tokens and secrets, its first 4,000 characters; '' for others. */
  answer: string;
  /** Names that are no parameters of the method. A real portal ignores them in silence. */
  ignored: string[];
  /** One short English sentence, e.g. "2 shown, 1 skipped, 1 dropped". */
  note: string;
  /** The fault that was played, if any. */
  fault: string | null;
}

/** Everything that the control API shows, at one moment. */
export interface Snapshot {
  state: SandboxState;
  pushes: RecordedPush[];
  notifications: RecordedNotification[];
  requests: RecordedRequest[];
  faults: Fault[];
}

/**
 * The `data` of each server-sent event of GET /events: the last 60 requests, their long parameters cut,
 * the last 50 pushes and the last 200 notifications. A push to many people names only those in
 * `state.users` and a few unknown ids.
 */
export interface LiveSnapshot extends Snapshot {
  pushes: PushExcerpt[];
}

/** The answer of GET /users. */
export interface FoundUsers {
  users: SandboxUser[];
  /** How many people match; `users` holds the first of them. */
  matching: number;
}

/** The one line that `--json` prints, and `Sandbox.info`. Addresses have no slash at their end. */
export interface SandboxInfo {
  /** See API_VERSION. */
  version: typeof API_VERSION;
  portal: string;
  authServer: string;
  clientId: string;
  clientSecret: string;
  /** The application's handler: where the browser is sent with a code. */
  handler: string;
  /** Base of the control API, on a port of its own. */
  control: string;
  /** The first 60 people. */
  users: { id: number; name: string; admin: boolean }[];
  peopleCount: number;
  /** Base address of the methods that an inbound webhook of the first administrator offers. */
  webhook: string;
  /** The portal answers here after PATCH /state has set `renamedTo` to the host of this address. */
  renamedPortal: string;
  /** The page with the phones. */
  phones: string;
  /** The ID in /devops/edit/application/ID/. */
  integrationId: number;
  /** With TLS: the file with the certificate of the authority that clients have to trust, an absolute path. */
  ca?: string;
}
