import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import * as v from 'valibot';

const NAME = 'bitrix24-sandbox';
const infoText = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ version: v.literal(1), control: v.string() }),
);

/** The package as somebody else has it: packed, installed from the tarball alone, and run from there. */
describe('sandbox: npm package', function () {
  this.timeout(120_000);
  let folder: string;
  let app: string;
  const installed = (...names: string[]) => path.join(app, 'node_modules', NAME, ...names);
  const read = (file: string) => readFileSync(file, 'utf8');

  /** Runs a program, by default in the application's folder, without a network, and resolves to what it printed. */
  async function run(command: string, args: string[], cwd = app): Promise<string> {
    const env = { ...process.env, npm_config_offline: 'true' };
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 0, `${command} ${args.join(' ')}: ${said}`);
    return said;
  }

  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'bitrix24-sandbox-package-'));
    app = path.join(folder, 'app');
    mkdirSync(app);
    const packaging = ['--import', 'tsx', 'test/host/packageSandbox.mts', path.join(folder, NAME)];
    const tarball = (await run(process.execPath, packaging, process.cwd())).trim();
    writeFileSync(path.join(app, 'package.json'), '{"name":"app","private":true}');
    await run('npm', ['install', tarball, '--offline', '--no-audit', '--no-fund']);
    cpSync(installed('docs'), app, { recursive: true });
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('needs nothing else, and carries its licences', () => {
    const manifest: unknown = JSON.parse(read(installed('package.json')));
    assert.ok(v.is(v.record(v.string(), v.unknown()), manifest));
    assert.equal(manifest['dependencies'], undefined);
    const lock: unknown = JSON.parse(read(path.join(app, 'package-lock.json')));
    const packages = v.parse(v.object({ packages: v.record(v.string(), v.unknown()) }), lock);
    assert.deepEqual(Object.keys(packages.packages), ['', `node_modules/${NAME}`]);
    assert.match(read(installed('LICENSE')), /MIT License/);
    const notices = read(installed('THIRD-PARTY-NOTICES.txt'));
    assert.match(notices, /^bitrix24-sandbox contains/);
    assert.match(notices, /^valibot [\d.]+ \(MIT\)/m);
    assert.match(notices, /^@peculiar\/x509 [\d.]+ \(MIT\)/m);
  });

  it('has a README with its own commands, whose links lead to files that it contains', () => {
    const readme = read(installed('README.md'));
    assert.match(readme, /^# bitrix24-sandbox\n/);
    assert.match(readme, /^npx bitrix24-sandbox --json --port 0/m);
    assert.doesNotMatch(readme, /npm run|src\/sandbox/);
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, link = '']) => link);
    assert.ok(links.length > 2);
    for (const link of links) {
      assert.notEqual(read(installed(link)), '', link);
    }
  });

  for (const language of ['node', 'php', 'python']) {
    it(`starts by its command and takes a push, as the ${language} workflow of the docs has it`, async function () {
      const workflow = read(installed('docs', `github-${language}.yml`));
      const steps = [...workflow.matchAll(/^ +run: (.+)$/gm)].map(([, step = '']) => step);
      assert.equal(steps.length, 2);
      const [start = '', test = ''] = steps;
      const program = test.split(' ', 1)[0] ?? '';
      if (spawnSync(program, ['--version']).status !== 0) {
        this.skip();
      }
      await run('sh', ['-c', start]);
      const pid = Number(read(path.join(app, 'sandbox.pid')));
      const { control } = v.parse(infoText, read(path.join(app, 'sandbox.json')));
      const events = await fetch(`${control}/events`, { signal: AbortSignal.timeout(30_000) });
      try {
        assert.match(await run('sh', ['-c', test]), /^The push arrived\.$/m);
        assert.deepEqual(await (await fetch(`${control}/version`)).json(), { version: 1 });
      } finally {
        process.kill(pid);
      }
      // The stream of events ends with the sandbox, and a sandbox that goes on fails the test.
      await events.text().catch(() => '');
      await assert.rejects(fetch(`${control}/version`));
    });
  }

  it('says why it does not start in the background', async () => {
    await assert.rejects(run('sh', ['start.sh', '--people', 'many']), /--people wants a number/);
  });

  it('is imported and required, with TLS too, and touches no global without it', async () => {
    const use = `
      const before = Reflect.ownKeys(Reflect).length;
      const one = await startSandbox({ people: 3, policy: 'strict' });
      const isUntouched = Reflect.ownKeys(Reflect).length === before;
      const two = await startSandbox({ tls: true, hosts: ['portal.test'] });
      console.log(JSON.stringify([API_VERSION, one.snapshot().state.peopleCount, isUntouched,
        new URL(two.info.portal).host.split(':')[0], (await fetch(one.info.control + '/pushes')).status]));
      await one.close();
      await two.close();`;
    const imported = `import { API_VERSION, startSandbox } from '${NAME}';${use}`;
    const required = `(async () => { const { API_VERSION, startSandbox } = require('${NAME}');${use} })();`;
    const expected = '[1,3,true,"portal.test",200]\n';
    assert.equal(await run(process.execPath, ['--input-type=module', '-e', imported]), expected);
    assert.equal(await run(process.execPath, ['-e', required]), expected);
  });

  it('has types for import and require', () => {
    const right = `
      const sandbox: Sandbox = await startSandbox({ policy: 'strict', tls: { ca: 'ca.pem' }, hosts: ['a.test'] });
      const text: string | undefined = sandbox.snapshot().pushes.at(-1)?.text;
      const version: 1 = sandbox.info.version;
      await sandbox.close();`;
    const wrong = `await startSandbox({ policy: 'lax' });`;
    const files = {
      'right.mts': `import { startSandbox, type Sandbox } from '${NAME}';${right}export { text, version };`,
      'right.cts': `import { startSandbox, type Sandbox } from '${NAME}';export async function run() {${right} return [text, version]; }`,
      'wrong.mts': `import { startSandbox } from '${NAME}';${wrong}`,
    };
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(path.join(app, name), text);
    }
    const program = ts.createProgram(
      Object.keys(files).map((name) => path.join(app, name)),
      {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        strict: true,
        noEmit: true,
        types: [],
        lib: ['lib.es2022.d.ts'],
      },
    );
    const found = ts
      .getPreEmitDiagnostics(program)
      .map(({ file, messageText }) => [
        path.basename(file?.fileName ?? ''),
        ts.flattenDiagnosticMessageText(messageText, '\n'),
      ]);
    assert.deepEqual(
      found.map(([file]) => file),
      ['wrong.mts'],
      JSON.stringify(found),
    );
    assert.match(found[0]?.[1] ?? '', /"lax"/);
  });
});
