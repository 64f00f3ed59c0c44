import type { Grammar } from '../../../src/ownCalls/language';

export interface Snippet {
  title: string;
  grammar: Grammar;
  code: string;
  /** The findings, as code and the source they stand at; `secret` too. */
  found: string[];
}

const snippet = (grammar: Grammar, title: string, code: string, ...found: string[]): Snippet => ({
  ...{ grammar, title, code, found },
});
const method = 'pull.application.push.add';
const php = (title: string, code: string, ...found: string[]) =>
  snippet('php', title, `<?php\n${code}`, ...found);
const js = snippet.bind(undefined, 'javascript');
const ts = snippet.bind(undefined, 'typescript');
const tsx = snippet.bind(undefined, 'tsx');
const py = snippet.bind(undefined, 'python');
const long = 'Очень длинно. '.repeat(200);
const token = '0123456789abcdef'.repeat(5).slice(0, 70);

/** Calls with something wrong. */
export const wrong: readonly Snippet[] = [
  php(
    'the call of a public app',
    `CRest::call('${method}', ['USER_ID' => $userId, 'MESSAGE' => $text, 'TITLE' => 'Orders', 'SOUND' => 'default']);`,
    ...["unknownParameter 'MESSAGE'", "unknownParameter 'TITLE'", "unknownParameter 'SOUND'"],
  ),
  php(
    'several ids in a text',
    `CRest::call('${method}', ['USER_ID' => '1,2', 'TEXT' => 'Hi']);`,
    "idsOnlyOne '1,2'",
  ),
  php(
    'an old array, by a method of an object',
    `$this->core->call('${method}', array('USER_ID' => array(), 'TEXT' => 'Hi'));`,
    'idsNobody array()',
  ),
  php(
    'named arguments',
    `$core->call(apiMethod: '${method}', parameters: ['USER_ID' => 1]);`,
    `textMissing '${method}'`,
  ),
  php(
    'a batch of CRest',
    `CRest::callBatch(['a' => ['method' => '${method}', 'params' => ['USER_ID' => 5, 'TEXT' => '0']]]);`,
    "textZero '0'",
  ),
  php(
    'a command of a batch',
    `$core->call('batch', ['cmd' => ['a' => '${method}?USER_ID=1&MESSAGE=Hi']]);`,
    `unknownParameter '${method}?USER_ID=1&MESSAGE=Hi'`,
  ),
  php(
    'an address with its query',
    `file_get_contents('https://acme.bitrix24.com/rest/${method}.json?USER_ID=1&TEXT=');`,
    `textEmpty 'https://acme.bitrix24.com/rest/${method}.json?USER_ID=1&TEXT='`,
  ),
  php(
    'an address with a written query',
    `file_get_contents('https://acme.bitrix24.com/rest/${method}?' . http_build_query(['USER_ID' => [1], 'BODY' => $x]));`,
    "unknownParameter 'BODY'",
  ),
  php(
    'a webhook of curl',
    `$ch = curl_init('https://acme.bitrix24.com/rest/1/abcdefgh12345678/${method}');`,
    ...[`webhook 'https://acme.bitrix24.com/rest/1/abcdefgh12345678/${method}'`],
    'secret abcdefgh12345678',
  ),
  php(
    'options of curl',
    `curl_setopt_array($ch, [CURLOPT_URL => "https://$domain/rest/${method}", CURLOPT_POSTFIELDS => http_build_query(['USER_ID' => 0, 'TEXT' => 'Hi', 'auth' => $t])]);`,
    'idsNobody 0',
  ),
  php(
    'a stream of PHP',
    `file_get_contents('https://acme.bitrix24.com/rest/${method}', false, stream_context_create(['http' => ['method' => 'POST', 'content' => json_encode(['USER_ID' => 1, 'TEXT' => ' '])]]));`,
    "textBlank ' '",
  ),
  php(
    'Guzzle',
    `$client->request('POST', 'https://' . $domain . '/rest/${method}', ['form_params' => ['USERS' => [1], 'TEXT' => 'Hi']]);`,
    "unknownParameter 'USERS'",
  ),
  php(
    'the HTTP client of Laravel',
    `Http::post("https://{$domain}/rest/${method}", ['USER_ID' => [3, -1], 'TEXT' => 'Hi']);`,
    'idsDropped -1',
  ),
  php(
    'a function of the application',
    `executeREST('${method}', ['TEXT' => 'Hi'], $domain, $token);`,
    `idsMissing '${method}'`,
  ),
  php(
    'a picture that is no address',
    `CRest::call("${method}", ["USER_ID" => 1, "TEXT" => "Hi", "AVATAR" => "/upload/a.png"]);`,
    'avatarNotHttp "/upload/a.png"',
  ),
  php('an empty array', `CRest::call('${method}', []);`, ...both(`'${method}'`)),
  js('no parameters', `BX24.callMethod('${method}')`, ...both(`'${method}'`)),
  js(
    'a token in a call',
    `BX24.callMethod('${method}', { USER_ID: 1, TEXT: 'Hi', auth: '${token}' })`,
    `secret ${token}`,
  ),
  js(
    'the same name twice, in other cases',
    `BX24.callMethod('${method}', { user_id: 1, text: 'a', TEXT: 'b' }, function () {})`,
    'doubleParameter text',
  ),
  js(
    'several ids in a text',
    `BX24.callMethod('${method}', { USER_ID: "5; 7", TEXT: 'Hi' }, cb)`,
    'idsOnlyOne "5; 7"',
  ),
  js('no text', `BX24.callMethod('${method}', { USER_ID: [1], TEXT: '' }, cb)`, "textEmpty ''"),
  js(
    'a number that PHP takes for no text',
    `BX24.callMethod('${method}', { USER_ID: [1], TEXT: 0 }, cb)`,
    'textZero 0',
  ),
  js('nobody', `BX24.callMethod('${method}', { USER_ID: [], TEXT: 'Hi' })`, 'idsNobody []'),
  js(
    'a batch as a map',
    `BX24.callBatch({ one: ['${method}', { USER_ID: 'me', TEXT: 'Hi' }], two: ['user.get', {}] }, cb)`,
    "idsNobody 'me'",
  ),
  js(
    'a batch as a list of objects',
    `BX24.callBatch([{ method: '${method}', params: { USER_ID: 1, TEXT: 'Hi', BADGE: 1 } }])`,
    'unknownParameter BADGE',
  ),
  js(
    'a text that is too long',
    `BX24.callMethod('${method}', { USER_ID: 1, TEXT: '${long}' })`,
    `textTooLong '${long}'`,
  ),
  js(
    'a list as a text',
    `BX24.callMethod('${method}', { USER_ID: 1, TEXT: ['a'] })`,
    "textList ['a']",
  ),
  js(
    'a shorthand',
    `BX24.callMethod('${method}', { USER_ID: 1, message })`,
    'unknownParameter message',
  ),
  js(
    'fetch with JSON',
    `fetch('https://acme.bitrix24.com/rest/${method}', { method: 'POST', body: JSON.stringify({ auth, USER_ID: true, TEXT: 'Hi' }) })`,
    'idsTrue true',
  ),
  js(
    'fetch with a body as a text',
    `fetch('https://acme.bitrix24.com/rest/${method}', { method: 'POST', body: '{"USER_ID":1,"TEXT":"0"}' })`,
    `textZero '{"USER_ID":1,"TEXT":"0"}'`,
  ),
  js(
    'a list that a form joins',
    `fetch(\`\${base}/${method}\`, { method: 'POST', body: new URLSearchParams({ USER_ID: [1, 2], TEXT: 'Hi' }) })`,
    'idsOnlyOne [1, 2]',
  ),
  js(
    'axios',
    `axios.post('https://acme.bitrix24.com/rest/1/abcdefgh12345678/${method}.json', { USER_ID: 1, TITLE: 'Hi' })`,
    ...[
      `webhook 'https://acme.bitrix24.com/rest/1/abcdefgh12345678/${method}.json'`,
      'secret abcdefgh12345678',
      'unknownParameter TITLE',
    ],
  ),
  js(
    'the options of axios',
    `axios({ method: 'post', url: 'https://acme.bitrix24.com/rest/${method}', data: { USER_ID: [1, 'x'], TEXT: 'Hi' } })`,
    "idsDropped 'x'",
  ),
  js(
    'a command that is kept in a variable',
    `const command = ['${method}', { USER_ID: 1, MESSAGE: 'Hi' }];`,
    'unknownParameter MESSAGE',
  ),
  ts(
    'the SDK',
    `await $b24.callMethod('${method}', { USER_ID: [1], TEXT: 'Hi', ICON: url } as const)`,
    'unknownParameter ICON',
  ),
  ts(
    'the newer SDK',
    `await $b24.actions.v2.call.make<boolean>({ method: '${method}', params: { USER_ID: [1], TEXT: null }, requestId: 'a' })`,
    'textEmpty null',
  ),
  ts(
    'a batch of the newer SDK',
    `await $b24.actions.v2.batch.make({ calls: [['${method}', { USER_ID: null, TEXT: 'Hi' }]], options: {} })`,
    'idsNobody null',
  ),
  ts(
    'the SDK, in a class',
    `class A { async b(): Promise<void> { await this.b24.callBatch({ a: { method: '${method}', params: { USER_IDS: [1], TEXT: 'Hi' } } }); } }`,
    'unknownParameter USER_IDS',
  ),
  tsx(
    'a button',
    `export const A = () => <button onClick={() => b24.callMethod('${method}', { USER_ID: 1 })}>Send</button>;`,
    `textMissing '${method}'`,
  ),
  py(
    'the SDK',
    `token.call_method(api_method="${method}", params={"USER_ID": 1, "MESSAGE": text})`,
    'unknownParameter "MESSAGE"',
  ),
  py('a call', `b.call('${method}', {'USER_ID': '1, 2', 'TEXT': 'Hi'})`, "idsOnlyOne '1, 2'"),
  py(
    'a batch',
    `client.call_batch({'a': ('${method}', {'USER_ID': 1, 'TEXT': False})})`,
    'textEmpty False',
  ),
  py(
    'requests with a form',
    `requests.post(f'https://{domain}/rest/${method}', data={'USER_ID': [1, 2], 'TEXT': 'Hi', 'auth': token})`,
    'idsOnlyOne [1, 2]',
  ),
  py(
    'requests with JSON, by a webhook',
    `requests.post("https://acme.bitrix24.com/rest/12/abcdefgh12345678/${method}", json={"TEXT": "Hi", "USER_ID": 1})`,
    ...[
      `webhook "https://acme.bitrix24.com/rest/12/abcdefgh12345678/${method}"`,
      'secret abcdefgh12345678',
    ],
  ),
  py(
    'requests with a dict of names',
    `requests.get("https://acme.bitrix24.com/rest/${method}", params=dict(USER_ID=1, BODY="x", auth=a))`,
    'unknownParameter BODY',
  ),
  py(
    'a body by json.dumps',
    `requests.post(URL + '/${method}.json', data=json.dumps({'USER_ID': 1, 'TEXT': '', 'auth': a}))`,
    "textEmpty ''",
  ),
  py(
    'a text of several lines',
    `b.call('${method}', {'USER_ID': 1, 'TEXT': """\n"""})`,
    'textBlank """\n"""',
  ),
  py(
    'a key in the source',
    `secret = {'client_secret': 'abcDEF123456789abcDEF'}\nb.call('${method}', {'USER_ID': 1, 'TEXT': t})`,
    'secret abcDEF123456789abcDEF',
  ),
];

