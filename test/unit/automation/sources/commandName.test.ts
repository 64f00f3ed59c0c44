import assert from 'node:assert/strict';
import { commandName, runsB24push } from '../../../../src/automation/sources/commandName';

describe('the name of a command', () => {
  const names: [string, string | undefined][] = [
    ['make all', 'make'],
    ['  npm test  ', 'npm'],
    ['/usr/bin/python3.11 train.py --token abc', 'python3.11'],
    ['./gradlew build', 'gradlew'],
    ['C:\\tools\\MSBuild.exe app.sln', 'MSBuild'],
    ['"make" all', 'make'],
    ['TOKEN=abc make', 'make'],
    ['A=1 B=2 sudo make', 'make'],
    ['TOKEN="a b" make', undefined],
    ['TOKEN=abc', undefined],
    ['sudo -u root make', 'sudo'],
    ['time make', 'make'],
    ['nice', 'nice'],
    ['make 2>&1', 'make'],
    ['echo "a; b"', 'echo'],
    ["grep 'a|b' file", 'grep'],
    ['npm ci && npm test', undefined],
    ['make | tee log', undefined],
    ['make; true', undefined],
    ['sleep 9 &', undefined],
    ['echo $(secret)', undefined],
    ['echo `secret`', undefined],
    ['(make)', undefined],
    ['make\nmake', undefined],
    ['echo "never ends; x', undefined],
    ['$TOOL all', undefined],
    ['"C:\\Program Files\\x.exe" a', undefined],
    ['ghp_0123456789012345678901234567890123456789', undefined],
    ['', undefined],
  ];
  for (const [line, name] of names) {
    it(`${JSON.stringify(line)} is ${name ?? 'not clear'}`, () => {
      assert.equal(commandName(line), name);
    });
  }

  it('knows the lines that b24push tells of', () => {
    for (const line of [
      'b24push "done"',
      '/home/a/.b/bin/b24push x',
      'make; b24push done',
      'make && "$B24PUSH" done',
      '${B24PUSH} x',
      '& $env:B24PUSH x',
      'b24push.cmd x',
      'echo x|b24push',
    ]) {
      assert.ok(runsB24push(line), line);
    }
    for (const line of ['make', 'cat b24push.md', 'cd my-b24push-fork', 'echo B24PUSH']) {
      assert.ok(!runsB24push(line), line);
    }
  });
});
