/** A push as somebody else's program would send it. */
export interface CodePush {
  /** Origin, e.g. `https://acme.bitrix24.com`. */
  portal: string;
  ids: readonly number[];
  text: string;
  /** '' for none. */
  avatar: string;
}

export type CodeLanguage = 'curl' | 'javascript' | 'php';

/** Where the reader puts their own. */
const token = 'ACCESS_TOKEN';

/** A snippet for pull.application.push.add. The access token is a placeholder in it: ours is never shown. */
export function asCode(language: CodeLanguage, push: CodePush): string {
  const url = `${push.portal}/rest/pull.application.push.add`;
  switch (language) {
    case 'curl':
      return curl(url, push);
    case 'javascript':
      return javascript(url, push);
    case 'php':
      return php(url, push);
  }
}

function curl(url: string, push: CodePush): string {
  const body = JSON.stringify({ auth: token, ...parameters(push) });
  return [
    `curl ${shell(url)} \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  --data-raw ${shell(body)}`,
    '',
  ].join('\n');
}

function javascript(url: string, push: CodePush): string {
  const body = JSON.stringify({ auth: token, ...parameters(push) }, undefined, 2)
    .split('\n')
    .join('\n  ');
  return [
    `const response = await fetch(${JSON.stringify(url)}, {`,
    `  method: 'POST',`,
    `  headers: { 'Content-Type': 'application/json' },`,
    `  body: JSON.stringify(${body}),`,
    `});`,
    `console.log(await response.json());`,
    '',
  ].join('\n');
}

function php(url: string, push: CodePush): string {
  const { USER_ID, TEXT, AVATAR } = parameters(push);
  return [
    `$curl = curl_init(${phpString(url)});`,
    `curl_setopt_array($curl, [`,
    `    CURLOPT_RETURNTRANSFER => true,`,
    `    CURLOPT_POSTFIELDS => http_build_query([`,
    `        'auth' => ${phpString(token)},`,
    `        'USER_ID' => [${USER_ID.join(', ')}],`,
    `        'TEXT' => ${phpString(TEXT)},`,
    ...(AVATAR === undefined ? [] : [`        'AVATAR' => ${phpString(AVATAR)},`]),
    `    ]),`,
    `]);`,
    `echo curl_exec($curl);`,
    '',
  ].join('\n');
}

function parameters({ ids, text, avatar }: CodePush) {
  return { USER_ID: [...ids], TEXT: text, ...(avatar !== '' && { AVATAR: avatar }) };
}

/** For a POSIX shell: nothing in single quotes means anything but a single quote. */
function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function phpString(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
