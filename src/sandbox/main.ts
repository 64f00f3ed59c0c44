import { parseArgs } from 'node:util';
import type { SandboxInfo } from './controlApi';
import { startSandbox, type SandboxOptions } from './sandbox';

const HELP = `Usage: sandbox [options]

A Bitrix24 portal with its authorization server on this computer, to try pushes without a portal.

  --json               print one line of JSON with all addresses once it serves
  --port N             port of the portal (0, the default: any free one)
  --handler URL        the application's handler, where the browser comes back with a code
  --policy NAME        strict: codes and refresh tokens work once; source (default): again
  --app-name NAME      name of the application, the sender of its pushes
  --client-id ID       instead of a new one
  --client-secret KEY  instead of a new one
  --help               this text
`;

interface CommandLine {
  json: boolean;
  help: boolean;
  options: SandboxOptions;
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
      'client-id': { type: 'string' },
      'client-secret': { type: 'string' },
    },
  });
  const options: SandboxOptions = {};
  if (values.port !== undefined) options.port = readPort(values.port);
  if (values.handler !== undefined) options.handler = readHandler(values.handler);
  if (values.policy !== undefined) options.policy = readPolicy(values.policy);
  if (values['app-name'] !== undefined) options.appName = values['app-name'];
  if (values['client-id'] !== undefined) options.clientId = values['client-id'];
  if (values['client-secret'] !== undefined) options.clientSecret = values['client-secret'];
  return { json: values.json, help: values.help, options };
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`--port wants a number from 0 to 65535, not "${text}".`);
}

function readHandler(text: string): string {
  if (/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : '')) return text;
  throw new UsageError(`--handler wants an http or https address, not "${text}".`);
}

function readPolicy(text: string): 'strict' | 'source' {
  if (text === 'strict' || text === 'source') return text;
  throw new UsageError(`--policy wants "strict" or "source", not "${text}".`);
}

function greeting(info: SandboxInfo): string {
  const people = info.users.map(
    ({ id, name, admin }) =>
      `  ${String(id).padStart(2)}  ${name}${admin ? '  (administrator)' : ''}`,
  );
  return `A Bitrix24 portal of your own is running on this computer.

  Phones and switches  ${info.phones}
  Portal               ${info.portal}
  Integrations         ${info.portal}/devops/list/
  Control API          ${info.control}

Sign in with the portal's address above and this application:

  Application ID       ${info.clientId}
  Application key      ${info.clientSecret}
  Handler path         ${info.handler}

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
  process.stdout.write(json ? `${JSON.stringify(sandbox.info)}\n` : greeting(sandbox.info));
}

main().catch((error: unknown) => {
  const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  const message = inUse
    ? 'That port is in use. Choose another one with --port, or let the sandbox choose.'
    : error instanceof Error
      ? error.message
      : String(error);
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
});
