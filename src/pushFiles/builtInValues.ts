import type { Uri } from 'vscode';
import { dateTime } from '../common/dateTime';
import type { Clock } from '../common/clock';
import type { BuiltInVariable } from './pushFile';
import { questionOf } from './readText';
import type { VariableValues } from './readText';

/** The editor that was used last and shows no push file. */
export interface LastEditor {
  uri: Uri;
  /** Path of its file in the workspace. */
  file: string;
  /** '' for none. */
  selection: string;
}

export interface GitFacts {
  branch: string | undefined;
  /** The tag that was made last. */
  tag: string | undefined;
}

export interface BuiltInSources {
  clock: Pick<Clock, 'now'>;
  lastEditor: () => LastEditor | undefined;
  /** Facts of the repository that the file belongs to. Never rejects. */
  git: (file: Uri) => Promise<GitFacts>;
  /** Resolves to undefined if the user cancels. */
  ask: (question: string) => Promise<string | undefined>;
}

/**
 * Finds the values of those of these variables that the extension knows itself. Nothing of the environment is among
 * them, and no program is run. Resolves to undefined if the user cancels a question. `isAsking` false: questions have
 * no value, and what they ask for stands in the text.
 */
export async function builtInValues(
  names: ReadonlySet<string>,
  pushFile: Uri,
  { clock, lastEditor, git, ask }: BuiltInSources,
  isAsking: boolean,
): Promise<VariableValues | undefined> {
  const values = new Map<string, string | undefined>();
  const now = clock.now();
  const editor = lastEditor();
  const isWanted = (...some: BuiltInVariable[]) => some.some((one) => names.has(one));
  const { branch, tag } = isWanted('branch', 'tag')
    ? await git(editor?.uri ?? pushFile)
    : { branch: undefined, tag: undefined };
  const known: Record<BuiltInVariable, string | undefined> = {
    date: dateTime(now, { dateStyle: 'medium' }),
    time: dateTime(now, { timeStyle: 'short' }),
    file: editor?.file,
    selection: editor?.selection || undefined,
    ...{ branch, tag },
  };
  for (const [name, value] of Object.entries(known)) {
    values.set(name, value);
  }
  for (const name of names) {
    const question = questionOf(name);
    if (question !== undefined) {
      const answer = isAsking ? await ask(question) : `[${question}]`;
      if (answer === undefined) {
        return undefined;
      }
      values.set(name, answer);
    }
  }
  return (name) => values.get(name);
}
