import { randomBytes, randomInt } from 'node:crypto';
import type {
  RecordedPush,
  RecordedRequest,
  Refusals,
  SandboxApp,
  SandboxState,
  SandboxUser,
  StatePatch,
} from './controlApi';
import { NotificationList } from './notifications';
import { OperatingTime } from './operatingTime';
import { StaffIndex } from './staffIndex';
import { RateLimit } from './rateLimit';
import { fullName, lastMobileDays, type Department, type Person, type Staff } from './staff';
import { TokenCache } from './tokenCache';
import { TokenMint } from './tokens';

/** Ids and secrets that stay the same until the sandbox stops, also after a reset. */
export interface Identity {
  clientId: string;
  clientSecret: string;
  /** 32 hexadecimal digits that identify the portal, also after a rename. */
  memberId: string;
  webhookSecret: string;
  /** An application knows by this token that an event comes from this portal. */
  applicationToken: string;
  integrationId: number;
}

/** Absolute origins of the sites: https with TLS, except for the control API. */
export interface Origins {
  portal: string;
  authServer: string;
  /** The portal's address after a rename. */
  renamed: string;
  control: string;
}

export interface PortalSettings {
  handler: string;
  appName: string;
  policy: SandboxState['policy'];
  /** Makes the people at the start and at each reset. */
  staff: () => Staff;
  /** Unix ms. */
  now: () => number;
}

/** The control API shows and sets the rate limit of callers from this address. */
export const LOCAL_ADDRESS = '127.0.0.1';

const REQUEST_HISTORY = 2000;
/** Large enough for one push with personal texts to 20,000 people, each text a push of its own. */
const PUSH_HISTORY = 20_000;
/** The state describes everybody in a portal up to this size, and at most this many people in a larger one. */
const MOST_DESCRIBED = 200;
export const FIRST_DESCRIBED = 60;
/** The state of a large portal describes recipients of this many last pushes. */
export const RECENT_PUSHES = 50;
const DEFERRED_DELAY_MS = 15_000;
const FIRST_SCOPES = ['pull', 'user', 'department', 'im'];

/** Holds all state of the sandbox: the portal, its people, the application, tokens, pushes and the log of requests. */
export class PortalState {
  readonly identity: Identity;
  readonly origins: Origins;
  readonly mint = new TokenMint();

  app!: SandboxApp;
  people!: Map<number, Person>;
  departments!: Map<number, Department>;
  rateLimit!: RateLimit;
  operatingTime!: OperatingTime;
  policy!: SandboxState['policy'];
  statuses!: SandboxState['statuses'];
  renamedTo!: string | null;
  paid!: boolean;
  pushEnabled!: boolean;
  overloaded!: boolean;
  deleted!: boolean;
  operationLimitUntil!: number;
  refusals!: Refusals;
  pushes!: RecordedPush[];
  notifications!: NotificationList;
  requests!: RecordedRequest[];
  /** Codes that were exchanged and refresh tokens that were replaced. The strict policy refuses them. */
  spentTokens!: Set<string>;
  /** What the portal remembers of access tokens. */
  tokenCache!: TokenCache;
  /** Codes by the six digits that a page shows instead of them when the application has no handler. */
  shownCodes!: Map<string, string>;

  readonly #settings: PortalSettings;
  readonly #listeners = new Set<() => void>();
  #clockOffset = 0;
  #nextPushId = 1;
  #nextRequestId = 1;
  /** Deferred pushes with the Unix ms at which the portal sends them. */
  #deferred: { push: RecordedPush; due: number }[] = [];
  #staffIndex: StaffIndex | null = null;
  /** Ids of people who were changed through the control API, the latest last. */
  #patched = new Set<number>();

  constructor(identity: Identity, origins: Origins, settings: PortalSettings) {
    this.identity = identity;
    this.origins = origins;
    this.#settings = settings;
    this.#startAfresh();
  }

  /** Goes back to the state at the start. Ids, secrets, ports and issued tokens stay valid. */
  reset(): void {
    this.#startAfresh();
    this.changed();
  }

