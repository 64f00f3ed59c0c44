// Ten minutes with a real portal: see docs/verify-portal.md.
//   node --import tsx test/verify/main.ts [--out FILE] [--sandbox]
//   --out names the file of the recording
//   --sandbox records the sandbox of this repository itself, for test/fidelity/recordings
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startSandbox } from '../../src/sandbox';
import { signInWithBrowser } from './browserSignIn';
import { signInAtSandbox } from './mirror';
import { TerminalPerson, type Person } from './person';
import { askForPortal, authServerOriginFor, isLoopback } from './portal';
import { writeRecording, type Recording } from './recording';
import { verifyPortal, type Verified } from './verifyPortal';

const root = path.join(__dirname, '../..');

const GREETING = `This compares a Bitrix24 portal with the sandbox of this repository, step by step. It takes ten minutes.

It reads what the portal says about you and the application, sends requests that the portal refuses, and sends
one push and one notification, both to yourself and only after you said yes. Nobody else gets anything.
The recording holds neither secrets nor names, hosts or addresses.
`;

async function verifyReal(out: string | undefined): Promise<void> {
  const person = new TerminalPerson(process.stdin, process.stdout);
  try {
    person.tell(GREETING);
    const { portal, clientId, clientSecret, handler } = await askForPortal(person, process.env);
    const day = new Date().toISOString().slice(0, 10);
    const verified = await verifyPortal({
      portal: portal.origin,
      clientId,
      clientSecret,
      handler: handler.href,
      signIn: (address) => signInWithBrowser(person, address, handler),
      authServerOrigin: authServerOriginFor(portal),
      person,
      day,
      against: isLoopback(portal) ? 'sandbox' : 'portal',
    });
    const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
    const usual = path.join(root, 'test-results', 'verify-portal', `${time}.json`);
    await summarise(person, verified, out ?? usual);
  } finally {
    person.close();
  }
}

async function summarise(person: Person, verified: Verified, file: string): Promise<void> {
  const { recording, secrets, differences } = verified;
  const removed = await writeRecording(file, recording, secrets);
  person.tell(`\n${summaryOf(recording, differences)}`);
  if (removed > 0) {
    person.tell(
      `${removed} values that should have been replaced were found by the last look, and removed. Please say so when you hand the recording in.`,
    );
  }
  const shown = path.relative(process.cwd(), file);
  person.tell(`
The recording is in ${shown}. Read it before you hand it in: docs/verify-portal.md says how, and what it holds.`);
}

function summaryOf({ answers, steps }: Recording, differences: Verified['differences']): string {
  const skipped = steps.filter((step) => step.skipped !== undefined).length;
  const lines = [
    `${steps.length - skipped} steps, ${skipped} skipped, ${differences.length} differences${differences.length === 0 ? '.' : ':'}`,
    ...differences.map(({ step, sentence }) => `  ≠ ${step}: ${sentence}`),
    '',
    'What was learnt of the open questions (docs/bitrix24.md, section 11):',
    ...Object.entries(answers).map(([id, answer]) => `  ${id}: ${answer}`),
  ];
  return lines.join('\n');
}

/** Records the sandbox itself, without asking anybody. */
async function recordSandbox(out: string | undefined): Promise<void> {
  const sandbox = await startSandbox();
  const { portal, authServer, clientId, clientSecret, handler } = sandbox.info;
  const person: Person = {
    stopped: false,
    tell: (line) => process.stdout.write(`${line}\n`),
    ask: () => Promise.resolve('y'),
    askSecret: () => Promise.resolve(''),
  };
  try {
    const verified = await verifyPortal({
      ...{ portal, clientId, clientSecret, handler, person },
      signIn: (address) => signInAtSandbox(address, 1),
      authServerOrigin: () => authServer,
      day: new Date().toISOString().slice(0, 10),
      against: 'sandbox',
    });
    // Nobody was asked, so nothing that only a person sees was learnt.
    verified.recording.answers = {};
    const usual = path.join(root, 'test', 'fidelity', 'recordings', 'sandbox.json');
    await summarise(person, verified, out ?? usual);
  } finally {
    await sandbox.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { out: { type: 'string' }, sandbox: { type: 'boolean', default: false } },
  });
  await (values.sandbox ? recordSandbox(values.out) : verifyReal(values.out));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
