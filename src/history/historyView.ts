import { ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, l10n, window } from 'vscode';
import type { Event, TreeView } from 'vscode';
import * as v from 'valibot';
import type { KeptNotice, Notice } from '../automation/notice';
import { countOfPeople, firstNames, formatNumber } from '../common/counted';
import type { Clock } from '../common/clock';
import { dateTime } from '../common/dateTime';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import { plainText } from '../common/plainText';
import { departmentName, recipientName } from '../people/recipientName';
import { peopleWithNotification } from '../push/deleteNotification';
import { isNotification } from '../push/draft';
import { summaryOf } from '../push/push';
import type { Push, PushPerson, PushState } from '../push/push';
import type { PushHistory } from '../push/pushHistory';
import type { PushService } from '../push/pushService';
import type { ScheduleStore } from '../schedule/scheduleStore';
import { contextValueOf, dayOf, historyChildren, historyRoots } from './historyTree';
import type { HistoryNode, NoticeLine, PushLine, ScheduledLine } from './historyTree';
import { scheduledItem } from './scheduledItem';
import { askedByLines, heldDescription, noticeItem, originOf, thingItem } from './noticeItems';

/** What happened, and is held or over without a push. */
export interface HistoryNotices {
  list(): Promise<readonly KeptNotice[]>;
  readonly onDidChange: Event<unknown>;
}

export interface HistoryViewDeps {
  tree: Pick<TreeView<HistoryNode>, 'message' | 'visible' | 'selection' | 'onDidChangeVisibility'>;
  /** Makes VS Code ask for the lines again. */
  changed: () => void;
  service: Pick<PushService, 'open' | 'onDidChange'>;
  history: Pick<PushHistory, 'list' | 'onDidChange'>;
  notices: HistoryNotices;
  scheduled: Pick<ScheduleStore, 'list' | 'onDidChange'>;
  /** The words of a notice; '' where they are not kept. */
  lineOf: (notice: Notice) => string;
  /** Calls back after any window has changed something. Nothing runs while nothing changes. */
  watch: (changed: () => void) => Disposable;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

const namesAtMost = 2;

/**
 * Shows what is scheduled, what is held, pushes that wait and pushes that are over as a tree. It reads them from disk and watches it while it is in view,
 * because other windows write there too.
 */
export class HistoryView implements Disposable {
  readonly #deps: HistoryViewDeps;
  readonly #owned = new DisposableStore();
  readonly #tree: HistoryViewDeps['tree'];
  #filter = '';
  #watch: Disposable | undefined;
  /** The lines of pushes, scheduled ones and notices on screen, by the line's id. */
  readonly #lines = new Map<string, PushLine | NoticeLine | ScheduledLine>();

