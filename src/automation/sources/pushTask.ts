import { l10n } from 'vscode';
import * as v from 'valibot';
import type { Log } from '../../common/log';
import { plainText } from '../../common/plainText';
import type { AskedAnswer, AskedSend } from '../askedSend';
import type { Reach, Taken } from '../notice';
import type { PushTaskRun, RunPushTask } from './pushTaskType';

export interface PushTaskDeps {
  reach: Pick<Reach, 'take'>;
  askedSend: AskedSend;
  isTrusted: () => boolean;
  log: Log;
}

/** Exit codes of a push task; b24push has the same. */
export const pushTaskCodes = { accepted: 0, refused: 3, unknown: 4, userSaidNo: 5 } as const;
type Code = (typeof pushTaskCodes)[keyof typeof pushTaskCodes];

const line = v.pipe(v.string(), v.trim(), v.nonEmpty());
const schema = v.object({
  text: line,
  to: v.optional(v.union([line, v.pipe(v.array(line), v.nonEmpty())]), 'me'),
});

/**
 * Runs a task of the type bitrix24-push. To its user it goes under the standing yes. Anybody else gets it only after a yes
 * in our own dialog: a workspace file is not trusted.
 */
export function createPushTask(deps: PushTaskDeps): RunPushTask {
  return async (run) => {
    try {
      const { code, message } = await push(run, deps);
      run.say(plainText(message, 1_000));
      return code;
    } catch (error) {
      deps.log.error(`A task that pushes: ${String(error)}`);
      run.say(l10n.t('The push could not be made. The log of Bitrix24 Push says more.'));
      return pushTaskCodes.refused;
    }
  };
}

interface Outcome {
  code: Code;
  message: string;
}

async function push(run: PushTaskRun, deps: PushTaskDeps): Promise<Outcome> {
  const parsed = v.safeParse(schema, run.definition);
  if (!parsed.success) {
    const where = v.getDotPath(parsed.issues[0]) ?? '';
    return refused(
      l10n.t('The task is not understood: look at “{0}” in tasks.json. Nothing was sent.', where),
    );
  }
  if (!deps.isTrusted()) {
    return refused(l10n.t('This workspace is not trusted. Nothing was sent.'));
  }
  const { text } = parsed.output;
  const to = [parsed.output.to].flat();
  if (to.every((one) => one.toLowerCase() === 'me')) {
    const { name } = run;
    return ofNotice(await deps.reach.take({ ...said, name, words: text, askedBy: name }));
  }
  return ofAnswer(
    await deps.askedSend({ to, text, by: plainText(run.name, 60), origin: 'task' }, run.signal),
  );
}

const said = { origin: 'task', result: 'said', isAskedFor: true } as const;

function ofNotice({ kind }: Taken): Outcome {
  switch (kind) {
    case 'off':
      return refused(
        l10n.t(
          'Nothing was sent: pushes to yourself are not switched on. Run the command “Bitrix24: Reach Me on My Phone” first.',
        ),
      );
    case 'notDue':
      return {
        code: pushTaskCodes.accepted,
        message: l10n.t('The same push is already on its way.'),
      };
    case 'kept':
      return {
        code: pushTaskCodes.accepted,
        message: l10n.t('VS Code has the push, and sends it to your phone once nothing holds it.'),
      };
  }
}

function ofAnswer({ outcome, message }: AskedAnswer): Outcome {
  const codes: Record<AskedAnswer['outcome'], Code> = {
    accepted: pushTaskCodes.accepted,
    partly: pushTaskCodes.refused,
    refused: pushTaskCodes.refused,
    notSent: pushTaskCodes.refused,
    invalid: pushTaskCodes.refused,
    unknown: pushTaskCodes.unknown,
    cancelled: pushTaskCodes.userSaidNo,
  };
  return { code: codes[outcome], message };
}

function refused(message: string): Outcome {
  return { code: pushTaskCodes.refused, message };
}