  #startAfresh(): void {
    const { people, departments } = this.#settings.staff();
    this.people = new Map(people.map((person) => [person.id, person]));
    this.departments = new Map(departments.map((department) => [department.id, department]));
    this.app = {
      integrationId: this.identity.integrationId,
      clientId: this.identity.clientId,
      name: this.#settings.appName,
      scopes: [...FIRST_SCOPES],
      handler: this.#settings.handler,
      installPath: '',
      installed: true,
      registered: true,
    };
    this.rateLimit = new RateLimit(50, 2, () => this.now());
    this.operatingTime = new OperatingTime(() => this.now());
    this.policy = this.#settings.policy;
    this.statuses = 'source';
    this.renamedTo = null;
    this.paid = true;
    this.pushEnabled = true;
    this.overloaded = false;
    this.deleted = false;
    this.operationLimitUntil = 0;
    this.refusals = {
      userContext: false,
      connection: false,
      plan: false,
      confirmation: 'none',
      webhookBlocked: false,
      httpsRequired: false,
    };
    this.pushes = [];
    this.notifications = new NotificationList();
    this.requests = [];
    this.spentTokens = new Set();
    this.tokenCache = new TokenCache(() => this.now());
    this.shownCodes = new Map();
    this.#clockOffset = 0;
    this.#nextPushId = 1;
    this.#nextRequestId = 1;
    this.#deferred = [];
    this.#staffIndex = null;
    this.#patched = new Set();
  }

  /** The sorted lists of the present people and departments; made anew after a change. */
  get staffIndex(): StaffIndex {
    this.#staffIndex ??= new StaffIndex(this.people, this.departments);
    return this.#staffIndex;
  }

  /** Unix ms by the sandbox's movable clock. */
  now(): number {
    return this.#settings.now() + this.#clockOffset * 1000;
  }

  /** Unix seconds by the sandbox's movable clock. */
  nowSeconds(): number {
    return Math.floor(this.now() / 1000);
  }

  /** The portal's present host and port, which a rename changes. */
  get portalHost(): string {
    return this.renamedTo ?? new URL(this.origins.portal).host;
  }

  get portalOrigin(): string {
    return `${new URL(this.origins.portal).protocol}//${this.portalHost}`;
  }

  get authServerHost(): string {
    return new URL(this.origins.authServer).host;
  }

  photoOf(person: Person): string {
    return person.hasPhoto ? `${this.portalOrigin}/sandbox/photo/${String(person.id)}.svg` : '';
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) {
      listener();
    }
  }

  nextRequestId(): number {
    return this.#nextRequestId++;
  }

  recordRequest(request: RecordedRequest): void {
    this.requests.push(request);
    if (this.requests.length > REQUEST_HISTORY) {
      this.requests.shift();
    }
    this.changed();
  }

  recordPush(push: Omit<RecordedPush, 'id' | 'time'>): void {
    const recorded = { id: this.#nextPushId++, time: this.isoTime(), ...push };
    this.pushes.push(recorded);
    if (this.pushes.length > PUSH_HISTORY) {
      this.pushes.shift();
    }
    if (recorded.deferred.length > 0) {
      this.#deferred.push({ push: recorded, due: this.now() + DEFERRED_DELAY_MS });
    }
    this.changed();
  }

  /** Sends the deferred pushes whose time has come. */
  deliverDeferred(): void {
    const now = this.now();
    const due = this.#deferred.filter((entry) => entry.due <= now);
    if (due.length === 0) {
      return;
    }
    this.#deferred = this.#deferred.filter((entry) => entry.due > now);
    for (const { push } of due) {
      push.delivered = [...push.delivered, ...push.deferred];
      push.deferred = [];
    }
    this.changed();
  }

  isoTime(): string {
    return new Date(this.now()).toISOString();
  }

  state(): SandboxState {
    return {
      portal: this.portalOrigin,
      appName: this.app.name,
      scopes: [...this.app.scopes],
      handler: this.app.handler,
      app: { ...this.app, scopes: [...this.app.scopes] },
      users: this.#described(),
      peopleCount: this.people.size,
      policy: this.policy,
      statuses: this.statuses,
      clockOffset: this.#clockOffset,
      bucket: {
        size: this.rateLimit.size,
        drain: this.rateLimit.drain,
        level: Math.round(this.rateLimit.level(LOCAL_ADDRESS) * 100) / 100,
      },
      operating: this.operatingTime.state(),
      renamedTo: this.renamedTo,
      paid: this.paid,
      pushEnabled: this.pushEnabled,
      overloaded: this.overloaded,
      deleted: this.deleted,
      operationLimitUntil: this.operationLimitUntil,
      refusals: { ...this.refusals },
    };
  }

  /** Describes everybody in a small portal, and in a large one those who matter for the live page, sorted by id. */
  #described(): SandboxUser[] {
    const { byId, administrators } = this.staffIndex;
    if (byId.length <= MOST_DESCRIBED) {
      return byId.map((person) => this.describe(person));
    }
    const ids = new Set<number>();
    const add = (people: Iterable<number>, most: number) => {
      for (const id of people) {
        if (ids.size >= most) {
          return;
        }
        if (this.people.has(id)) {
          ids.add(id);
        }
      }
    };
    add(idsOf(byId), FIRST_DESCRIBED);
    add(idsOf(administrators), FIRST_DESCRIBED + 20);
    add([...this.#patched].reverse(), FIRST_DESCRIBED + 60);
    for (const push of this.pushes.slice(-RECENT_PUSHES).reverse()) {
      add(push.recipients, MOST_DESCRIBED);
    }
    return this.usersById([...ids].sort((a, b) => a - b));
  }

  /** Describes these people; ids that belong to nobody are left out. */
  usersById(ids: readonly number[]): SandboxUser[] {
    return ids.flatMap((id) => {
      const person = this.people.get(id);
      return person === undefined ? [] : [this.describe(person)];
    });
  }

  describe(person: Person): SandboxUser {
    return {
      id: person.id,
      firstName: person.firstName,
      secondName: person.secondName ?? '',
      lastName: person.lastName,
      name: fullName(person),
      position: person.position,
      email: person.email,
      photo: this.photoOf(person),
      departments: [...person.departments],
      admin: person.admin,
      active: person.active,
      extranet: person.extranet,
      device: person.device,
      push: person.push,
      presence: person.presence,
      smartFilter: person.smartFilter,
      appAccess: person.appAccess,
      lastMobileDays: lastMobileDays(person),
      absentDays: person.absentDays ?? 0,
      notificationsRing: person.notificationsRing ?? true,
    };
  }

  /** Changes the state. @returns a sentence about what is wrong with the patch, which then changes nothing, or null. */
  patch(patch: StatePatch): string | null {
    const unknown = patch.users?.find((user) => !this.people.has(user.id));
    if (unknown !== undefined) {
      return `There is no user ${String(unknown.id)}.`;
    }

    const { appName, scopes, handler, clockOffset, bucket, renamedTo, users } = patch;
    if (appName !== undefined) {
      this.app.name = appName;
    }
    if (scopes !== undefined) {
      this.app.scopes = [...scopes];
    }
    if (handler !== undefined) {
      this.app.handler = handler;
    }
    Object.assign(this.app, patch.app);
    Object.assign(this.refusals, patch.refusals);
    if (patch.policy !== undefined) {
      this.policy = patch.policy;
    }
    if (patch.statuses !== undefined) {
      this.statuses = patch.statuses;
    }
    if (patch.paid !== undefined) {
      this.paid = patch.paid;
    }
    if (patch.pushEnabled !== undefined) {
      this.pushEnabled = patch.pushEnabled;
    }
    if (patch.overloaded !== undefined) {
      this.overloaded = patch.overloaded;
    }
    if (patch.deleted !== undefined) {
      this.deleted = patch.deleted;
    }
    if (patch.operationLimitUntil !== undefined) {
      this.operationLimitUntil = patch.operationLimitUntil;
    }
    if (renamedTo !== undefined) {
      this.renamedTo = renamedTo === null ? null : renamedTo.replace(/^https?:\/\/|\/+$/g, '');
    }
    if (clockOffset !== undefined) {
      this.#clockOffset = clockOffset;
    }
    this.operatingTime.patch(patch.operating ?? {});
    if (forgetsTokens(patch)) {
      this.tokenCache.clear();
    }
    if (bucket?.size !== undefined) {
      this.rateLimit.size = bucket.size;
    }
    if (bucket?.drain !== undefined) {
      this.rateLimit.drain = bucket.drain;
    }
    if (bucket?.level !== undefined) {
      this.rateLimit.setLevel(bucket.level, LOCAL_ADDRESS);
    }
    // A rename changes the addresses of the photos, so kept lists are outdated too.
    if (users !== undefined || renamedTo !== undefined) {
      this.#staffIndex = null;
    }
    for (const { id, photo, ...fields } of users ?? []) {
      const person = this.people.get(id);
      if (person === undefined) {
        continue;
      }
      this.#patched.delete(id);
      this.#patched.add(id);
      Object.assign(person, fields);
      if (photo !== undefined) {
        person.hasPhoto = photo !== '';
      }
    }
    this.deliverDeferred();
    this.changed();
    return null;
  }
}

/**
 * Tells whether the portal asks the authorization server about all tokens anew. It does so for switches that a
 * portal hears of from that server, so that they take effect at once.
 */
function forgetsTokens({ forgetTokens, paid, app, refusals }: StatePatch): boolean {
  const asked = [paid, app?.registered, refusals?.connection, refusals?.userContext];
  return forgetTokens === true || asked.some((one) => one !== undefined);
}

function* idsOf(people: readonly Person[]): Iterable<number> {
  for (const { id } of people) {
    yield id;
  }
}

const ALPHANUMERICS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function randomAlphanumerics(length: number): string {
  return Array.from({ length }, () => ALPHANUMERICS.charAt(randomInt(ALPHANUMERICS.length))).join(
    '',
  );
}

/** Makes ids and secrets that look like real ones, new at each start unless they are given. */
export function makeIdentity(given: { clientId?: string; clientSecret?: string }): Identity {
  const digits = String(randomInt(10_000_000, 100_000_000));
  return {
    clientId: given.clientId ?? `local.${randomBytes(7).toString('hex')}.${digits}`,
    clientSecret: given.clientSecret ?? randomAlphanumerics(50),
    memberId: randomBytes(16).toString('hex'),
    webhookSecret: randomAlphanumerics(16).toLowerCase(),
    applicationToken: randomBytes(16).toString('hex'),
    integrationId: 7,
  };
}
