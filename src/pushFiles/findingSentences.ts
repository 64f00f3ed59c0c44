import { l10n } from 'vscode';
import { plainText } from '../common/plainText';
import type { DoubtfulEntry } from '../people/namedRecipients';
import { departmentName, recipientName } from '../people/recipientName';
import { fillableWords, issueMessage } from '../problems/draftProblems';
import type { FileFinding } from './fileDiagnostics';
import type { FixKind } from './fileFixes';
import { builtInVariables, headerNames } from './pushFile';

/** What is wrong, in a sentence or two. `written` is what stands in the file there. */
export function findingMessage(finding: FileFinding, written: string): string {
  const { code } = finding;
  switch (code) {
    case 'STRAY_LINE':
      return l10n.t(
        'Only comments (# …) and variables (@name = value) can stand above the first push (### Title).',
      );
    case 'NOT_A_HEADER':
      return l10n.t(
        'This line is not a header. Put an empty line between the headers and the text.',
      );
    case 'UNKNOWN_HEADER':
      return l10n.t('There is no such header. The headers are: {0}.', headerNames.join(', '));
    case 'HEADER_TWICE':
      return l10n.t('The push has this header twice. Remove one of them.');
    case 'UNKNOWN_MODE':
      return l10n.t('The mode is either “personal” or “literal”.');
    case 'VARIABLE_NAME':
      return l10n.t(
        'The name of a variable begins with a letter and consists of letters, digits, - and _. These names are taken: {0}.',
        builtInVariables.join(', '),
      );
    case 'VARIABLE_TWICE':
      return l10n.t('This variable is already defined above.');
    case 'RECIPIENT':
      return recipientMessage(finding.doubt);
    case 'UNKNOWN_VARIABLE':
      return unknownVariable(finding.name);
    case 'UNKNOWN_PORTAL':
      return l10n.t('No account on {0} is signed in.', plainText(finding.host, 100));
    case 'NOBODY':
      return issueMessage({ code: 'NO_RECIPIENTS', field: 'recipients' });
    case 'TEXT_TOO_LONG':
      return l10n.t(
        'The text is too long for {0}: it would be cut here. Shorten it.',
        finding.platform === 'ios' ? l10n.t('iPhone') : l10n.t('Android'),
      );
    case 'PLACEHOLDER_UNKNOWN':
      // Doubled braces, which the form advises, are variables in a file.
      return l10n.t(
        '“{0}” cannot be filled in. Only these words can stand between braces: {1}. To send braces as they are, add the header “mode: literal”.',
        plainText(written, 40),
        fillableWords(),
      );
    case 'SECRET':
      return l10n.t(
        'This looks like a password, a key or a token. A push appears even on a locked phone, and it passes through servers outside your portal on its way.',
      );
    case 'TEXT_EMPTY':
    case 'TEXT_ZERO':
    case 'PLACEHOLDER_OPEN':
      return issueMessage({ code, field: 'text' });
    case 'AVATAR_NOT_HTTP':
      return issueMessage({ code, field: 'avatar' });
  }
}

/** Nothing is known of a variable, and what to do about it. */
export function unknownVariable(name: string): string {
  return l10n.t(
    '{0} has no value. Define it at the top of the file: {1}',
    `{{${plainText(name, 60)}}}`,
    `@${plainText(name, 60)} = …`,
  );
}

/** Why an entry means nobody for certain. */
export function recipientMessage({ text, why }: DoubtfulEntry): string {
  const entry = plainText(text, 80);
  switch (why) {
    case 'unknownGroup':
      return l10n.t('“{0}”: there is no such group for this portal.', entry);
    case 'unknownDepartment':
      return l10n.t('“{0}”: there is no such department on this portal.', entry);
    case 'empty':
      return l10n.t('“{0}” names nobody.', entry);
    case 'unknown':
      return l10n.t('“{0}”: no person or department found.', entry);
    case 'unknownId':
      return l10n.t('“{0}”: nobody has this id.', entry);
    case 'noScope':
      return l10n.t(
        '“{0}”: the application has no permission to look this up. Write an id.',
        entry,
      );
    case 'portal':
      return l10n.t('“{0}”: this profile is on another portal.', entry);
    case 'inactive':
      return l10n.t('“{0}” was dismissed: Bitrix24 would not notify them.', entry);
    case 'ambiguous':
      return l10n.t('“{0}”: several match. Choose one.', entry);
    case 'spelling':
      return l10n.t('“{0}” is spelled differently on the portal. Choose who is meant.', entry);
    case 'address':
      return l10n.t('“{0}”: nobody has this address, but somebody has the name. Choose.', entry);
    case 'number':
      return l10n.t('“{0}” may be an id or only a number. Write # before an id.', entry);
    case 'mismatch':
      return l10n.t('“{0}”: the person with this id has another name. Choose.', entry);
  }
}

/** The title of a quick fix. */
export function fixTitle(kind: FixKind): string {
  switch (kind.do) {
    case 'choose': {
      const name =
        'person' in kind
          ? [recipientName(kind.person), kind.person.position, `#${kind.person.id}`]
          : [departmentName(kind.department), l10n.t('department'), `#${kind.department.id}`];
      return l10n.t('Choose {0}', plainText(name.filter(Boolean).join(' · '), 120));
    }
    case 'keepAsText':
      return l10n.t('Send the braces as text');
    case 'doubleBraces':
      return l10n.t('Write the brace twice, to send it');
    case 'makeLiteral':
      return l10n.t('Send all braces of this push as they are (mode: literal)');
    case 'shorten':
      return l10n.t('Shorten the text so that it fits');
    case 'addMe':
      return l10n.t('Send it to me');
    case 'removeHeader':
      return l10n.t('Remove this line');
    case 'define':
      return l10n.t('Define {0} at the top of the file', plainText(kind.name, 60));
  }
}
