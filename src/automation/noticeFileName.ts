import type { HoldReason, OverReason } from './notice';

/**
 * Where a notice that is not over stands, as its file's name tells without a look inside. `joined`: it went into the
 * push of this draft, so it must not be sent again by itself.
 */
export type NoticePlace =
  | { kind: 'held'; why: HoldReason; until?: number | undefined }
  | { kind: 'joined'; draftId: string };

export interface NoticeFile {
  /** The notice's id. It sorts by time. */
  id: string;
  place: NoticePlace;
  /** The process of the window that has it, see `thisProcess`, and a name of the window itself. */
  process: string;
  window: string;
}

export interface PastNoticeFile {
  id: string;
  why: OverReason;
  /** Unix ms when it was over. */
  at: number;
}

export const holdReasons: readonly HoldReason[] = [
  ...(['gathering', 'notAway', 'paused', 'quietHours'] as const),
  ...(['cap', 'desktopApp', 'noAnswerYet', 'trouble'] as const),
];

const overReasons: readonly OverReason[] = [
  ...(['cameBack', 'answered', 'discarded', 'shown'] as const),
];

export function noticeFileName({ id, place, process, window }: NoticeFile): string {
  const owner = `${process}-${window}`;
  if (place.kind === 'joined') {
    return `${id}.joined~${place.draftId}.${owner}.notice`;
  }
  const until = place.until === undefined ? '' : `~${place.until.toString(36)}`;
  return `${id}.${place.why}${until}.${owner}.notice`;
}

/** Returns undefined for a file that is none of ours. */
export function parseNoticeFile(name: string): NoticeFile | undefined {
  const [, id = '', word, detail, process = '', window = ''] = pattern.exec(name) ?? [];
  if (word === 'joined') {
    const draftId = detail ?? '';
    return { id, place: { kind: 'joined', draftId }, process, window };
  }
  const why = holdReasons.find((reason) => reason === word);
  const until = detail === undefined ? undefined : parseInt(detail, 36);
  return why && { id, place: { kind: 'held', why, until }, process, window };
}

export function pastFileName({ id, why, at }: PastNoticeFile): string {
  return `${id}.${why}.${at.toString(36)}.past`;
}

/** Returns undefined for a file that is none of ours. */
export function parsePastFile(name: string): PastNoticeFile | undefined {
  const [, id = '', word, at = ''] = pastPattern.exec(name) ?? [];
  const why = overReasons.find((reason) => reason === word);
  return why && { id, why, at: parseInt(at, 36) };
}

const pattern = /^([0-9a-z]{19})\.([a-zA-Z]+)(?:~([0-9a-z-]+))?\.([0-9a-z-]+)-([0-9a-f]+)\.notice$/;
const pastPattern = /^([0-9a-z]{19})\.([a-zA-Z]+)\.([0-9a-z]+)\.past$/;
