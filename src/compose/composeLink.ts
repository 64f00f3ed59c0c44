import { parsePortalAddress } from '../bitrix24/portalAddress';

/** What a link asks the form to be filled with. */
export interface ComposeLink {
  /** As it is: its braces are braces. */
  text: string;
  /** Ids on one portal, each once. */
  to: number[];
  /** Host of the portal that the ids are of; undefined when the link does not say. */
  portal: string | undefined;
}

export type LinkFault =
  | 'otherPath'
  | 'tooLong'
  /** A parameter is there twice. */
  | 'twice'
  /** Not a list of ids, or of too many. */
  | 'to'
  | 'portal'
  /** Neither text nor people. */
  | 'empty';

/** In characters, and people. A push carries about 3,500 letters. */
export const linkLimits = { query: 40_000, text: 10_000, people: 1_000 } as const;

/**
 * `/compose?to=3,5&portal=acme.bitrix24.com&text=Hello`.
 *
 * `query` comes decoded, as VS Code hands it over: which of its `&` were written `%26` is lost. So `to` and
 * `portal` are read at its ends, and all between is the text, also `&` and `=`. A `+` is a plus.
 */
export function parseComposeLink(
  path: string,
  query: string,
): { ok: true; link: ComposeLink } | { ok: false; fault: LinkFault } {
  const refused = (fault: LinkFault) => ({ ok: false, fault }) as const;
  if (path.replace(/\/$/, '') !== '/compose') {
    return refused('otherPath');
  }
  if (query.length > linkLimits.query) {
    return refused('tooLong');
  }
  const found = new Map<string, string>();
  let rest = query;
  let twice = false;
  for (;;) {
    const match = atStart.exec(rest) ?? atEnd.exec(rest);
    const [all, name, value] = match ?? [];
    if (!match || all === undefined || name === undefined || value === undefined) {
      break;
    }
    twice ||= found.has(name);
    found.set(name, value);
    rest = match.index === 0 ? rest.slice(all.length) : rest.slice(0, match.index);
  }
  if (rest !== '' && !rest.startsWith('text=')) {
    return refused('empty');
  }
  const text = rest.slice('text='.length);
  if (twice) {
    return refused('twice');
  }
  if (text.length > linkLimits.text) {
    return refused('tooLong');
  }
  const to = readIds(found.get('to'));
  if (!to) {
    return refused('to');
  }
  const named = found.get('portal');
  const address = named === undefined ? undefined : parsePortalAddress(named);
  if (address?.ok === false) {
    return refused('portal');
  }
  return text.trim() === '' && to.length === 0
    ? refused('empty')
    : { ok: true, link: { text, to, portal: address?.host } };
}

/** `windowId` is VS Code's own. */
const atStart = /^(to|portal|windowId)=([^&]*)(?:&|$)/;
const atEnd = /&(to|portal|windowId)=([^&]*)$/;

function readIds(list: string | undefined): number[] | undefined {
  const parts = (list ?? '').split(/[\s,;]+/).filter((part) => part !== '');
  const ids = new Set(parts.map((part) => (/^[1-9]\d{0,14}$/.test(part) ? Number(part) : 0)));
  return ids.has(0) || ids.size > linkLimits.people || (list !== undefined && ids.size === 0)
    ? undefined
    : [...ids];
}
