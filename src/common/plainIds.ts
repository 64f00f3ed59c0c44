/** Bitrix24 keeps ids in 32 bits. */
const idAtMost = 2 ** 31 - 1;

/** A telephone number: a plus, or groups of three or more digits and pairs. */
export function isPhone(text: string): boolean {
  const digits = text.replace(/\D/gu, '').length;
  return (
    /^(?:тел\.?|tel\.?|phone)?\s*\+?[\d\s().-]+$/iu.test(text) &&
    digits >= 7 &&
    digits <= 15 &&
    (/^\D*\+/u.test(text) ||
      /^\D*\d{0,3}[\s(-]*\d{3,5}[\s).-]+\d{2,3}(?:[\s.-]?\d{2}){2}$/u.test(text) ||
      /^\D*(?:\d{3}[\s.-])?\d{3}[\s.-]\d{4}$/u.test(text))
  );
}

/** A date such as 12.05.1990, 12/05/90, 2026-11-27 or 12 05 1990. */
export function isDate(text: string): boolean {
  return /^(?:\d{1,2}([./ -])\d{1,2}\1\d{2,4}|\d{4}([./ -])\d{1,2}\2\d{1,2})(?:[ T]\d{1,2}:\d{2}.*)?$/u.test(
    text,
  );
}

/** An id as a number: positive, without leading zeros, no longer than Bitrix24 has them. undefined for anything else. */
export function idOf(digits: string | undefined): number | undefined {
  const id = Number(digits);
  return digits !== undefined && /^[1-9]\d*$/u.test(digits) && id <= idAtMost ? id : undefined;
}

/** The ids of a text that consists of nothing but plain ids: "3 5 7", "[3", "#5". undefined for any other text. */
export function plainIds(text: string): number[] | undefined {
  const words = text.match(/[^\s,;|[\](){}"'“”«»，、；]+/gu) ?? [];
  if (words.length === 0 || isPhone(text.trim()) || isDate(text.trim())) {
    return undefined;
  }
  const ids = words.map((word) => idOf(/^#?(\d+)\.?$/u.exec(word)?.[1]));
  return ids.every((id) => id !== undefined) ? ids : undefined;
}
