import type { PushPlatform } from '../bitrix24/pushSize';
import type { Span } from './value';

/** What is wrong with USER_ID. The portal answers `true` to all of it. docs/bitrix24.md, section 5. */
export type IdFinding =
  | { code: 'idsMissing' }
  /** No id above 0 is left. */
  | { code: 'idsNobody' }
  /** One of several ids gets it: the first of a text with commas, or the last of a repeated name. */
  | { code: 'idsOnlyOne'; id: number; ids: number[] }
  /** Items of the list that are no ids. */
  | { code: 'idsDropped'; shown: string }
  /** `true` is read as 1. */
  | { code: 'idsTrue' };

/** What is wrong with a call. Sources of all rules: docs/bitrix24.md, section 5. */
export type FindingKind =
  | IdFinding
  /** The method reads USER_ID, TEXT and AVATAR only. `means` is the one that people want by this name. */
  | { code: 'unknownParameter'; name: string; means: PushParameter | undefined }
  /** The server writes names in upper case, and the last one of them counts. */
  | { code: 'doubleParameter'; name: string }
  | { code: 'textMissing' }
  /** PHP takes it for no text: TEXT_ERROR. */
  | { code: 'textEmpty' }
  | { code: 'textZero' }
  | { code: 'textBlank' }
  /** A list: the method accepts it, and the push is lost. */
  | { code: 'textList' }
  | { code: 'textTooLong'; platforms: PushPlatform[]; cutAt: number; length: number }
  | { code: 'avatarList' }
  | { code: 'avatarNotHttp' }
  /** The method takes an application's token only. */
  | { code: 'webhook' };

export type PushParameter = 'USER_ID' | 'TEXT' | 'AVATAR';

export type Finding = Span & FindingKind & { fixes: Fix[] };

export interface Edit extends Span {
  text: string;
}

/** A change of the source whose outcome is certain. */
export type Fix =
  | { kind: 'rename'; from: string; to: string; edit: Edit }
  | { kind: 'remove'; name: string; edit: Edit }
  | { kind: 'list'; list: string; edit: Edit };
