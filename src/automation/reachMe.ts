import { l10n } from 'vscode';
import type { QuickPickItem } from 'vscode';
import { shownHost } from '../accounts/account';
import type { Account, Accounts } from '../accounts/account';
import { accountItems } from '../accounts/accountItems';
import type { Clock } from '../common/clock';
import { dateTime } from '../common/dateTime';
import type { Messages } from '../common/messages';
import { plainText } from '../common/plainText';
import { askChoice } from '../common/quickStep';
import type { QuickInputs } from '../common/quickStep';
import { newDraft } from '../push/draft';
import type { Draft } from '../push/draft';
import { summaryOf } from '../push/push';
import type { PushService, SendResult } from '../push/pushService';
import { holdReasonText } from './holdReasonText';
import { tomorrowMorning } from './quietHours';
import type { PhoneReach } from './reach';
import { heldSentence } from './reachStatus';
import type { StandingYes } from './standingYes';

export interface ReachMeDeps {
  accounts: Pick<Accounts, 'list' | 'current' | 'signIn'>;
  standing: Pick<StandingYes, 'get' | 'give' | 'takeBack'>;
  reach: Pick<PhoneReach, 'held' | 'look' | 'pause' | 'resume' | 'sendNow' | 'discard'>;
  service: Pick<PushService, 'send'>;
  /** Tells what came of a push that was not accepted. */
  tell: (result: SendResult, draft: Draft) => Promise<void>;
  inputs: QuickInputs;
  messages: Messages;
  openSettings: () => PromiseLike<unknown>;
  showHistory: () => PromiseLike<unknown>;
  /** Remembers when the pause ends, so that a window that starts can show it. */
  remember: (pausedUntil: number | undefined) => PromiseLike<void>;
  clock: Pick<Clock, 'now'>;
}

interface ActionItem extends QuickPickItem {
  run: () => PromiseLike<unknown>;
}

const hourMs = 60 * 60 * 1000;

/** The commands around the standing yes. Only these give it, and only after a yes in a dialog. */
export class ReachMe {
  readonly #deps: ReachMeDeps;

  constructor(deps: ReachMeDeps) {
    this.#deps = deps;
  }

  /** Sets it up; where that is done, it offers what can be done about it. */
  async run(): Promise<void> {
    const yes = await this.#deps.standing.get();
    await (yes ? this.#offer(yes.account) : this.#setUp());
  }

  async pause(): Promise<void> {
    const { standing, reach, remember, clock, messages } = this.#deps;
    if (!(await standing.get())) {
      messages.inform(l10n.t('Nothing is sent to your phone: Reach Me on My Phone is off.'));
      return;
    }
    const now = clock.now();
    const pause = (label: string, until: number): ActionItem => ({
      label,
      description: l10n.t('until {0}', dateTime(until)),
      run: async () => {
        await remember(until);
        await reach.pause(until);
      },
    });
    await this.#choose(
      l10n.t('Pause Reaching Me'),
      l10n.t('What comes meanwhile is one push at its end'),
      [
        pause(l10n.t('For an Hour'), now + hourMs),
        pause(l10n.t('Until Tomorrow Morning'), tomorrowMorning(now)),
      ],
    );
  }

  async resume(): Promise<void> {
    await this.#deps.remember(undefined);
    await this.#deps.reach.resume();
  }

  async #setUp(): Promise<void> {
    const { standing, messages } = this.#deps;
    const account = await this.#account();
    if (!account) {
      return;
    }
    const turnOn = l10n.t('Turn On');
    const answer = await messages.ask({
      message: l10n.t(
        'Send what happens in VS Code to your own phone, from and to {0} on {1}?',
        plainText(account.userName, 100),
        plainText(shownHost(account), 100),
      ),
      detail: [
        l10n.t(
          'Sent, while you are away from the window: that a task, a command, a program or a coding agent has ended or waits for you, with its name, result, duration and folder. You choose in the settings which of them.',
        ),
        l10n.t(
          'Never sent: output, environment or arguments. Command lines and the words of agents only if you switch them on, and not if they seem to contain a secret.',
        ),
        l10n.t(
          'To nobody but you. At most 20 pushes an hour; what comes at the same time is one push. You can pause it or turn it off at any time.',
        ),
        l10n.t('A first push shows you whether your phone rings.'),
      ].join('\n\n'),
      answers: [turnOn],
    });
    if (answer === turnOn) {
      await standing.give(account);
      await this.#sendFirst(account);
    }
  }

  async #account(): Promise<Account | undefined> {
    const { accounts, inputs } = this.#deps;
    const list = await accounts.list();
    if (list.length < 2) {
      return list[0] ?? (await accounts.signIn());
    }
    const answer = await askChoice(inputs, {
      ...{ title: l10n.t('Reach Me on My Phone'), step: 1, totalSteps: 1, canGoBack: false },
      placeholder: l10n.t('As whom do you use Bitrix24 on your phone?'),
      items: accountItems(list, await accounts.current()),
    });
    return answer.kind === 'next' ? answer.value.account : undefined;
  }

  async #sendFirst({ id, userId, userName, host }: Account): Promise<void> {
    const { service, tell, messages } = this.#deps;
    const draft = newDraft({
      accountId: id,
      recipients: [{ id: userId, name: userName }],
      text: l10n.t('This is how VS Code reaches you while you are away.'),
      mode: 'literal',
    });
    const result = await service.send(draft, {
      origin: 'command',
      consent: { kind: 'standing', things: [] },
    });
    if (result.kind === 'push' && summaryOf(result.push).state === 'accepted') {
      messages.inform(
        l10n.t(
          '{0} accepted a push to you. If your phone does not ring within a minute, run “Why Didn’t It Arrive?”.',
          plainText(host, 100),
        ),
      );
    } else {
      await tell(result, draft);
    }
  }

  async #offer(account: Account): Promise<void> {
    const { reach, openSettings, showHistory } = this.#deps;
    await reach.look();
    const { notices, pausedUntil } = reach.held;
    const held = heldSentence(notices.length);
    const items: ActionItem[] = [
      ...(notices.length > 0
        ? [
            { label: l10n.t('Send Now'), run: () => reach.sendNow() },
            { label: l10n.t('Discard What Is Held'), run: () => reach.discard() },
          ]
        : []),
      pausedUntil === undefined
        ? { label: l10n.t('Pause…'), run: () => this.pause() }
        : {
            label: l10n.t('Resume'),
            description: holdReasonText('paused', pausedUntil),
            run: () => this.resume(),
          },
      { label: l10n.t('Show in History'), run: () => showHistory() },
      { label: l10n.t('Send a Test Push'), run: () => this.#sendFirst(account) },
      { label: l10n.t('Choose What Is Sent'), run: () => openSettings() },
      {
        label: l10n.t('Turn Off'),
        description: `${plainText(account.userName, 100)} · ${plainText(shownHost(account), 100)}`,
        run: () => this.#turnOff(),
      },
    ];
    await this.#choose(l10n.t('Reach Me on My Phone'), held, items);
  }

  async #turnOff(): Promise<void> {
    await this.#deps.standing.takeBack();
    await this.resume();
  }

  async #choose(title: string, placeholder: string, items: ActionItem[]): Promise<void> {
    const answer = await askChoice(this.#deps.inputs, {
      ...{ title, placeholder, items, step: 1, totalSteps: 1, canGoBack: false },
    });
    if (answer.kind === 'next') {
      await answer.value.run();
    }
  }
}
