import { env, l10n } from 'vscode';
import { counted, formatNumber } from '../common/counted';
import { durationText } from './durationText';
import type { Notice } from './notice';
import type { NoticePhrases } from './noticeText';

/** The sentences of a push to oneself, in VS Code's language. */
export function noticePhrases(): NoticePhrases {
  return {
    what: (notice, name) => {
      const what = name === '' ? whatOfKind(notice) : whatOf(notice, name);
      return notice.durationMs === undefined || notice.result === 'said'
        ? what
        : l10n.t('{0} after {1}', what, durationText(notice.durationMs, env.language));
    },
    things: (count, isForLater) =>
      isForLater
        ? counted(l10n.t('{0} thing while you were away:|{0} things while you were away:'), count)
        : counted(l10n.t('{0} thing:|{0} things:'), count),
    oneForLater: (line) => l10n.t('While you were away: {0}', line),
    more: (count) => l10n.t('and {0} more', formatNumber(count)),
  };
}

function whatOf({ result, exitCode, origin }: Notice, name: string): string {
  switch (result) {
    case 'ended':
      return l10n.t('{0} finished', name);
    case 'failed':
      return exitCode === undefined
        ? l10n.t('{0} failed', name)
        : l10n.t('{0} failed (exit {1})', name, exitCode);
    case 'stopped':
      return l10n.t('{0} was stopped by an error', name);
    case 'waits':
      return l10n.t('{0} is waiting for you', name);
    case 'said':
      return origin === 'tool' || origin === 'agent'
        ? l10n.t('{0} has a message for you', name)
        : l10n.t('A message from {0}', name);
  }
}

/** Says it without a name. */
function whatOfKind(notice: Notice): string {
  const kinds: Record<Notice['origin'], string> = {
    task: l10n.t('A task'),
    terminal: l10n.t('A command'),
    debug: l10n.t('Debugging'),
    program: l10n.t('A program'),
    agent: l10n.t('A coding agent'),
    tool: l10n.t('A coding agent'),
  };
  return whatOf(notice, kinds[notice.origin]);
}
