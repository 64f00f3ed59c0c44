import { env, l10n } from 'vscode';
import type { QuickPickItem, QuickPickOptions } from 'vscode';
import type { Clock } from '../../common/clock';
import type { Messages } from '../../common/messages';
import { plainLabel, plainText } from '../../common/plainText';
import { durationText } from '../durationText';
import type { RunningThing } from './endedThing';
import type { Sources } from './sources';

export interface WhenThisEndsDeps {
  sources: Pick<Sources, 'refresh' | 'running' | 'isAwaited' | 'awaitEnd' | 'forget'>;
  /** True if there is the standing yes. */
  isOn: () => Promise<boolean>;
  /** Shows how the standing yes is given. */
  setUp: () => Promise<unknown>;
  pick: <T extends QuickPickItem>(
    items: readonly T[],
    options: QuickPickOptions & { canPickMany: true },
  ) => Thenable<T[] | undefined>;
  messages: Pick<Messages, 'inform'>;
  /** Says something that needs no answer. */
  mention: (message: string) => void;
  clock: Pick<Clock, 'now'>;
}

const icons = { task: 'tools', terminal: 'terminal', debug: 'debug-alt' } as const;
const nameLength = 60;

/** The command asks which of the things that run now shall be told when they end. It is for one time. */
export async function pushWhenThisEnds(deps: WhenThisEndsDeps): Promise<void> {
  const { sources, messages } = deps;
  if (!(await deps.isOn())) {
    await deps.setUp();
    if (!(await deps.isOn())) {
      return;
    }
  }
  sources.refresh();
  const running = await sources.running();
  if (running.length === 0) {
    messages.inform(
      l10n.t(
        'Nothing is running in this window: no task, no debug session, and no terminal command that VS Code knows of.',
      ),
    );
    return;
  }
  const chosen = await deps.pick(
    running.map((thing) => itemOf(thing, running.length === 1, deps)),
    {
      canPickMany: true,
      title: l10n.t('Send Push to Me When This Ends'),
      placeHolder: l10n.t('Choose what you want to hear of, once'),
      matchOnDescription: true,
    },
  );
  if (!chosen) {
    return;
  }
  const executions = new Set((await sources.running()).map(({ execution }) => execution));
  for (const thing of running) {
    if (!chosen.some((item) => item.thing === thing)) {
      sources.forget(thing);
    } else if (executions.has(thing.execution)) {
      sources.awaitEnd(thing);
    }
  }
  tell(
    chosen.map(({ thing }) => thing),
    executions,
    deps,
  );
}

function itemOf(
  thing: RunningThing,
  isOnly: boolean,
  { sources, clock }: WhenThisEndsDeps,
): QuickPickItem & { thing: RunningThing } {
  const { startedAt, folder, origin, name } = thing;
  const duration =
    startedAt === undefined
      ? undefined
      : l10n.t('running for {0}', durationText(clock.now() - startedAt, env.language));
  return {
    thing,
    label: `$(${icons[origin]}) ${plainLabel(plainText(name, nameLength))}`,
    description: [folder && plainLabel(plainText(folder, nameLength)), duration]
      .filter(Boolean)
      .join(' · '),
    picked: isOnly || sources.isAwaited(thing),
  };
}

function tell(
  chosen: readonly RunningThing[],
  running: ReadonlySet<object>,
  { messages, mention }: WhenThisEndsDeps,
): void {
  const names = (list: readonly RunningThing[]) =>
    [...new Set(list.map(({ name }) => plainText(name, nameLength)))].join(', ');
  const ended = chosen.filter(({ execution }) => !running.has(execution));
  const awaited = chosen.filter(({ execution }) => running.has(execution));
  if (awaited.length > 0) {
    mention(l10n.t('You will get a push when this ends: {0}', names(awaited)));
  }
  if (ended.length > 0) {
    messages.inform(l10n.t('This has already ended, so there will be no push: {0}', names(ended)));
  }
}
