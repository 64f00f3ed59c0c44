/** The shapes of the sandbox's control API: what tests, scripts and the phones' page see. Documented in src/sandbox/README.md. */

export type Device = 'ios' | 'android' | 'none';

/** Where the person is active; Bitrix24 decides by this whether and when a phone shows a push. */
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
  /** May use the application. */
  appAccess: boolean;
  /** Days, also parts of them, since the mobile app was used last; null for never. */
  lastMobileDays: number | null;
  /** Days until the person is back from an absence; 0: not absent. */
  absentDays: number;
}

export interface SandboxApp {
  /** Id in /devops/edit/application/ID/. */
  integrationId: number;
  clientId: string;
  /** '' makes push.add answer EMPTY_APP_NAME. */
  name: string;
  scopes: string[];
  handler: string;
  /** false: the authorization server answers NOT_INSTALLED, the portal APPLICATION_NOT_FOUND. */
  installed: boolean;
  /** false: deleted from the registry: wrong_client. */
  registered: boolean;
}

export interface SandboxState {
  /** Origin of the portal. */
  portal: string;
  appName: string;
  scopes: string[];
  handler: string;
  app: SandboxApp;
  /**
   * Everybody up to 200 people. Of more: the first 60, administrators, those who were changed and
   * those whom the last pushes name; GET /users knows the others.
   */
  users: SandboxUser[];
  /** How many people the portal has. */
  peopleCount: number;
  /** `source`: codes and old refresh tokens work again; `strict`: once. */
  policy: 'source' | 'strict';
  /** Which HTTP statuses are used where source code and documentation differ. */
  statuses: 'source' | 'documented';
  /** Seconds added to the sandbox's clock. */
  clockOffset: number;
  /** The leaky bucket; size 0 switches it off. Drain is in requests per second. */
  bucket: { size: number; drain: number; level: number };
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

/** Refusals of the portal that have no story of their own. All off at first. */
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

/** Body of PATCH /state: what is to change; users by id, their fields partial. */
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
  app?: Partial<Pick<SandboxApp, 'installed' | 'registered'>>;
  bucket?: Partial<SandboxState['bucket']>;
  refusals?: Partial<Refusals>;
  users?: (Pick<SandboxUser, 'id'> & Partial<Omit<SandboxUser, 'id' | 'name'>>)[];
};

export type FaultAction =
  /**
   * The connection is refused: closed before anything is read. For ever (`times: 0`) and with `*`
   * or `oauth.token` as method the port itself is closed, so that clients see ECONNREFUSED.
   */
  | { action: 'refuse' }
  /** No answer, ever; the request is or is not carried out. */
  | { action: 'hang'; when: 'before' | 'after' }
  /** The connection breaks; the request is or is not carried out. */
  | { action: 'cut'; when: 'before' | 'after' }
  /** Not carried out; this status with this body (by default a Bitrix24 error in JSON). */
  | {
      action: 'status';
      status: number;
      error?: string;
      description?: string;
      body?: string;
      contentType?: string;
      headers?: Record<string, string>;
    }
  /** Carried out, but the answer is HTML. */
  | { action: 'html'; status?: number }
  /** Carried out, but the JSON is cut in the middle. */
  | { action: 'truncate' }
  /** Carried out; the answer comes this many ms late, or at this many bytes per second. */
  | { action: 'slow'; delayMs?: number; bytesPerSecond?: number }
  /** Carried out; the answer is this many bytes of JSON, blanks mostly. */
  | { action: 'huge'; bytes: number }
  /** Not carried out; `{"result":false}`. */
  | { action: 'resultFalse' };

/** Body of POST /faults (one or a list); GET /faults lists those still waiting, DELETE /faults clears. */
export type Fault = FaultAction & {
  /** REST method in lower case, `oauth.token` for the token endpoint, `*` for all. */
  method: string;
  /** Which matching call from now on, 1-based; default 1. */
  call?: number;
  /** For how many calls from there; default 1; 0 for ever. */
  times?: number;
};

export interface RecordedPush {
  id: number;
  /** ISO time by the sandbox's clock. */
  time: string;
  /** Number of the HTTP request in GET /requests. */
  request: number;
  senderId: number;
  appName: string;
  clientId: string;
  text: string;
  avatar: string;
  /** Ids as the server's parser resolved USER_ID. */
  recipients: number[];
  /** Ids whose phone shows it (or will: `deferred`). */
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

/** How many people the lists of a push have. */
export interface PushCounts {
  recipients: number;
  delivered: number;
  deferred: number;
  dropped: number;
  /** Those of the dropped whose ids are nobody's. */
  unknown: number;
}

/** A push whose lists may hold only some of its people; `counts` has all. */
export interface PushExcerpt extends RecordedPush {
  counts: PushCounts;
}

export interface RecordedRequest {
  id: number;
  time: string;
  /** REST method, or `oauth.token`, `oauth.authorize`. */
  method: string;
  http: 'GET' | 'POST';
  /** Without auth, access_token, code, refresh_token and client_secret. */
  params: unknown;
  status: number;
  /** The `error` answered, if any. */
  error: string | null;
  /** One short English sentence, e.g. "2 shown, 1 skipped, 1 dropped". */
  note: string;
  /** The fault that was played, if any. */
  fault: string | null;
}

/** Everything at one moment. */
export interface Snapshot {
  state: SandboxState;
  pushes: RecordedPush[];
  requests: RecordedRequest[];
  faults: Fault[];
}

/**
 * What GET /events (server-sent events) sends as `data` at once and after each change: the last 50
 * pushes, of which those to many people name only people in `state.users` and a few unknown ids,
 * and the last 60 requests, their long parameters cut.
 */
export interface LiveSnapshot extends Snapshot {
  pushes: PushExcerpt[];
}

/** Answer of GET /users. */
export interface FoundUsers {
  users: SandboxUser[];
  /** How many people match; `users` holds the first of them. */
  matching: number;
}

/** The one line that `--json` prints, and `Sandbox.info`. Addresses have no slash at their end. */
export interface SandboxInfo {
  portal: string;
  authServer: string;
  clientId: string;
  clientSecret: string;
  /** The application's handler: where the browser is sent with a code. */
  handler: string;
  /** Base of the control API, on a port of its own. */
  control: string;
  /** Of a large portal the first 60. */
  users: { id: number; name: string; admin: boolean }[];
  peopleCount: number;
  /** An inbound webhook of the first administrator: base address of its methods. */
  webhook: string;
  /** Where the portal answers once PATCH /state has set `renamedTo` to this address's host. */
  renamedPortal: string;
  /** The page with the phones. */
  phones: string;
  /** Of the application's form, /devops/edit/application/ID/. */
  integrationId: number;
}
