import type { Parser } from '@lezer/common';
import { parser as javascript } from '@lezer/javascript';
import { parser as php } from '@lezer/php';
import { parser as python } from '@lezer/python';
import type { Grammar } from './language';

/** The parser of each grammar. Lezer's parsers read any text, and mark what they do not understand. */
export function parserOf(grammar: Grammar): Parser {
  switch (grammar) {
    case 'javascript':
      return javascript.configure({ dialect: 'jsx' });
    case 'typescript':
      return javascript.configure({ dialect: 'ts' });
    case 'tsx':
      return javascript.configure({ dialect: 'ts jsx' });
    case 'php':
      // A piece of a file, without `<?php`.
      return php.configure({ top: 'Program' });
    case 'python':
      return python;
  }
}
