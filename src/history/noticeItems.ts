import { ThemeIcon, TreeItem, TreeItemCollapsibleState, l10n } from 'vscode';
import { holdReasonText } from '../automation/holdReasonText';
import type { HoldReason, KeptNotice, OverReason } from '../automation/notice';
import { formatNumber } from '../common/counted';
import { dateTime } from '../common/dateTime';
import { plainText } from '../common/plainText';
import { callerLine } from '../push/callerName';
import type { Push, PushOrigin, ToldThing } from '../push/push';

/** Draws a notice that is held, or that is over without a push. `line`: its words, as its push would say them. */
export function noticeItem(kept: KeptNotice, line: string): TreeItem {
  const { at, origin, askedBy } = kept.notice;
  const why = kept.state === 'held' ? holdReasonText(kept.why, kept.until) : overTexts[kept.why];
  // The words are not kept where the user's setting says so.
  const label = plainText(line, 80) || originText(origin);
  const description = [dateTime(at, { timeStyle: 'short' }), why];
  const item = new TreeItem(label, TreeItemCollapsibleState.None);
  item.description = description.join(' · ');
  item.tooltip = [
    ...[plainText(line, 500), ''].slice(line === '' ? 2 : 0),
    `${dateTime(at)} · ${originText(origin)}`,
    ...askedByLines(askedBy),
    why,
  ].join('\n');
  item.iconPath = new ThemeIcon(originIcon(origin));
  item.contextValue = kept.state === 'held' ? 'held' : 'over';
  item.accessibilityInformation = { label: [originText(origin), label, ...description].join(', ') };
  return item;
}

/** Says how many notices are held, and why if it is the same for all: their own lines are often too narrow for that. */
export function heldDescription(held: readonly KeptNotice[]): string {
  const reasons = new Set(
    held.map((kept) => (kept.state === 'held' ? holdReasonText(kept.why, kept.until) : '')),
  );
  return [formatNumber(held.length), ...(reasons.size === 1 ? reasons : [])].join(' · ');
}

/** Draws one of the things that a push tells of, with why it was not sent at once. */
export function thingItem({ at, origin, text, held }: ToldThing): TreeItem {
  const label = plainText(text, 120) || originText(origin);
  const why = wasHeldText(held);
  const item = new TreeItem(label, TreeItemCollapsibleState.None);
  const description = [dateTime(at, { timeStyle: 'short' }), ...(why === undefined ? [] : [why])];
  item.description = description.join(' · ');
  item.tooltip = [
    plainText(text, 500),
    `${dateTime(at)} · ${originText(origin)}`,
    ...(why === undefined ? [] : [why]),
  ].join('\n');
  item.iconPath = new ThemeIcon(originIcon(origin));
  item.accessibilityInformation = { label: [originText(origin), label, ...description].join(', ') };
  return item;
}

/** Where a push that nobody wrote by hand comes from; undefined for one of the palette or the form. */
export function originOf({
  origin,
}: Pick<Push, 'origin'>): { icon: string; text: string } | undefined {
  return origin === 'palette' || origin === 'form'
    ? undefined
    : { icon: originIcon(origin), text: originText(origin) };
}

/** Says who asked for it. */
export function askedByLines(askedBy: string | undefined): string[] {
  return askedBy === undefined ? [] : [callerLine(askedBy)];
}

const origins: Record<PushOrigin, [text: string, icon: string]> = {
  palette: [l10n.t('Command Palette'), 'symbol-event'],
  form: [l10n.t('Form'), 'edit'],
  task: [l10n.t('Task'), 'tasklist'],
  terminal: [l10n.t('Terminal command'), 'terminal'],
  debug: [l10n.t('Debugging'), 'debug-alt'],
  program: [l10n.t('Program b24push'), 'megaphone'],
  agent: [l10n.t('Coding agent'), 'hubot'],
  tool: [l10n.t('Agent’s tool'), 'tools'],
  command: [l10n.t('Extension or key binding'), 'extensions'],
  file: [l10n.t('Push file'), 'file'],
};

function originText(origin: PushOrigin): string {
  return origins[origin][0];
}

function originIcon(origin: PushOrigin): string {
  return origins[origin][1];
}

const overTexts: Record<OverReason, string> = {
  cameBack: l10n.t('You came back before it was sent'),
  answered: l10n.t('It was answered before it was sent'),
  discarded: l10n.t('You discarded it'),
  shown: l10n.t('You were told in a window instead'),
};

const wasHeldTexts: Record<HoldReason, string> = {
  gathering: l10n.t('Joined with others'),
  notAway: l10n.t('Held until you were away'),
  paused: l10n.t('Held while you had paused'),
  quietHours: l10n.t('Held during quiet hours'),
  cap: l10n.t('Held because there were too many pushes that hour'),
  desktopApp: l10n.t('Held while Bitrix24 was in use on your computer'),
  noAnswerYet: l10n.t('Held in case you answered at once'),
  trouble: l10n.t('Held because it could not be sent'),
};

/** A record tells the reason as a key; one that this version does not know has no words. */
function wasHeldText(held: string | undefined): string | undefined {
  return held !== undefined && isReason(held) ? wasHeldTexts[held] : undefined;
}

function isReason(held: string): held is HoldReason {
  return Object.hasOwn(wasHeldTexts, held);
}
