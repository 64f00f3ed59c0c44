import { createHash } from 'node:crypto';
import type { Recipient } from '../people/recipient';
import { fillTemplate } from './personalText';
import { portalOf, templateOf } from './draft';
import type { Draft } from './draft';
import { toPeople } from './push';

/**
 * Names what a draft says to whom: equal for the same text to the same people and departments on the same portal,
 * whoever sends it and whatever its avatar. It answers one question: is this push a duplicate? `draft` must name
 * its account. 16 hexadecimal digits.
 */
export function messageKey(draft: Draft): string {
  const template = templateOf(draft);
  const people = new Set(draft.recipients.map(({ id }) => id));
  const departments = new Set(draft.departments.map(({ id, reach }) => `${id} ${reach}`));
  const message = JSON.stringify([
    portalOf(draft.accountId ?? ''),
    [...people].sort((a, b) => a - b),
    [...departments].sort(),
    template.personal ? template.parts : fillTemplate(template),
  ]);
  return createHash('sha256').update(message).digest('hex').slice(0, 16);
}

/** The key of a push to its people and, where it was written to departments, that of the draft as well. */
export function messageKeys(draft: Draft, people?: readonly Recipient[]): string[] {
  const written = messageKey(draft);
  return draft.departments.length === 0 || !people
    ? [written]
    : [messageKey(toPeople(draft, people)), written];
}
