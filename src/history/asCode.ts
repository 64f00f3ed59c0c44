import type { Way } from '../push/draft';
import type { PlannedPush } from '../push/plan';

/** A push as somebody else's program would send it. */
export interface CodePush {
  /** Origin, e.g. `https://acme.bitrix24.com`. */
  portal: string;
  /** Its requests: a plain call for one text, a batch for several. */
  requests: readonly (readonly PlannedPush[])[];
  /** '' for none. */
  avatar: string;
  /** Absent for a push. */
  via?: Way | undefined;
}

/** `curl` is written for POSIX shells. */
export type CodeLanguage = 'curl' | 'powershell' | 'javascript' | 'php';

/** Where the reader puts their own. */
const token = 'ACCESS_TOKEN';

/** A snippet that sends a push. The access token is a placeholder in it: ours is never shown. */
export function asCode(language: CodeLanguage, push: CodePush): string {
  const write = { curl, powershell, javascript, php }[language];
  return push.requests
    .map((request) => {
      const [only, ...more] = request;
      return only && more.length === 0
        ? write(`${push.portal}/rest/${methodOf(push)}`, parametersOf(only, push))
        : write(`${push.portal}/rest/batch`, { halt: 0, cmd: commandsOf(request, push) });
    })
    .join('\n');
}

function methodOf({ via }: CodePush): string {
  return via === 'notification' ? 'im.notify.personal.add' : 'pull.application.push.add';
}

type Parameters = Record<string, string | number | readonly number[] | Record<string, string>>;
type PushParameters = Record<string, string | number | readonly number[]>;

function parametersOf({ ids, text }: PlannedPush, { avatar, via }: CodePush): PushParameters {
  const [id] = ids;
  if (via === 'notification' && id !== undefined) {
    return { USER_ID: id, MESSAGE: text };
  }
  return { USER_ID: [...ids], TEXT: text, ...(avatar !== '' && { AVATAR: avatar }) };
}

/** Bitrix24: each command of a batch is a method with its parameters as a query; lists travel as JSON text. */
function commandsOf(request: readonly PlannedPush[], push: CodePush): Record<string, string> {
  return Object.fromEntries(
    request.map((one, index) => {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(parametersOf(one, push))) {
        query.set(name, typeof value === 'string' ? value : JSON.stringify(value));
      }
      return [`${push.via ?? 'push'}${index + 1}`, `${methodOf(push)}?${query.toString()}`];
    }),
  );
}

function curl(url: string, parameters: Parameters): string {
  return [
    `curl ${shell(url)} \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  --data-raw ${shell(JSON.stringify({ auth: token, ...parameters }))}`,
    '',
  ].join('\n');
}

function powershell(url: string, parameters: Parameters): string {
  return [
    `$body = ${powershellString(JSON.stringify({ auth: token, ...parameters }))}`,
    `Invoke-RestMethod -Method Post -Uri ${powershellString(url)} \``,
    `  -ContentType 'application/json; charset=utf-8' \``,
    `  -Body ([Text.Encoding]::UTF8.GetBytes($body))`,
    '',
  ].join('\n');
}

function javascript(url: string, parameters: Parameters): string {
  const body = JSON.stringify({ auth: token, ...parameters }, undefined, 2)
    .split('\n')
    .join('\n  ');
  return [
    `await fetch(${JSON.stringify(url)}, {`,
    `  method: 'POST',`,
    `  headers: { 'Content-Type': 'application/json' },`,
    `  body: JSON.stringify(${body}),`,
    `})`,
    `  .then((response) => response.json())`,
    `  .then((answer) => console.log(answer));`,
    '',
  ].join('\n');
}

function php(url: string, parameters: Parameters): string {
  return [
    `$curl = curl_init(${phpString(url)});`,
    `curl_setopt_array($curl, [`,
    `    CURLOPT_RETURNTRANSFER => true,`,
    `    CURLOPT_POSTFIELDS => http_build_query([`,
    ...Object.entries({ auth: token, ...parameters }).map(
      ([name, value]) => `        ${phpString(name)} => ${phpValue(value)},`,
    ),
    `    ]),`,
    `]);`,
    `echo curl_exec($curl);`,
    '',
  ].join('\n');
}

function phpValue(value: Parameters[string]): string {
  if (typeof value === 'string') {
    return phpString(value);
  }
  if (typeof value === 'number') {
    return String(value);
  }
  return isList(value)
    ? `[${value.join(', ')}]`
    : `[\n${Object.entries(value)
        .map(([name, one]) => `            ${phpString(name)} => ${phpString(one)},\n`)
        .join('')}        ]`;
}

function isList(value: Parameters[string]): value is readonly number[] {
  return Array.isArray(value);
}

/** For a POSIX shell: nothing in single quotes means anything but a single quote. */
function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** PowerShell takes typographic quotes for single quotes, too. */
function powershellString(text: string): string {
  return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}

function phpString(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
