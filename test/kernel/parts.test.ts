import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { isLimited, RateWindow } from '../../src/kernel/limits.ts';
import { descendants, fromPs, Processes, processTable } from '../../src/kernel/processes.ts';
import { Wire } from '../../src/kernel/wire.ts';

describe('messages on the wire', () => {
  const message = (wire: Wire) => ({
    identities: [Buffer.from('client')],
    header: wire.header('execute_request'),
    parent: undefined,
    metadata: {},
    content: { code: '"한글"' },
  });

  it('arrive as they were sent', () => {
    const wire = new Wire('key');
    const sent = message(wire);
    assert.deepEqual(wire.unpack(wire.pack(sent)), sent);
  });

  it('with another key, changed on the way or cut short are refused', () => {
    const wire = new Wire('key');
    const frames = wire.pack(message(wire));
    assert.throws(() => new Wire('other').unpack(frames), /wrong signature/);
    assert.throws(() => wire.unpack([...frames.slice(0, -1), Buffer.from('{}')]), /wrong signature/);
    assert.throws(() => wire.unpack(frames.slice(0, 4)), /Not a Jupyter message/);
    assert.throws(() => wire.unpack([Buffer.from('x')]), /Not a Jupyter message/);
  });
});

describe("the window of a server's limits", () => {
  /** Sends as soon as allowed, and counts as Jupyter Server does. */
  function flood(bytes: number, count: number): { most: number; mostBytes: number; until: number } {
    const window = new RateWindow();
    const sent: { time: number; bytes: number }[] = [];
    let now = 0;
    let most = 0;
    let mostBytes = 0;
    for (let index = 0; index < count; index += 1) {
      now += window.wait(bytes, now);
      window.add(bytes, now);
      sent.push({ time: now, bytes });
      const recent = sent.filter(({ time }) => time > now - 3000);
      most = Math.max(most, recent.length);
      mostBytes = Math.max(mostBytes, recent.length * bytes);
    }
    return { most, mostBytes, until: now };
  }

  it('never lets more messages or bytes through than the server forwards', () => {
    const small = flood(0, 7000);
    assert.ok(small.most <= 3000, `${small.most} messages`);
    assert.ok(small.until < 7500, `${small.until} ms`);
    const large = flood(250_000, 60);
    assert.ok(large.mostBytes <= 3_000_000, `${large.mostBytes} bytes`);
    assert.ok(large.until < 18_000, `${large.until} ms`);
  });

  it('is empty again after a reset', () => {
    const window = new RateWindow();
    for (let index = 0; index < 3000; index += 1) window.add(1000, 0);
    assert.ok(window.wait(1, 0) > 0);
    window.reset();
    assert.equal(window.wait(1, 0), 0);
  });

  it('is used behind a server that has not said that it raises its limits', () => {
    assert.equal(isLimited({ JPY_SESSION_NAME: 'a.ipynb' }), true);
    assert.equal(isLimited({ JPY_SESSION_NAME: 'a.ipynb', INTERLEAVED_OUTPUT_LIMITS: 'raised' }), false);
  });
});

describe('the table of processes', () => {
  function holdsUs(read: typeof processTable): void {
    const before = process.uptime();
    const table = read();
    const own = table.find(({ pid }) => pid === process.pid);
    assert.ok(own);
    assert.equal(own.parent, process.ppid);
    // `ps` tells whole seconds, and Node's count begins a little after the process.
    assert.ok(own.age > before - 1.5 && own.age < process.uptime() + 2.5, `${own.age} and ${before} s`);
    assert.ok(descendants(table, [process.ppid]).some(({ pid }) => pid === process.pid));
    assert.ok(!descendants(table, [process.pid]).some(({ pid }) => pid === process.ppid));
  }

  it('holds this process and its parent', () => holdsUs(processTable));

  it('holds them as well when it is read from ps', function () {
    // A bare Linux has none, and needs none.
    if (process.platform === 'linux' && spawnSync('ps').error !== undefined) this.skip();
    holdsUs(fromPs);
  });
});

describe('what a kernel has started', () => {
  it('does not hold a process that has the number of an ended one of its own by now', function () {
    if (process.platform !== 'linux') this.skip();
    for (let round = 0; round < 50; round += 1) {
      const processes = new Processes();
      const { pid: last } = spawnSync('true');
      // Numbers are given in turn: of these, which nobody has, the next process is likely to get one.
      const [first, end] = [last + 1, last + 200];
      for (let pid = first; pid < end; pid += 1) processes.spawned(pid, 1, true);
      // In a group of its own, and nobody's child.
      const stranger = Number(execFileSync('sh', ['-c', 'setsid sleep 984 >&- 2>&- & echo $!']));
      try {
        if (stranger < first || stranger >= end) continue;
        assert.ok(!processes.all().includes(stranger));
        processes.spawned(stranger, 1, true);
        assert.ok(processes.all().includes(stranger));
        return;
      } finally {
        process.kill(stranger, 'SIGKILL');
      }
    }
    assert.fail('the number of the next process was never foreseen');
  });
});
