/** The names by which Bitrix24 and its clients hand secrets on: in addresses, forms, JSON and code. */
export const secretNames =
  'access_?token|refresh_?token|application_?token|auth_?token|auth_?id|refresh_?id|app_?sid|client_?secret|auth|sessid|phpsessid|bitrix_sm_\\w+|(?:user_)?checkword';

/**
 * Makes the patterns of Bitrix24's secrets: for the question before a push, the log, and the copies of the history. The
 * only group of each pattern is the secret, and ends the match.
 */
export const bitrix24Secrets = (): readonly RegExp[] => [
  // The key in the address of a webhook, also encoded within another address: /rest/USER/KEY/, since REST 3
  // /rest/api/USER/KEY/.
  /(?:\/|%2f)rest(?:\/|%2f)(?:[a-z]\w{0,19}(?:\/|%2f))?\d{1,10}(?:\/|%2f)(?!x{8})((?=[a-z]*\d)[\da-z]{10,64}|[\da-z]{16,64})(?![\w-])/giu,
  // Tokens and codes are hexadecimal. Hashes, which have 32, 40, 64 or 128 digits, are no secrets.
  /(?<![\da-z])([\da-f]{68}|[\da-f]{70})(?![\da-z])/giu,
  // The key of an application.
  /(?<![\w+/=-])((?=[A-Z\d]*[a-z])(?=[a-z\d]*[A-Z])(?=[A-Za-z]*\d)[A-Za-z\d]{50})(?![\w+/=-])/gu,
  new RegExp(
    `(?<![\\p{L}\\d])(?:${secretNames})["'\\\\\\]]{0,4}\\s{0,5}(?:=>|=|:|%3d)\\s{0,5}["'\\\\]{0,3}((?=[a-z_.-]*\\d)[\\w.-]{16,255})(?![\\w(])`,
    'giu',
  ),
  /[?&](?:code|state)=([\da-z]{30,255})(?![\w-])/giu,
];
