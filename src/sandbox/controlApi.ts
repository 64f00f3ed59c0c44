/** The shapes of the sandbox's control API: what tests, scripts and the phones' page see. Documented in src/sandbox/README.md. */

export type Device = 'ios' | 'android' | 'none';

/** Where the person is active; Bitrix24 decides by this whether and when a phone shows a push. */
export type Presence = 'offline' | 'mobile' | 'browser' | 'desktop' | 'desktopIdle';

export interface SandboxUser {
  id: number;
  firstName: string;
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
  users: SandboxUser[];
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
  /** false: OVERLOAD_LIMIT when true. */
  overloaded: boolean;
  /** true: PORTAL_DELETED. */
  deleted: boolean;
  /** Unix ms until which pull.application.push.add answers OPERATION_TIME_LIMIT; 0 for never. */
  operationLimitUntil: number;
}

/** Body of PATCH /state: any of these; users by id, their fields partial. */
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
  users?: (Pick<SandboxUser, 'id'> & Partial<Omit<SandboxUser, 'id' | 'name'>>)[];
};

export type FaultAction =
  /** The connection is refused: closed before anything is read. */
  | { action: 'refuse' }
  /** No answer, ever; the request is or is not carried out. */
  | { action: 'hang'; when: 'before' | 'after' }
  /** The connection breaks; the request is or is not carried out. */
  | { action: 'cut'; when: 'before' | 'after' }
  /** This status with this body (JSON by default a Bitrix24 error). */
  | { action: 'status'; status: number; error?: string; description?: string; body?: string; contentType?: string; headers?: Record<string, string> }
  /** Carried out, but the answer is HTML. */
  | { action: 'html'; status?: number }
  /** Carried out, but the JSON is cut in the middle. */
  | { action: 'truncate' }
  /** The answer comes this many ms late, or at this many bytes per second. */
  | { action: 'slow'; delayMs?: number; bytesPerSecond?: number }
  /** `{"result":false}`. */
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
  dropped: { id: number; reason: 'unknown' | 'dismissed' | 'noDevice' | 'pushOff' | 'desktopOpen' | 'pushDisabled' | 'tooLong' }[];
  /** The text as each platform shows it after the 4,096-byte cut. `lost`: the cut split a character on iOS. */
  shown: { ios: { text: string; cut: boolean; lost: boolean }; android: { text: string; cut: boolean; lost: boolean } };
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

/** What GET /events (server-sent events) sends as `data` at once and after each change. */
export interface Snapshot {
  state: SandboxState;
  pushes: RecordedPush[];
  requests: RecordedRequest[];
  faults: Fault[];
}
