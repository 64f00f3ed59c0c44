#!/usr/bin/env node
import { parseArgs } from 'node:util';
import type { SandboxInfo } from './controlApi';
import { startSandbox, type LibraryOptions } from './library';

const HELP = `Usage: bitrix24-sandbox [options]

A Bitrix24 portal with its authorization server on this computer, to try pushes without a portal.

  --json               print one line of JSON with all addresses once it serves
  --port N             port of the portal (0, the default: a free one)
  --handler URL        the application's handler, where the browser comes back with a code
  --policy NAME        strict (default): codes and refresh tokens work once; source: again
  --app-name NAME      name of the application, the sender of its pushes
  --people N           how many people work here (default 12)
  --seed N             other people for another number, the same for the same (default 1)
  --client-id ID       instead of a new one
  --client-secret KEY  instead of a new one
  --tls                https with certificates of an own authority, whose file is told as "ca"
  --ca FILE            where to write the authority's certificate (default: a temporary file)
  --host NAME          a further name of the portal, or with "oauth." in front of the authorization
                       server; may be given several times, and each name has to lead to 127.0.0.1
  --help               this text
`;

interface CommandLine {
  json: boolean;
  help: boolean;
  options: LibraryOptions;
}

class UsageError extends Error {}

function readCommandLine(args: string[]): CommandLine {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      port: { type: 'string' },
      handler: { type: 'string' },
      policy: { type: 'string' },
      'app-name': { type: 'string' },
      people: { type: 'string' },
      seed: { type: 'string' },
      'client-id': { type: 'string' },
      'client-secret': { type: 'string' },
      tls: { type: 'boolean', default: false },
      ca: { type: 'string' },
      host: { type: 'string', multiple: true },
    },
  });
  const options: LibraryOptions = {};
  if (values.port !== undefined) {
    options.port = readWhole('port', values.port, 0, 65_535);
  }
  if (values.handler !== undefined) {
    options.handler = readHandler(values.handler);
  }
  if (values.policy !== undefined) {
    options.policy = readPolicy(values.policy);
  }
  if (values['app-name'] !== undefined) {
    options.appName = values['app-name'];
  }
  if (values.people !== undefined) {
    options.people = readWhole('people', values.people, 1, 1_000_000);
  }
  if (values.seed !== undefined) {
    options.seed = readWhole('seed', values.seed, 0, 2 ** 32 - 1);
  }
  if (values['client-id'] !== undefined) {
    options.clientId = values['client-id'];
  }
  if (values['client-secret'] !== undefined) {
    options.clientSecret = values['client-secret'];
  }
  if (values.tls || values.ca !== undefined) {
    options.tls = values.ca === undefined ? true : { ca: values.ca };
  }
  if (values.host !== undefined) {
    options.hosts = values.host;
  }
  return { json: values.json, help: values.help, options };
}

function readWhole(option: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) {
    return number;
  }
  throw new UsageError(
    `--${option} wants a number from ${String(least)} to ${String(most)}, not "${text}".`,
  );
}

function readHandler(text: string): string {
  if (/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : '')) {
    return text;
  }
  throw new UsageError(`--handler wants an http or https address, not "${text}".`);
}

function readPolicy(text: string): 'strict' | 'source' {
  if (text === 'strict' || text === 'source') {
    return text;
  }
  throw new UsageError(`--policy wants "strict" or "source", not "${text}".`);
}

function greeting(info: SandboxInfo): string {
  const people = info.users
    .slice(0, 12)
    .map(
      ({ id, name, admin }) =>
        `  ${String(id).padStart(2)}  ${name}${admin ? '  (administrator)' : ''}`,
    );
  const others = info.peopleCount - people.length;
  if (others > 0) {
    people.push(`      and ${others.toLocaleString('en')} more`);
  }
  return `A Bitrix24 portal of your own is running on this computer.

  Phones and switches  ${info.phones}
  Portal               ${info.portal}
  Integrations         ${info.portal}/devops/list/
  Control API          ${info.control}

Sign in with the portal's address above and this application:

  Application ID       ${info.clientId}
  Application key      ${info.clientSecret}
  Handler path         ${info.handler}
${info.ca === undefined ? '' : `\nIts certificates are of an authority of its own. Let only your client trust it:\n\n  ${info.ca}\n`}
The browser asks who signs in; administrators may send pushes:

${people.join('\n')}

Press Ctrl+C to stop.
`;
}

async function main(): Promise<void> {
  const { json, help, options } = readCommandLine(process.argv.slice(2));
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const sandbox = await startSandbox(options);
  const stop = () => {
    void sandbox.close().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  // Who starts it through npx knows only the process id of npx, which passes no signal on.
  const line = { ...sandbox.info, pid: process.pid };
  process.stdout.write(json ? `${JSON.stringify(line)}\n` : greeting(sandbox.info));
}

/** Makes a sentence of an error. @returns what to do where that is known */
function problemOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'EADDRINUSE') {
    return 'That port is in use. Choose another one with --port, or let the sandbox choose.';
  }
  if (code === 'EACCES') {
    return 'You may not use that port or file. For port 443 on Linux, allow it first: sudo sysctl -w net.ipv4.ip_unprivileged_port_start=443';
  }
  return error instanceof Error ? error.message : String(error);
}

main().catch((error: unknown) => {
  process.stderr.write(`${problemOf(error)}\n`);
  process.exitCode = 1;
});
