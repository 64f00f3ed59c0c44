/** The protocol room: what the other rooms may use to speak with Bitrix24. */
export { Bitrix24Error } from './errors';
export type { Bitrix24ErrorFields, ErrorKind, Phase } from './errors';
export type { HttpRequest, HttpResponse, Transport } from './transport';
export { nodeFetchTransport } from './nodeFetchTransport';
export type { NodeFetchTransportOptions } from './nodeFetchTransport';
export { authServerFor, isKnownAuthServer, isLoopback, parsePortalAddress } from './portalAddress';
export type { PortalAddress } from './portalAddress';
export { authorizeUrl, authServerOf, exchangeCode, refreshTokens, sameSite } from './oauth';
export type { AppCredentials, TokenRequest, Tokens } from './oauth';
export { parseCallback } from './callback';
export type { Callback } from './callback';
export { PortalClient } from './portalClient';
export type {
  Answer,
  CallControl,
  CallOptions,
  CallTime,
  ClientClock,
  ClientLog,
  PortalClientDeps,
  TokenSource,
} from './portalClient';
export { memoryState, Pacer } from './pacer';
export type { PacedRequest, PacerDeps, SharedState, Turn } from './pacer';
export { bitrix24Plans, parseBucket } from './leakyBucket';
export type { BucketState, Lane, Plans } from './leakyBucket';
export { batchSize } from './batch';
export type { BatchCommand, CommandOutcome } from './batch';
export type { Wait } from './pauses';
export { addPush, checkPush, probePush } from './push';
export type { PushFault, PushRequest } from './push';
export { avatarAddress } from './avatarAddress';
export { lockScreenText, pushBudget } from './budget';
export type { BudgetInput, PlatformBudget, PushBudget, PushPlatform } from './budget';
export { peopleByIds, profile, scopes, searchPeople } from './people';
export type { Person, Profile } from './people';
export { departments } from './departments';
export type { Department } from './departments';
export { firstPeople, morePeople } from './peoplePages';
export type { PeoplePages, PeoplePosition } from './peoplePages';
