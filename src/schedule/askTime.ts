import { InputBoxValidationSeverity, QuickPickItemKind, l10n } from 'vscode';
import type { InputBoxValidationMessage, QuickPickItem } from 'vscode';
import type { Clock } from '../common/clock';
import { dateTime } from '../common/dateTime';
import { askChoice, askLine } from '../common/quickStep';
import type { QuickInputs } from '../common/quickStep';
import { quickTimes } from './quickTimes';
import type { QuickTime } from './quickTimes';
import { ownZone, readTime } from './readTime';
import type { ReadTime, TimeFault } from './readTime';
import type { AskTime, ChosenTime } from './sendLater';

export interface AskTimeDeps {
  inputs: QuickInputs;
  clock: Pick<Clock, 'now'>;
  /** The zone of this machine, when it is not to be asked. */
  zone?: () => string;
}

interface TimeItem extends QuickPickItem {
  /** Absent for "Another time…". */
  at?: number;
}

/** Asks for a time: one of a few near ones, or any that is typed. */
export function createAskTime({ inputs, clock, zone: zoneOf = ownZone }: AskTimeDeps): AskTime {
  return async (before) => {
    const zone = zoneOf();
    const title = before ? l10n.t('Change the Time') : l10n.t('Send Later');
    let typed = before === undefined ? '' : writtenTime(before, zone);
    for (;;) {
      const choice = await askChoice<TimeItem>(inputs, {
        ...{ title, step: 1, totalSteps: 2, canGoBack: false },
        items: itemsOf(quickTimes({ now: clock.now(), zone })),
        placeholder: l10n.t('When? A VS Code window must be open on this computer then.'),
      });
      if (choice.kind !== 'next') {
        return undefined;
      }
      if (choice.value.at !== undefined) {
        return { at: choice.value.at, zone };
      }
      const line = await askLine(inputs, {
        ...{ title, step: 2, totalSteps: 2, canGoBack: true, value: typed },
        placeholder: l10n.t('9:00, 24.12 9:00 or 2026-12-24 9:00 Europe/Moscow'),
        prompt: (text) => understood(readTime(text, { now: clock.now(), zone }), zone),
        validate: (text) => faultOf(readTime(text, { now: clock.now(), zone })),
        onChange: (text) => (typed = text),
      });
      if (line.kind === 'cancelled') {
        return undefined;
      }
      const read =
        line.kind === 'next' ? readTime(line.value, { now: clock.now(), zone }) : undefined;
      if (read?.kind === 'time') {
        return { at: read.at, zone: read.zone };
      }
    }
  };
}

/** A moment with its weekday, in the zone of this machine or another one, which is named then. */
export function momentText(at: number, zone?: string): string {
  const full: Intl.DateTimeFormatOptions = {
    ...{ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
    ...{ hour: 'numeric', minute: '2-digit' },
  };
  return dateTime(
    at,
    zone === undefined ? full : { ...full, timeZone: zone, timeZoneName: 'short' },
  );
}

function itemsOf(times: readonly QuickTime[]): TimeItem[] {
  const names: Record<QuickTime['name'], string> = {
    tonight: l10n.t('Tonight'),
    tomorrow: l10n.t('Tomorrow'),
    monday: l10n.t('Monday'),
  };
  return [
    ...times.map(({ name, at }) => ({
      label: `$(clock) ${names[name]}, ${dateTime(at, { timeStyle: 'short' })}`,
      description: dateTime(at, { dateStyle: 'full' }),
      at,
    })),
    { label: '', kind: QuickPickItemKind.Separator },
    { label: `$(edit) ${l10n.t('Another time…')}` },
  ];
}

/** Says what was understood, in the zone of this machine and in the one that was typed. */
function understood(read: ReadTime | TimeFault, here: string): string {
  if (read.kind !== 'time') {
    return l10n.t(
      'Type a time, with a day and a time zone where they are not today’s and yours ({0}).',
      here,
    );
  }
  const mine = momentText(read.at, here);
  return read.zone === here ? mine : `${momentText(read.at, read.zone)} = ${mine}`;
}

function faultOf(read: ReadTime | TimeFault): string | InputBoxValidationMessage | undefined {
  switch (read.kind) {
    case 'unreadable':
      return l10n.t('Write it like 9:00, 24.12 9:00 or 2026-12-24 9:00 Europe/Moscow.');
    case 'impossible':
      return l10n.t('There is no such day or time of day.');
    case 'unknownZone':
      return l10n.t('“{0}” is no time zone. Write it like Europe/Moscow or +03:00.', read.zone);
    case 'past':
      return l10n.t(
        'That time has passed: {0}. Choose a later one.',
        momentText(read.at, read.zone),
      );
    case 'time':
      return read.isSkipped
        ? {
            message: l10n.t(
              'Clocks go forward over that time, so there is no such time that day. The push will be sent at {0}.',
              momentText(read.at, read.zone),
            ),
            severity: InputBoxValidationSeverity.Warning,
          }
        : undefined;
  }
}

/** A time as it can be typed again. */
function writtenTime({ at, zone }: ChosenTime, here: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    ...{ timeZone: zone, dateStyle: 'short', timeStyle: 'short' },
  }).format(at);
  return zone === here ? parts : `${parts} ${zone}`;
}
