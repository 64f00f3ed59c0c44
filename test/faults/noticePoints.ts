import type { StorageFolder } from '../../src/common/storageFolder';
import { killPoints } from './killPoints';

/** The steps of notices until their push is about to be recorded, in order. */
export const noticePoints = [
  'before a notice is written',
  'while a notice is written',
  'notice written',
  'why it is held noted',
  'leave taken',
  'notice joined',
] as const;

/** The steps of the push. A push that nobody wrote has no draft in the form that would have to be settled. */
export const noticePushPoints = killPoints.filter((point) => point !== 'draft settled');

/** The steps of a notice that its push has told, or that no push has to tell any more. */
export const toldPoints = ['told notice out of the folder'] as const;
export const comeBackPoints = ['end of a notice noted', 'ended notice out of the folder'] as const;

/** Further steps of a window that takes over what another one left. */
export const takeOverPoints = ['left notice claimed'] as const;

export type NoticePoint =
  | (typeof noticePoints)[number]
  | (typeof noticePushPoints)[number]
  | (typeof toldPoints)[number]
  | (typeof comeBackPoints)[number]
  | (typeof takeOverPoints)[number];

export interface NoticeFolderOptions {
  reach: (point: NoticePoint) => void;
  /** Whether the process is about to end in the middle of such a step. */
  isTorn: (point: NoticePoint) => boolean;
  /** Whether notices leave this folder because their user came back. */
  isComeBack: boolean;
}

/** The folder of notices that are not over, with its steps told. */
export function watchedNotices(folder: StorageFolder, options: NoticeFolderOptions): StorageFolder {
  const { reach, isTorn, isComeBack } = options;
  return {
    ...folder,
    write: async (name, content, writeOptions) => {
      if (!name.endsWith('.notice')) {
        await folder.write(name, content, writeOptions);
        return;
      }
      reach('before a notice is written');
      if (isTorn('while a notice is written')) {
        await folder.write(`${name}.half.tmp`, content.slice(0, content.length / 2));
      }
      reach('while a notice is written');
      await folder.write(name, content, writeOptions);
      reach('notice written');
    },
    rename: async (name, to) => {
      const there = await folder.rename(name, to);
      if (ownerOf(name) !== ownerOf(to)) {
        reach('left notice claimed');
      } else {
        reach(to.includes('.joined~') ? 'notice joined' : 'why it is held noted');
      }
      return there;
    },
    remove: async (name) => {
      await folder.remove(name);
      if (name.endsWith('.notice')) {
        reach(isComeBack ? 'ended notice out of the folder' : 'told notice out of the folder');
      }
    },
  };
}

/** The folder of notices that are over without a push. */
export function watchedPast(
  folder: StorageFolder,
  reach: (point: NoticePoint) => void,
): StorageFolder {
  return {
    ...folder,
    write: async (name, content, options) => {
      await folder.write(name, content, options);
      reach('end of a notice noted');
    },
  };
}

/** The folder of notices of a window that does not note into which push a notice goes. */
export function unjoined(folder: StorageFolder): StorageFolder {
  // The window believes in one name, and the file has another.
  const real = new Map<string, string>();
  const nameOf = (name: string) => real.get(name) ?? name;
  return {
    ...folder,
    rename: (name, to) => {
      if (!to.includes('.joined~')) {
        return folder.rename(nameOf(name), to);
      }
      real.set(to, nameOf(name));
      return Promise.resolve(true);
    },
    remove: (name) => folder.remove(nameOf(name)),
  };
}

/** The folder of notices of a window that forgets a notice as soon as it goes into a push. */
export function forgotten(folder: StorageFolder): StorageFolder {
  return {
    ...folder,
    rename: async (name, to) => {
      const there = await folder.rename(name, to);
      if (to.includes('.joined~')) {
        await folder.remove(to);
      }
      return there;
    },
  };
}

/** The window that has a notice, by the name of the notice's file. */
function ownerOf(name: string): string {
  return name.split('.').at(-2) ?? '';
}