  constructor(deps: HistoryViewDeps) {
    this.#deps = deps;
    this.#tree = deps.tree;
    const refresh = (): void => this.refresh();
    this.#owned.add(deps.service.onDidChange(refresh));
    this.#owned.add(deps.history.onDidChange(refresh));
    this.#owned.add(deps.notices.onDidChange(refresh));
    this.#owned.add(deps.scheduled.onDidChange(refresh));
    this.#owned.add(
      this.#tree.onDidChangeVisibility(() => {
        this.#watchWhileVisible();
        refresh();
      }),
    );
    this.#owned.add(window.onDidChangeWindowState(({ focused }) => focused && refresh()));
    this.#watchWhileVisible();
  }

  /** Nothing is read while nobody looks. */
  refresh(): void {
    if (this.#tree.visible) {
      this.#deps.changed();
    }
  }

  get filter(): string {
    return this.#filter;
  }

  /** Shows only pushes in which all these words are found; '' shows all. */
  set filter(words: string) {
    this.#filter = words;
    this.#deps.changed();
  }

  async getChildren(node?: HistoryNode): Promise<HistoryNode[]> {
    if (node) {
      const children = historyChildren(node);
      for (const child of children) {
        if (child.kind === 'push' || child.kind === 'notice' || child.kind === 'scheduledPush') {
          this.#lines.set(child.id, child);
        }
      }
      return children;
    }
    this.#lines.clear();
    const { service, history, notices, scheduled: schedule, lineOf, log } = this.#deps;
    try {
      const [open, past, kept, scheduled] = await Promise.all([
        ...([service.open(), history.list(), notices.list(), schedule.list()] as const),
      ]);
      const filter = this.#filter;
      const roots = historyRoots({ open, past, notices: kept, scheduled, lineOf, filter });
      this.#tree.message = this.#message(roots.length);
      return roots;
    } catch (error) {
      log.error(`The history could not be read: ${String(error)}`);
      this.#tree.message = l10n.t('The history could not be read. See the log for details.');
      return [];
    }
  }

  /** The push's line that VS Code hands to a command, or else the one that is selected; undefined if it is not on screen. */
  lineOf(line: unknown): PushLine | undefined {
    const found = this.#find(line);
    return found?.kind === 'push' ? found : undefined;
  }

  /** The same for the line of a notice. */
  noticeOf(line: unknown): NoticeLine | undefined {
    const found = this.#find(line);
    return found?.kind === 'notice' ? found : undefined;
  }

  /** The same for the line of a scheduled push. */
  scheduledOf(line: unknown): ScheduledLine | undefined {
    const found = this.#find(line);
    return found?.kind === 'scheduledPush' ? found : undefined;
  }

  getTreeItem(node: HistoryNode): TreeItem {
    const item = this.#item(node);
    item.id = node.id;
    return item;
  }

  dispose(): void {
    this.#watch?.dispose();
    this.#owned.dispose();
  }

  #find(line: unknown): PushLine | NoticeLine | ScheduledLine | undefined {
    const parsed = v.safeParse(withId, line ?? this.#tree.selection[0]);
    return parsed.success ? this.#lines.get(parsed.output.id) : undefined;
  }

  #watchWhileVisible(): void {
    this.#watch?.dispose();
    this.#watch = this.#tree.visible ? this.#deps.watch(() => this.refresh()) : undefined;
  }

  #message(found: number): string {
    if (this.#filter === '') {
      return '';
    }
    return found > 0
      ? l10n.t('Showing pushes with “{0}”', plainText(this.#filter, 80))
      : l10n.t('No pushes with “{0}”', plainText(this.#filter, 80));
  }

  #item(node: HistoryNode): TreeItem {
    const { Collapsed, Expanded, None } = TreeItemCollapsibleState;
    switch (node.kind) {
      case 'scheduled': {
        const item = new TreeItem(l10n.t('Scheduled'), Expanded);
        item.description = formatNumber(node.lines.length);
        return item;
      }
      case 'scheduledPush':
        return scheduledItem(node.kept, this.#deps.clock.now());
      case 'held': {
        const item = new TreeItem(l10n.t('Held for you'), Expanded);
        item.description = heldDescription(node.lines.map(({ kept }) => kept));
        return item;
      }
      case 'waiting':
        return new TreeItem(l10n.t('Waiting'), Expanded);
      case 'day': {
        const item = new TreeItem(dayText(node.at, this.#deps.clock.now()), Expanded);
        item.description = formatNumber(node.lines.length);
        return item;
      }
      case 'push':
        return pushItem(node);
      case 'notice':
        return noticeItem(node.kept, this.#deps.lineOf(node.kept.notice));
      case 'thing':
        return thingItem(node.thing);
      case 'status': {
        const item = new TreeItem(looks[node.status][0], node.push.redactedTo ? None : Collapsed);
        item.description = formatNumber(node.count);
        item.iconPath = iconOf(node.status);
        return item;
      }
      case 'person': {
        const { person } = node;
        const item = new TreeItem(plainText(recipientName(person), 80), None);
        item.description = personText(person);
        item.iconPath = person.isDeleted ? new ThemeIcon('bell-slash') : iconOf(person.status);
        return item;
      }
      case 'rest':
        return new TreeItem(l10n.t('{0} more', formatNumber(node.lines.length)), Collapsed);
      case 'more':
        return new TreeItem(l10n.t('{0} more', formatNumber(node.count)), None);
    }
  }
}

/** The part of a line that is read when VS Code hands one to a command. */
const withId = v.object({ id: v.string() });

function pushItem(line: PushLine): TreeItem {
  const { push } = line;
  const state = stateText(push);
  const label = push.redactedTo ? state : plainText(push.draft.text, 80);
  const time = dateTime(push.at, { timeStyle: 'short' });
  const origin = originOf(push);
  const description = [time, ...wayOf(push), ...(origin ? [origin.text] : []), peopleText(push)];
  const item = new TreeItem(label, TreeItemCollapsibleState.Collapsed);
  item.description = description.join(' · ');
  item.tooltip = tooltipOf(push);
  // Trouble shows by its icon, and all else by where it comes from.
  item.iconPath =
    summaryOf(push).state === 'accepted' ? acceptedIcon(push) : iconOf(summaryOf(push).state);
  item.contextValue = contextValueOf(line);
  item.accessibilityInformation = { label: [state, label, ...description].join(', ') };
  return item;
}

/** A notification shows by its bell, and a push by where it comes from. */
function acceptedIcon(push: Push): ThemeIcon {
  if (isNotification(push.draft)) {
    const isGone = !push.redactedTo && peopleWithNotification(push).length === 0;
    return new ThemeIcon(isGone ? 'bell-slash' : 'bell');
  }
  const origin = originOf(push);
  return origin ? new ThemeIcon(origin.icon) : iconOf('accepted');
}

/** Says that it is something else than a push. */
function wayOf({ draft }: Push): string[] {
  return isNotification(draft) ? [l10n.t('Notification')] : [];
}

function personText({ status, code, isDeleted }: PushPerson): string {
  if (isDeleted) {
    return l10n.t('Deleted from the bell');
  }
  return code === undefined ? looks[status][0] : plainText(code, 60);
}

/** All about a push in a few lines of plain text. */
function tooltipOf(push: Push): string {
  const { at, host, draft, redactedTo, error, decision, askedBy } = push;
  const origin = originOf(push);
  const { state, counts } = summaryOf(push);
  return [
    ...(redactedTo ? [] : [plainText(draft.text, 500), '']),
    [dateTime(at), host, ...wayOf(push), ...(origin ? [origin.text] : [])].join(' · '),
    ...askedByLines(askedBy),
    peopleText(push),
    stateText(push),
    ...(state === 'partly'
      ? (['accepted', 'refused', 'unknown', 'notSent'] as const)
          .filter((status) => counts[status] > 0)
          .map((status) => l10n.t('{0}: {1}', looks[status][0], formatNumber(counts[status])))
      : []),
    ...(error ? [plainText(error.code, 60)] : []),
    ...(push.people.some(({ isDeleted }) => isDeleted)
      ? [l10n.t('You deleted it from bells.')]
      : []),
    ...(decision === 'sent' ? [l10n.t('You marked it as sent.')] : []),
    ...(decision === 'replaced' ? [l10n.t('It was sent again.')] : []),
  ].join('\n');
}

/** Today, yesterday, or the date. */
function dayText(at: number, now: number): string {
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (dayOf(at) === dayOf(now)) {
    return l10n.t('Today');
  }
  return dayOf(at) === dayOf(yesterday.getTime())
    ? l10n.t('Yesterday')
    : dateTime(at, { dateStyle: 'full' });
}

/** The first names of the people whom a push goes to. */
function peopleText(push: Push): string {
  const { people, redactedTo, draft, isResolved } = push;
  const all = [
    ...(isResolved ? [] : draft.departments.map(departmentName)),
    ...people.map(recipientName),
  ];
  return redactedTo || all.length === 0
    ? countOfPeople(summaryOf(push).people)
    : firstNames(
        all.map((name) => plainText(name, 80)),
        namesAtMost,
      );
}

/** Words, icon and the icon's colour. */
const looks: Record<PushState, [text: string, icon: string, color?: string]> = {
  pending: [l10n.t('About to be sent'), 'clock'],
  sending: [l10n.t('Being sent'), 'sync~spin'],
  accepted: [l10n.t('Accepted'), 'check'],
  refused: [l10n.t('Refused'), 'error', 'list.errorForeground'],
  notSent: [l10n.t('Not sent'), 'circle-slash'],
  unknown: [l10n.t('Unknown: may have got it'), 'question', 'list.warningForeground'],
  partly: [l10n.t('Differs from person to person'), 'warning', 'list.warningForeground'],
};

/** Says what became of a push as a whole; {@link looks} has the words for one person. */
function stateText(push: Push): string {
  const { state } = summaryOf(push);
  const isBell = isNotification(push.draft);
  if (state === 'accepted') {
    return isBell ? l10n.t('In the bell') : l10n.t('Accepted by Bitrix24');
  }
  if (state === 'unknown') {
    return isBell
      ? l10n.t('No answer came: it may be in the bell')
      : l10n.t('No answer came: it may have been accepted');
  }
  return looks[state][0];
}

function iconOf(state: PushState): ThemeIcon {
  const [, icon, color] = looks[state];
  return new ThemeIcon(icon, color === undefined ? undefined : new ThemeColor(color));
}
