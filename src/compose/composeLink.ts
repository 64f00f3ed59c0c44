import { parsePortalAddress } from '../bitrix24/portalAddress';

/** What a link asks the form to be filled with. */
export interface ComposeLink {
  /** Taken literally: its braces are no placeholders. */
  text: string;
  /** Ids of people on one portal, without duplicates. */
  to: number[];
  /** Host of the portal that the ids belong to; undefined if the link does not say. */
  portal: string | undefined;
}

export type LinkFault =
  | 'otherPath'
  | 'tooLong'
  /** A parameter occurs twice. */
  | 'twice'
  /** Not a list of ids, or too many ids. */
  | 'to'
  | 'portal'
  /** Neither text nor people. */
  | 'empty';

/** The longest query and text, in characters, and the most people. A push carries about 3,500 letters. */
export const linkLimits = { query: 40_000, text: 10_000, people: 1_000 } as const;

/**
 * Reads a link such as `/compose?to=3,5&portal=acme.bitrix24.com&text=Hello`.
 *
 * VS Code hands `query` over decoded, so it is unknown which of its `&` were written as `%26`. Therefore `to` and
 * `portal` stand before `text`, and everything behind `text=` is the text, `&` and `=` included. A `+` is a plus.
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
  const [head = '', text = ''] = query.replace(windowId, '').split(/(?:^|&)text=(.*)$/s, 2);
  const found = new Map<string, string>();
  for (const part of head.split('&').filter((each) => each !== '')) {
    const [, name = '', value = ''] = /^(to|portal|windowId)=(.*)$/s.exec(part) ?? [];
    if (name === '') {
      return refused('empty');
    }
    if (found.has(name)) {
      return refused('twice');
    }
    found.set(name, value);
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

/** VS Code adds this itself. */
const windowId = /&windowId=\w*$/;

function readIds(list: string | undefined): number[] | undefined {
  const parts = (list ?? '').split(/[\s,;]+/).filter((part) => part !== '');
  const ids = new Set(parts.map((part) => (/^[1-9]\d{0,14}$/.test(part) ? Number(part) : 0)));
  return ids.has(0) || ids.size > linkLimits.people || (list !== undefined && ids.size === 0)
    ? undefined
    : [...ids];
}
