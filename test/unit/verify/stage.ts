import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { startSandbox, type Sandbox } from '../../../src/sandbox';
import { twelvePeople, type Staff } from '../../../src/sandbox/staff';
import { signInAtSandbox } from '../../verify/mirror';
import type { Person } from '../../verify/person';
import { verifyPortal, type Verified } from '../../verify/verifyPortal';

/** The ids of the twelve people begin after this one, so that they can be told from other numbers. */
const shift = 47_110;

export const handler = 'http://localhost:24042/bitrix24-push';

/** The sandbox's twelve people with ids that are found in a text. */
export function peopleWithLongIds(): Staff {
  const { people, departments } = twelvePeople();
  return {
    people: people.map((person) => ({
      ...person,
      id: person.id + shift,
      sharesGroupWith: person.sharesGroupWith.map((id) => id + shift),
    })),
    departments: departments.map(({ head, ...rest }) => ({
      ...rest,
      head: head === null ? null : head + shift,
    })),
  };
}

/** Ids of an administrator and of somebody who is none. */
export const administrator = 1 + shift;
export const employee = 2 + shift;

/** A person who gives the same answer to every question, and keeps what was told and asked. */
export class ScriptedPerson implements Person {
  readonly told: string[] = [];
  readonly asked: string[] = [];
  stopped = false;
  readonly #answer: (question: string) => string;

  constructor(answer: (question: string) => string = () => 'y') {
    this.#answer = answer;
  }

  tell(line: string): void {
    this.told.push(line);
  }

  ask(question: string): Promise<string> {
    this.asked.push(question);
    return Promise.resolve(this.#answer(question));
  }

  askSecret(question: string): Promise<string> {
    return this.ask(question);
  }
}

interface Run {
  user?: number;
  person?: Person;
  /** Origins of the portal and its authorization server, where they are not the sandbox's own. */
  through?: { portal: string; authServer: string };
}

/** Verifies a sandbox as if it were a real portal. */
export function verifySandbox(sandbox: Sandbox, run: Run = {}): Promise<Verified> {
  const { user = administrator, person = new ScriptedPerson(), through = sandbox.info } = run;
  const { clientId, clientSecret } = sandbox.info;
  return verifyPortal({
    ...{ portal: through.portal, clientId, clientSecret, handler, person },
    signIn: (address) => signInAtSandbox(address, user),
    authServerOrigin: () => through.authServer,
    day: '2026-11-27',
    against: 'sandbox',
  });
}

export function startPortal(): Promise<Sandbox> {
  return startSandbox({ staff: peopleWithLongIds, handler });
}

/** One request that passes the proxy, and the answer, which a plant may change. */
export interface Passing {
  path: string;
  body: string;
  answer: { status: number; text: string };
}

/** Stands before a sandbox as a portal with the addresses of the proxy, and lets `plant` change answers. */
export class Proxy {
  readonly portal: string;
  readonly authServer: string;
  readonly #servers: readonly Server[];

  private constructor(servers: readonly Server[]) {
    this.#servers = servers;
    const [portal = '', authServer = ''] = servers.map(originOf);
    this.portal = portal;
    this.authServer = authServer;
  }

  static async start(sandbox: Sandbox, plant: (passing: Passing) => void): Promise<Proxy> {
    const { portal, authServer } = sandbox.info;
    const targets = [portal, authServer];
    const servers = targets.map(() => createServer());
    for (const server of servers) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    const own = servers.map(originOf);
    const translate = (text: string) =>
      targets.reduce((done, target, at) => {
        const [from, to] = [new URL(target).host, new URL(own[at] ?? '').host];
        const inQuery = done.replaceAll(encodeURIComponent(from), encodeURIComponent(to));
        return inQuery.replaceAll(from, to);
      }, text);
    servers.forEach((server, at) => {
      server.on('request', (request: IncomingMessage, response) => {
        void pass(request, targets[at] ?? '', translate, plant).then(({ headers, answer }) => {
          response.writeHead(answer.status, headers).end(answer.text);
        });
      });
    });
    return new Proxy(servers);
  }

  close(): void {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
  }
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function pass(
  request: IncomingMessage,
  target: string,
  translate: (text: string) => string,
  plant: (passing: Passing) => void,
) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  const body = Buffer.concat(chunks).toString();
  const path = request.url ?? '/';
  const response = await fetch(new URL(path, target), {
    method: request.method ?? 'GET',
    redirect: 'manual',
    headers: { 'content-type': request.headers['content-type'] ?? 'text/plain' },
    ...(body === '' ? {} : { body }),
  });
  const answer = { status: response.status, text: translate(await response.text()) };
  plant({ path, body, answer });
  const headers: Record<string, string> = {};
  for (const [name, value] of response.headers) {
    if (!['content-length', 'connection', 'keep-alive', 'transfer-encoding'].includes(name)) {
      headers[name] = translate(value);
    }
  }
  return { headers, answer };
}
