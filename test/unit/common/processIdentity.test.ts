import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { processFate, thisProcess } from '../../../src/common/processIdentity';

describe('the name of a process', () => {
  const me = thisProcess();
  const [pid = '', start = '', boot = '', machine = ''] = me.split('-');
  const named = (number: number | string, ...more: string[]) =>
    [number, ...more, ...[start, boot, machine].slice(more.length)].join('-');
  const fateOf = (name: string) => processFate(name, me);

  it('stays the same, and is of the letters that a name of a file may have', () => {
    assert.equal(thisProcess(), me);
    assert.match(me, /^\d+-\d+-[0-9a-f]{8}-[0-9a-f]{8}$/);
    assert.equal(Number(pid), process.pid);
  });

  it('tells that it lives, and that one has ended', () => {
    assert.equal(fateOf(me), 'lives');
    assert.equal(fateOf(named(process.ppid, '0')), 'lives');
    const { pid: ended } = spawnSync(process.execPath, ['--version']);
    assert.equal(fateOf(named(ended)), 'ended');
  });

  it('tells that its number was given to another process (trials 5.2, 5.5)', function () {
    if (start === '0') {
      this.skip();
    }
    assert.equal(fateOf(named(pid, String(Number(start) - 1))), 'ended');
    assert.equal(fateOf(named(process.ppid)), 'ended');
  });

  it('tells nothing of another machine or container (trial 5.5)', () => {
    const { pid: ended } = spawnSync(process.execPath, ['--version']);
    assert.equal(fateOf(named(ended, start, boot, '00000000')), 'elsewhere');
    assert.equal(fateOf(named(pid, start, '00000000', '00000000')), 'elsewhere');
  });

  it('is of a process that has ended after the machine was started anew', () => {
    assert.equal(fateOf(named(pid, start, '00000000')), 'ended');
  });

  it('is another one in another PID namespace, where this one is elsewhere (trial 5.5)', function () {
    const program = `
      const { processFate, thisProcess } = require(${JSON.stringify(require.resolve('../../../src/common/processIdentity'))});
      const me = thisProcess();
      process.stdout.write(me + ' ' + processFate(process.argv[1], me));`;
    const { stdout, status } = spawnSync(
      'unshare',
      ['--pid', '--fork', '--mount-proc', process.execPath, '--import', 'tsx', '-e', program, me],
      { encoding: 'utf8' },
    );
    if (status !== 0) {
      // Not Linux, or not allowed.
      this.skip();
    }
    const [other = '', fate] = stdout.split(' ');
    assert.equal(fate, 'elsewhere');
    assert.equal(fateOf(other), 'elsewhere');
  });

  it('is of no process where no process can have the number', () => {
    for (const number of [0, -1, 1.5, NaN, 2 ** 31, 2 ** 53]) {
      assert.equal(fateOf(named(number)).replace('elsewhere', 'ended'), 'ended', String(number));
    }
  });

  it('is of a living one when the system says anything but that there is none', () => {
    const kill = process.kill.bind(process);
    try {
      for (const [code, fate] of [
        ['EPERM', 'lives'],
        ['EACCES', 'lives'],
        ['ESRCH', 'ended'],
      ] as const) {
        process.kill = () => {
          throw Object.assign(new Error(code), { code });
        };
        assert.equal(fateOf(named(1, '0')), fate, code);
      }
    } finally {
      process.kill = kill;
    }
  });
});
