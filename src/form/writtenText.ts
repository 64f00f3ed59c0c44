/** The text as it is sent to each person, and the room it takes: page and host compute them by the same functions. */
export { templateOf } from '../push/draft';
export { budgetOfVersions } from '../push/longestVersion';
export { fillTemplate, placeholders } from '../push/personalText';
