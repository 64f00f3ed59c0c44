/** The language of push files, as `package.json` contributes it. */
export const pushFileLanguage = 'bitrix24-push';
