import type { Log } from '../common/log';
import type { Notice } from './notice';
import { details, noticeLine, wholeLine } from './noticeText';
import type { Detail, NoticeLine, NoticePhrases } from './noticeText';

export interface CleanLineDeps {
  /** What in a text looks like a secret. */
  findSecrets: (text: string) => Promise<readonly unknown[]>;
  phrases: NoticePhrases;
  log: Log;
}

export type CleanLine = (notice: Notice, atMost?: Detail) => Promise<NoticeLine>;

/**
 * Returns a notice's line with as much detail as carries nothing that looks like a secret, and no more than `atMost`.
 * The user is not there to be asked, so a text that could not be searched counts as one with a secret.
 */
export function createCleanLine({ findSecrets, phrases, log }: CleanLineDeps): CleanLine {
  const isClean = async (line: NoticeLine): Promise<boolean> => {
    try {
      return (await findSecrets(wholeLine(line))).length === 0;
    } catch (error) {
      log.error(`A notice could not be searched for secrets: ${String(error)}`);
      return false;
    }
  };
  return async (notice, atMost = 'all') => {
    for (const detail of details.slice(details.indexOf(atMost))) {
      const line = noticeLine(notice, detail, phrases);
      // Without a name it is our own words alone.
      if (detail === 'noName' || (await isClean(line))) {
        if (detail !== 'all' && detail !== atMost) {
          log.info(`A notice is told with less (${detail}): something in it looks like a secret.`);
        }
        return line;
      }
    }
    return noticeLine(notice, 'noName', phrases);
  };
}
