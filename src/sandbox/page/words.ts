import { PageWords } from './client/pageWords';
import { russian } from './russian';

export const english = new PageWords('en', {});

/**
 * Chooses the language of a page.
 * @param accepted the Accept-Language header, in which browsers list their user's languages by preference
 */
export function wordsFor(accepted: string | undefined): PageWords {
  const languages = (accepted ?? '')
    .split(',')
    .map((entry) => entry.trim().slice(0, 2).toLowerCase());
  const known = languages.find((language) => language === 'en' || language === 'ru');
  return known === 'ru' ? new PageWords('ru', russian) : english;
}
