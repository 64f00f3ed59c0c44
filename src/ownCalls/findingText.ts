import { l10n } from 'vscode';
import type { Finding, Fix } from './finding';
import type { SecretFinding } from './findSecrets';

/** What is wrong, and what to do. */
export function findingText(finding: Finding | SecretFinding): string {
  switch (finding.code) {
    case 'unknownParameter':
      return finding.means
        ? l10n.t(
            'pull.application.push.add does not know {0}. Use {1}.',
            finding.name,
            finding.means,
          )
        : l10n.t(
            'pull.application.push.add does not know {0} and ignores it. It has USER_ID, TEXT and AVATAR only.',
            finding.name,
          );
    case 'doubleParameter':
      return l10n.t(
        '{0} is given more than once, and the last one counts: letter case makes no difference. Remove one of them.',
        finding.name,
      );
    case 'textMissing':
      return l10n.t('There is no TEXT. Bitrix24 refuses the call with TEXT_ERROR.');
    case 'textEmpty':
      return l10n.t('TEXT is empty. Bitrix24 refuses the call with TEXT_ERROR.');
    case 'textZero':
      return l10n.t(
        'Bitrix24 takes 0 for an empty text and refuses the call with TEXT_ERROR. Write more than that.',
      );
    case 'textBlank':
      return l10n.t('Nothing of this text can be seen on a phone. Bitrix24 sends it all the same.');
    case 'textList':
      return l10n.t('TEXT has to be a text. Bitrix24 accepts the call, and the push is lost.');
    case 'textTooLong':
      return finding.platforms.length === 1
        ? l10n.t(
            'The text is too long for {0}. Bitrix24 cuts it after about {1} of {2} characters.',
            finding.platforms[0] === 'ios' ? 'iOS' : 'Android',
            finding.cutAt,
            finding.length,
          )
        : l10n.t(
            'The text is too long for iOS and Android. Bitrix24 cuts it after about {0} of {1} characters, and on iOS the push may be lost.',
            finding.cutAt,
            finding.length,
          );
    case 'avatarList':
      return l10n.t('AVATAR has to be one address. Bitrix24 fails at a list.');
    case 'avatarNotHttp':
      return l10n.t(
        'AVATAR is no http or https address. Bitrix24 takes it, and phones show no picture.',
      );
    case 'webhook':
      return l10n.t(
        'A webhook may not send pushes: Bitrix24 refuses it with WRONG_AUTH_TYPE. Call the method with the token of an application.',
      );
    case 'idsMissing':
      return l10n.t('There is no USER_ID. Bitrix24 answers true, and nobody gets the push.');
    case 'idsNobody':
      return l10n.t('No user has such an id. Bitrix24 answers true, and nobody gets the push.');
    case 'idsOnlyOne':
      return l10n.t('Only user {0} gets the push. Give the ids as a list.', finding.id);
    case 'idsDropped':
      return l10n.t('“{0}” is no user id. Bitrix24 leaves it out without a word.', finding.shown);
    case 'idsTrue':
      return l10n.t('Bitrix24 reads true as 1: only user 1 gets the push. Give the ids as a list.');
    case 'secret':
      return l10n.t(
        'This looks like a key or token of Bitrix24. Whoever reads the source can use it: keep it outside of the source, and have Bitrix24 issue a new one.',
      );
  }
}

export function fixText(fix: Fix): string {
  switch (fix.kind) {
    case 'rename':
      return l10n.t('Rename {0} to {1}', fix.from, fix.to);
    case 'remove':
      return l10n.t('Remove {0}', fix.name);
    case 'list':
      return l10n.t('Send to all: {0}', fix.list);
  }
}
