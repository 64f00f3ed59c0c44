import type { AgentFile } from './connectable';
import { addToJson, removeFromJson } from './jsonFile';
import type { FileFault } from './jsonFile';
import type { FileReceipt } from './receipt';
import { fingerprint } from './splice';
import { addToToml, removeFromToml } from './tomlFile';
import type { AccessFault, UserFile } from './userFile';
import type { Wanted } from './wanted';

/** Why a file stays as it is. `changedByHand`: what we had put there looks different now, and is left to its user. */
export type PlanFault = FileFault | AccessFault | 'changedByHand';

/** What will become of a file. */
export interface FilePlan {
  path: string;
  /** Undefined if there is no such file. */
  before: string | undefined;
  /** Undefined if there will be none. */
  after: string | undefined;
  fault?: PlanFault | undefined;
  /** Names of settings that somebody else has made, and that stay. */
  left?: readonly string[] | undefined;
  /** What is to be remembered; absent where nothing of ours will be in the file. */
  receipt?: FileReceipt | undefined;
}

type TextFile = Exclude<AgentFile, { format: 'own' }>;

export function isChange({ before, after }: FilePlan): boolean {
  return before !== after;
}

/** Returns what a file becomes when its agent is connected. It is made anew from what it is without us. */
export function planToConnect(
  file: AgentFile,
  path: string,
  now: UserFile | AccessFault,
  receipt: FileReceipt | undefined,
): FilePlan {
  if (typeof now !== 'object') {
    return untouched(path, undefined, now, receipt);
  }
  const { text } = now;
  if (file.format === 'own') {
    const isOurs =
      text === undefined || text === file.content || fingerprint(text) === receipt?.after;
    return isOurs
      ? { path, before: text, after: file.content, receipt: wholeFile(path, file.content) }
      : untouched(path, text, 'taken');
  }
  const clean = text === undefined || !receipt ? text : (withoutOurs(file, text, receipt) ?? text);
  const base = clean ?? '';
  const addition =
    file.format === 'toml'
      ? addToToml(base, file.wanted)
      : { ...addToJson(base, file.wanted, file.format), left: [] };
  if (addition.kind === 'fault') {
    return untouched(path, text, addition.fault, receipt);
  }
  const { left } = addition;
  if (addition.kind === 'there') {
    return { path, before: text, after: clean, left };
  }
  const { after, splices, containers, added } = addition;
  return {
    ...{ path, before: text, after, left },
    receipt: {
      path,
      isMade: text === undefined || (receipt?.isMade === true && base.trim() === ''),
      before: fingerprint(base),
      after: fingerprint(after),
      ...{ splices, containers, added },
    },
  };
}

/** Returns what a file becomes when its agent is disconnected. */
export function planToDisconnect(
  file: AgentFile,
  path: string,
  now: UserFile | AccessFault,
  receipt: FileReceipt | undefined,
): FilePlan {
  if (typeof now !== 'object') {
    return untouched(path, undefined, now, receipt);
  }
  const { text } = now;
  if (text === undefined) {
    return { path, before: text, after: text };
  }
  if (file.format === 'own') {
    if (text === file.content || fingerprint(text) === receipt?.after) {
      return { path, before: text, after: undefined };
    }
    // Without a receipt, it is somebody else's file that has the same name.
    return receipt ? untouched(path, text, 'changedByHand', receipt) : untouched(path, text);
  }
  const clean = withoutOurs(file, text, receipt);
  if (clean === undefined) {
    return untouched(path, text, 'changedByHand', receipt);
  }
  const isOver = receipt?.isMade === true && clean.replace('\ufeff', '').trim() === '';
  return {
    ...{ path, before: text, after: isOver ? undefined : clean },
    ...(namesOurs(clean, receipt?.added ?? file.wanted) ? { fault: 'changedByHand' } : {}),
  };
}

/** Returns whether something in a text still names our program, because its user has changed what we had written. */
function namesOurs(text: string, added: Wanted): boolean {
  const names = JSON.stringify(added).match(/"(?:[^"\\]|\\.)*b24push(?:[^"\\]|\\.)*"/g) ?? [];
  return names.some((name) => text.includes(name.slice(1, -1)));
}

function withoutOurs(
  { format, wanted }: TextFile,
  text: string,
  receipt: FileReceipt | undefined,
): string | undefined {
  if (receipt && fingerprint(text) === receipt.before) {
    return text;
  }
  const ours = receipt?.added ?? wanted;
  return format === 'toml'
    ? removeFromToml(text, ours, receipt)
    : removeFromJson(text, ours, receipt);
}

function wholeFile(path: string, content: string): FileReceipt {
  const after = fingerprint(content);
  return { path, isMade: true, before: '', after, splices: [], containers: [], added: {} };
}

function untouched(
  path: string,
  text: string | undefined,
  fault?: PlanFault,
  receipt?: FileReceipt,
): FilePlan {
  return { path, before: text, after: text, fault, receipt };
}