function both(place: string): string[] {
  return [`textMissing ${place}`, `idsMissing ${place}`];
}

/** Sources in which nothing is certainly wrong. */
export const right: readonly Snippet[] = [
  php('a correct call', `CRest::call('${method}', ['USER_ID' => [1, 2], 'TEXT' => 'Hi']);`),
  php('computed parameters', `CRest::call('${method}', $params);`),
  php('merged parameters', `CRest::call('${method}', array_merge($base, ['MESSAGE' => 1]));`),
  php('a spread', `CRest::call('${method}', [...$base, 'USER_ID' => 1]);`),
  php(
    'a text with a variable',
    `CRest::call('${method}', ['USER_ID' => "$a,$b", 'TEXT' => "$name"]);`,
  ),
  php('comments', `// CRest::call('${method}', ['MESSAGE' => 1]);\n# ${method}\n/* ${method} */`),
  php('a line of a log', `error_log('${method}', ['MESSAGE' => 1]);\necho "${method} failed";`),
  php(
    'another method beside',
    `CRest::call('im.notify.personal.add', ['MESSAGE' => 1]); $name = '${method}';`,
  ),
  php(
    'curl with its fields elsewhere',
    `$ch = curl_init("https://$d/rest/${method}");\ncurl_setopt($ch, CURLOPT_POSTFIELDS, $f);`,
  ),
  php(
    'an id list by JSON text',
    `CRest::call('${method}', ['USER_ID' => '[1,2]', 'TEXT' => <<<EOT\n  Hi\n  EOT]);`,
  ),
  php(
    'an address that goes on',
    `file_get_contents('https://a.b/rest/${method}?auth=' . $token . '&TEXT=' . $text);`,
  ),
  js(
    'a correct call',
    `BX24.callMethod('${method}', { USER_ID: [1], TEXT: 'Hi', AVATAR: 'https://a.b/c.png' })`,
  ),
  js('lower case', `BX24.callMethod('${method}', { user_id: 1, text: 'Hi' })`),
  js(
    'computed values',
    `BX24.callMethod('${method}', { USER_ID: ids, TEXT: \`\${a}\`, AVATAR: get() })`,
  ),
  js('a spread', `BX24.callMethod('${method}', { ...base, [key]: 1 })`),
  js('comments', `// BX24.callMethod('${method}', {})\n/* ${method} */`),
  js(
    'a list of names',
    `const methods = ['${method}', 'user.get']; console.log('${method}', { a: 1 })`,
  ),
  js('a text about it', `alert('Call /rest/${method} with TEXT'); const m = \`\${x} ${method}\`;`),
  js('a switch', `if (name === '${method}') { call(name, { MESSAGE: 1 }); }`),
  js('tests of a call', `expect(call).toHaveBeenCalledWith('${method}', { MESSAGE: 'x' })`),
  js('names that look like tokens', `/* ${method} */ const auth = request.session.token2AndMore;`),
  js(
    'a form with a list of PHP',
    `fetch('https://a.b/rest/${method}', { method: 'POST', body: 'USER_ID[]=1&USER_ID[]=2&TEXT=Hi' })`,
  ),
  ts('a type', `type Method = '${method}' | 'user.get'; interface A { method: '${method}' }`),
  ts(
    'a correct call of the SDK',
    `$b24.actions.v2.call.make({ method: '${method}', params: { USER_ID: [1], TEXT: 'Hi' } })`,
  ),
  tsx('a text of a page', `const a = <p title="${method}">${method}</p>;`),
  py('a correct call', `b.call("${method}", {"USER_ID": [1, 2], "TEXT": "Hi"})`),
  py('a text with a value', `b.call('${method}', {'USER_ID': uid, 'TEXT': f'{a}'})`),
  py(
    'unpacked parameters',
    `b.call('${method}', {**base, 'USER_ID': 1}); b.call('${method}', **kw)`,
  ),
  py('a docstring', `def f():\n    """Calls ${method} with MESSAGE."""\n    # ${method}\n`),
  py(
    'requests with JSON',
    `requests.post(f"{url}/${method}", json={"USER_ID": [1, 2], "TEXT": "Hi", "auth": a})`,
  ),
];
