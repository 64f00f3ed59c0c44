import { ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, l10n } from 'vscode';
import { firstNames } from '../common/counted';
import { dateTime } from '../common/dateTime';
import { plainText } from '../common/plainText';
import { departmentName, recipientName } from '../people/recipientName';
import { lateMs } from '../schedule/scheduleClock';
import type { KeptScheduled } from '../schedule/scheduleStore';
import type { ScheduledPush } from '../schedule/scheduledPush';

const namesAtMost = 2;
const namesInTooltip = 20;

/** Draws a push that leaves at a time, or that did not leave at its time. */
export function scheduledItem(kept: KeptScheduled, now: number): TreeItem {
  const { push, state } = kept;
  const isOver = state === 'stays' || (state === 'waits' && push.at < now - lateMs);
  const label = plainText(push.draft.text, 80);
  const said = isOver
    ? [l10n.t('not sent at its time')]
    : state === 'taken'
      ? [l10n.t('being sent, or asked about')]
      : [];
  const description = [dateTime(push.at), ...said, namesOf(push, namesAtMost)];
  const item = new TreeItem(label, TreeItemCollapsibleState.None);
  item.description = description.join(' · ');
  item.tooltip = [
    ...[plainText(push.draft.text, 500), ''],
    `${dateTime(push.at, { dateStyle: 'full', timeStyle: 'short' })} · ${push.host}`,
    ...said,
    namesOf(push, namesInTooltip),
    l10n.t('Scheduled by {0} on {1}', plainText(push.agreed.by, 80), dateTime(push.scheduledAt)),
    l10n.t('It is sent if a VS Code window is open on this computer then.'),
  ].join('\n');
  item.iconPath = isOver
    ? new ThemeIcon('warning', new ThemeColor('list.warningForeground'))
    : new ThemeIcon(state === 'taken' ? 'sync~spin' : 'clock');
  item.contextValue = state === 'taken' ? 'scheduledTaken' : 'scheduled';
  item.accessibilityInformation = {
    label: [l10n.t('Scheduled'), label, ...description].join(', '),
  };
  return item;
}

function namesOf({ draft }: ScheduledPush, atMost: number): string {
  const names = [...draft.departments.map(departmentName), ...draft.recipients.map(recipientName)];
  return firstNames(
    names.map((name) => plainText(name, 80)),
    atMost,
  );
}
