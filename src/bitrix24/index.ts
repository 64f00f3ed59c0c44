/** The protocol room: what the other rooms may use to speak with Bitrix24. */
export { Bitrix24Error } from './errors';
export type { Bitrix24ErrorFields, ErrorKind, Phase } from './errors';
export type { HttpRequest, HttpResponse, Transport } from './transport';
export { nodeFetchTransport } from './nodeFetchTransport';
export type { NodeFetchTransportOptions } from './nodeFetchTransport';
export { authServerFor, isKnownAuthServer, isLoopback, parsePortalAddress } from './portalAddress';
export type { PortalAddress } from './portalAddress';
export { authorizeUrl, authServerOf, exchangeCode, parseCallback, refreshTokens, sameSite } from './oauth';
export type { AppCredentials, Callback, TokenRequest, Tokens } from './oauth';
export { PortalClient } from './portalClient';
export type {
  Answer,
  BatchCommand,
  CallControl,
  CallOptions,
  CallTime,
  ClientClock,
  ClientLog,
  CommandOutcome,
  PortalClientDeps,
  TokenSource,
  Wait,
} from './portalClient';
export { addPush, checkPush, probePush } from './push';
export type { PushFault, PushRequest } from './push';
export { lockScreenText, pushBudget } from './budget';
export type { BudgetInput, PlatformBudget, PushBudget, PushPlatform } from './budget';
export { peopleByIds, profile, scopes, searchPeople } from './people';
export type { Person, Profile } from './people';
