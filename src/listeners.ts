import { env, l10n, workspace } from 'vscode';
import type { Memento } from 'vscode';
import { durationText } from './automation/durationText';
import type { NoticeResult, Reach } from './automation/notice';
import type { EndSettings } from './automation/sources/endNotice';
import { readEndSettings } from './automation/sources/endSettings';
import { Sources } from './automation/sources/sources';
import { mayHaveStandingYes } from './automation/standingYesHint';
import { systemClock as clock } from './common/clock';
import { DisposableStore } from './common/dispose';
import type { Disposable } from './common/dispose';
import type { Log } from './common/log';

export interface ListenersDeps {
  globalState: Pick<Memento, 'get'>;
  /** Loads the rest. */
  reach: () => Promise<Pick<Reach, 'take'>>;
  log: Log;
}

/** What hears of things that happen while nothing of the rest is loaded. */
export interface Listeners extends Disposable {
  sources: Sources;
  /** To be called when the standing yes may have been given or taken back. */
  refresh(): void;
}

/** A bundle of its own: a window reads it at its start where it has something to listen to. */
export function openListeners({ globalState, reach, log }: ListenersDeps): Listeners {
  const owned = new DisposableStore();
  let settings: EndSettings | undefined;
  owned.add(
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('bitrix24Push.reachMe')) {
        settings = undefined;
      }
    }),
  );
  const sources = owned.add(
    new Sources({
      ...{ reach, clock, log },
      isOn: () => mayHaveStandingYes(globalState),
      settings: () => {
        const configuration = workspace.getConfiguration('bitrix24Push.reachMe');
        settings ??= readEndSettings((name) => configuration.get(name), log);
        return settings;
      },
      words: {
        result: (result: NoticeResult) =>
          result === 'failed' ? l10n.t('failed') : l10n.t('finished'),
        duration: (ms) => durationText(ms, env.language),
      },
    }),
  );
  sources.refresh();
  return { sources, refresh: () => sources.refresh(), dispose: () => owned.dispose() };
}
