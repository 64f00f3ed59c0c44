import type { CallControl, PortalClient } from './portalClient';

export interface Person {
  id: number;
  firstName: string;
  lastName: string;
  /** First and last name; `#ID` when both are empty. */
  name: string;
  position?: string | undefined;
  /** Absolute http(s) address. */
  photo?: string | undefined;
  active: boolean;
  departments: number[];
  /** `employee`, `extranet`... */
  type?: string | undefined;
}

/** Who the token belongs to. */
export interface Profile {
  id: number;
  administrator: boolean;
  firstName: string;
  lastName: string;
  name: string;
  photo?: string | undefined;
}

/** Bitrix24: profile. */
export function profile(client: PortalClient, options?: CallControl): Promise<Profile> {
  throw new Error(`not written yet ${String(client)}${String(options)}`);
}

/** Bitrix24: scope. The scopes that the token really has. */
export function scopes(client: PortalClient, options?: CallControl): Promise<string[]> {
  throw new Error(`not written yet ${String(client)}${String(options)}`);
}

/** Bitrix24: user.search. Active people whose name, position or department matches; first page. */
export function searchPeople(client: PortalClient, query: string, options?: CallControl): Promise<Person[]> {
  throw new Error(`not written yet ${String(client)}${query}${String(options)}`);
}

/** Bitrix24: user.get. Unknown ids are absent from the answer. */
export function peopleByIds(client: PortalClient, ids: readonly number[], options?: CallControl): Promise<Person[]> {
  throw new Error(`not written yet ${String(client)}${String(ids)}${String(options)}`);
}
