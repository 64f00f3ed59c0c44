/** The text as it is sent: page and host compute it by the same function. */
export { draftText } from '../push/draft';
