import * as v from 'valibot';
import type { TextDocument } from 'vscode';
import { parsePushFile } from './pushFile';
import type { FilePush, PushFile } from './pushFile';

/** Names a push of a file to a command, which runs some time after its lens was drawn. */
const filePushRef = v.object({
  /** Address of the document. */
  uri: v.string(),
  /** The how manieth push of its title it is, from 0. */
  place: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  title: v.string(),
});
export type FilePushRef = v.InferOutput<typeof filePushRef>;

/** Parses what a command was called with; undefined for anything else. */
export function parseFilePushRef(argument: unknown): FilePushRef | undefined {
  const parsed = v.safeParse(filePushRef, argument);
  return parsed.success ? parsed.output : undefined;
}

/** Names each push of a file, in its order. */
export function refsOf(uri: string, { pushes }: PushFile): FilePushRef[] {
  const counts = new Map<string, number>();
  return pushes.map(({ title: { text: title } }) => {
    const place = counts.get(title) ?? 0;
    counts.set(title, place + 1);
    return { uri, title, place };
  });
}

/** The push that is meant in the document as it is now, with its file. */
export function findFilePush(
  document: Pick<TextDocument, 'getText'>,
  { title, place }: FilePushRef,
): { file: PushFile; push: FilePush } | undefined {
  const file = parsePushFile(document.getText());
  const push = file.pushes.filter((one) => one.title.text === title)[place];
  return push && { file, push };
}
