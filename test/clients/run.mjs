// @ts-check
// Runs other people's clients, unmodified, against the sandbox with TLS, as docs/sandbox/clients.md describes.
//   node test/clients/run.mjs FOLDER
// FOLDER holds checkouts of their repositories, crest, b24phpsdk (with vendor/) and b24pysdk; those that are missing
// are left out. Port 443 and, for other users than root, a line in /etc/hosts are needed.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { lookup } from 'node:dns/promises';
import { request } from 'node:https';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath, URL, URLSearchParams } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const [folder = '.'] = process.argv.slice(2).map((name) => path.resolve(name));
const names = ['portal.bitrix24.test', 'oauth.bitrix.info', 'oauth.bitrix24.tech'];
const line = `127.0.0.1 ${names.join(' ')}`;
const temporary = mkdtempSync(path.join(os.tmpdir(), 'bitrix24-sandbox-clients-'));
const ca = path.join(temporary, 'ca.pem');

/** How a client is run: php and python trust the authority by their own settings. */
const php = (/** @type {string} */ name) => [
  'php',
  '-d',
  `curl.cainfo=${ca}`,
  path.join(here, name),
];
const clients = [
  { name: 'CRest', at: 'crest/src', needs: 'crest.php', run: php('crest.php') },
  { name: 'b24phpsdk', at: 'b24phpsdk', needs: 'vendor/autoload.php', run: php('b24phpsdk.php') },
  {
    name: 'b24pysdk',
    at: 'b24pysdk',
    needs: 'b24pysdk/__init__.py',
    run: [process.env['PYTHON'] ?? 'python3', path.join(here, 'python_sdk.py')],
  },
];

/**
 * Puts the names in front of a command's own /etc/hosts, which only root can do; others edit the file.
 * @param {string[]} command
 */
async function withNames(command) {
  const found = await Promise.allSettled(names.map((name) => lookup(name, 4)));
  if (found.every((one) => one.status === 'fulfilled' && one.value.address === '127.0.0.1')) {
    return command;
  }
  if (process.getuid?.() !== 0) {
    throw new Error(`Add this line to /etc/hosts, and remove it afterwards:\n${line}`);
  }
  const hosts = path.join(temporary, 'hosts');
  writeFileSync(hosts, `${readFileSync('/etc/hosts', 'utf8')}\n${line}\n`);
  const mount = 'mount --bind "$1" /etc/hosts; shift; exec "$@"';
  return ['unshare', '-m', 'sh', '-c', mount, 'sh', hosts, ...command];
}

/**
 * One request to the sandbox that does not follow redirects.
 * @param {string} address
 * @returns {Promise<{ location: string, text: string }>}
 */
function ask(address) {
  const { hostname, pathname, search } = new URL(address);
  return new Promise((resolve, reject) => {
    const trust = { ca: readFileSync(ca), servername: hostname, headers: { host: hostname } };
    request({ host: '127.0.0.1', path: pathname + search, ...trust }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve({ location: response.headers.location ?? '', text }));
    })
      .on('error', reject)
      .end();
  });
}

/** @param {Record<string, string>} sandbox */
async function signIn({ portal, clientId = '' }) {
  const query = new URLSearchParams({ client_id: clientId, state: 'x', sandbox_user: '1' });
  const { location } = await ask(`${portal}/oauth/authorize/?${query}`);
  return new URL(location).searchParams.get('code') ?? '';
}

/** @param {Record<string, string>} sandbox */
async function tokensOf(sandbox) {
  const { authServer, clientId = '', clientSecret = '' } = sandbox;
  const query = new URLSearchParams({
    ...{ grant_type: 'authorization_code', client_id: clientId, client_secret: clientSecret },
    code: await signIn(sandbox),
  });
  return (await ask(`${authServer}/oauth/token/?${query}`)).text;
}

const options = names.flatMap((name) => ['--host', name]);
const child = spawn(
  'npm',
  ['run', '-s', 'sandbox', '--', '--json', '--tls', '--ca', ca, '--port', '443', ...options],
  { cwd: path.resolve(here, '../..'), stdio: ['ignore', 'pipe', 'inherit'] },
);
const ended = once(child, 'exit').then(() => {
  throw new Error('The sandbox ended.');
});
ended.catch(() => undefined);
const [text] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
const sandbox = JSON.parse(text);
try {
  for (const { name, at, needs, run } of clients) {
    const client = path.join(folder, at);
    if (!existsSync(path.join(client, needs))) {
      console.log(`${name}: not in ${folder}, left out`);
      continue;
    }
    for (const WEBHOOK of ['', '1']) {
      console.log(`── ${name}${WEBHOOK && ', webhook'}`);
      const [program = '', ...args] = await withNames(run);
      const env = {
        ...process.env,
        ...{ SANDBOX: text, WEBHOOK, CLIENT: client },
        ...{ PYTHONPATH: client, PYTHONDONTWRITEBYTECODE: '1', REQUESTS_CA_BUNDLE: ca },
        ...{ CODE: await signIn(sandbox), TOKENS: await tokensOf(sandbox) },
      };
      const { status } = spawnSync(program, args, { env, stdio: 'inherit', cwd: temporary });
      process.exitCode ||= status ?? 1;
    }
  }
} finally {
  process.kill(sandbox.pid);
  rmSync(temporary, { recursive: true, force: true });
}
