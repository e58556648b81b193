import assert from 'node:assert/strict';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as later } from 'node:timers/promises';
import { EventLoop } from '../../src/coroutines/event-loop.ts';
import type { LoopSteps, LoopTask } from '../../src/coroutines/loop-task.ts';
import { CancelledError, TimeoutError } from '../../src/executors/errors.ts';

let loop: EventLoop;
let log: string[];

/** Sleeps, and notes its steps and its end in whatever way; the cleanup waits too. */
function* worker(name: string, ms: number, cleanupMs = 0): LoopSteps<string> {
  try {
    log.push(`${name} starts`);
    yield* loop.sleep(ms);
    log.push(`${name} works`);
    return name;
  } finally {
    if (cleanupMs > 0) yield* loop.sleep(cleanupMs);
    log.push(`${name} ends`);
  }
}

function* fails(message: string, ms = 0): LoopSteps<never> {
  yield* loop.sleep(ms);
  throw new RangeError(message);
}

/** Handles that keep Node alive, other than those of this test's process itself. */
const handles = () => process.getActiveResourcesInfo().filter((kind) => /Timeout|TCP|Immediate/.test(kind));

describe('EventLoop', () => {
  let before: string[];
  beforeEach(() => {
    loop = new EventLoop();
    log = [];
    before = handles();
  });
  // What mocha's own timers add and take away is no matter: more than before must not be left.
  afterEach(() => assert.ok(handles().length <= before.length + 1, `left over: ${handles()}`));

  it('runs ready tasks in turn: a plain yield lets the others go on', async () => {
    function* count(name: string) {
      for (let n = 1; n <= 3; n += 1) {
        log.push(`${name}${n}`);
        yield;
      }
      return name.length;
    }
    const lengths: [number, number] = await loop.run(() => loop.gather(count('a'), count('bb')));
    assert.deepEqual(lengths, [1, 2]);
    assert.deepEqual(log, ['a1', 'bb1', 'a2', 'bb2', 'a3', 'bb3']);
  });

  it('wakes sleepers in the order of their times', async () => {
    const naps = [30, 10, 20, 10].map((ms, n) => worker(`${n}`, ms));
    assert.deepEqual(await loop.run(() => loop.gather(...naps)), ['0', '1', '2', '3']);
    const works = log.filter((line) => line.endsWith('works'));
    assert.deepEqual(works, ['1 works', '3 works', '2 works', '0 works']);
    await assert.rejects(loop.run(loop.sleep(-1)), /ms from 0 on, not -1/);
  });

  it('sleeps beside each other, and lets Node go on', async () => {
    let nodes = 0;
    const ticking = setInterval(() => {
      nodes += 1;
    }, 1);
    await loop.run(() => loop.gather(...Array.from({ length: 50 }, (_, n) => worker(`${n}`, 20))));
    clearInterval(ticking);
    assert.ok(nodes > 0);
    const starts = log.slice(0, 50);
    assert.ok(
      starts.every((line) => line.endsWith('starts')),
      'all had started before the first woke',
    );
  });

  it('a busy task keeps neither Node nor sleepers waiting', async () => {
    let stop = false;
    setImmediate(() => log.push('Node'));
    function* busy() {
      while (!stop) yield;
      return 'stopped';
    }
    function* stopper() {
      yield* loop.sleep(2);
      stop = true;
    }
    assert.deepEqual(await loop.run(() => loop.gather(busy, stopper)), ['stopped', undefined]);
    assert.deepEqual(log, ['Node']);
  });

  it('waits for promises and for callbacks, which throw at the yield', async () => {
    const result = await loop.run(function* () {
      const text: string = yield* loop.until(later(1, 'promised'));
      const called = yield* loop.until<number>((resolve) => setImmediate(resolve, 7));
      try {
        yield* loop.until(Promise.reject(new TypeError('rejected')));
      } catch (error) {
        log.push(String(error));
      }
      try {
        yield* loop.until((_, reject) => setImmediate(reject, 'refused'));
      } catch (error) {
        log.push(String(error));
      }
      return [text, called];
    });
    assert.deepEqual(result, ['promised', 7]);
    assert.deepEqual(log, ['TypeError: rejected', 'refused']);
  });

  it('gives a task back, whose result others can wait for, more than once and late', async () => {
    const result = await loop.run(function* () {
      const task: LoopTask<string> = loop.spawn(worker('a', 3), 'a');
      assert.equal(task.done, false);
      assert.throws(() => task.result, /task a still runs/);
      const both = yield* loop.gather(
        function* () {
          return yield* task;
        },
        function* () {
          return yield* task;
        },
      );
      assert.equal(task.done, true);
      assert.equal(yield* task, 'a');
      return [...both, task.result];
    });
    assert.deepEqual(result, ['a', 'a', 'a']);
  });

  it('gather: a failure cancels the others, waits for their cleanup, and carries its task', async () => {
    await assert.rejects(
      loop.run(function* () {
        yield* loop.gather(
          worker('a', 1000, 2),
          function* toast() {
            yield* fails('no bread', 2);
          },
          worker('c', 1000),
        );
      }),
      (error) => error instanceof RangeError && error.message === 'no bread (in task toast)',
    );
    assert.deepEqual(log, ['a starts', 'c starts', 'c ends', 'a ends']);
    assert.deepEqual(await loop.run(() => loop.gather()), []);
  });

  it('race: the first one wins, the others are cancelled', async () => {
    const first = await loop.run(() => loop.race(worker('slow', 1000, 2), worker('fast', 1)));
    assert.equal(first, 'fast');
    assert.deepEqual(log, ['slow starts', 'fast starts', 'fast works', 'fast ends', 'slow ends']);
    await assert.rejects(
      loop.run(() => loop.race(worker('slow', 1000), fails('lost'))),
      /lost \(in task/,
    );
  });

  it('timeout: gives the result in time; else cancels, cleans up, and throws', async () => {
    assert.equal(await loop.run(() => loop.timeout(1000, worker('quick', 1))), 'quick');
    log = [];
    await loop.run(function* () {
      try {
        yield* loop.timeout(2, () => loop.gather(worker('inner', 1000, 2)));
      } catch (error) {
        assert.ok(error instanceof TimeoutError);
        log.push('timed out');
      }
    });
    assert.deepEqual(log, ['inner starts', 'inner ends', 'timed out']);
    await assert.rejects(
      loop.run(() => loop.timeout(1000, fails('before it'))),
      RangeError,
    );
  });

  it('cancel: finally blocks run, once, and waiting for it throws', async () => {
    await loop.run(function* () {
      const task = loop.spawn(worker('a', 1000, 3));
      const never = loop.spawn(worker('never', 1));
      assert.equal(never.cancel(), true);
      yield;
      assert.equal(task.cancel(), true);
      assert.equal(task.cancel(), false);
      assert.equal(task.done, false, 'its cleanup comes first');
      for (const each of [task, never]) {
        try {
          yield* each;
          assert.fail('it was cancelled');
        } catch (error) {
          assert.ok(error instanceof CancelledError);
        }
      }
      assert.equal(task.cancel(), false);
    });
    assert.deepEqual(log, ['a starts', 'a ends']);
  });

  it('cancel: takes back what it waited for, and what comes late changes nothing', async () => {
    let late = (_: unknown): void => {};
    await loop.run(function* () {
      const task = loop.spawn(function* () {
        try {
          yield* loop.until((resolve) => {
            late = resolve;
            return () => log.push('taken back');
          });
        } finally {
          yield* loop.sleep(3);
          log.push('clean');
        }
      });
      yield;
      task.cancel();
      late('too late');
      yield;
      late('too late');
      yield* loop.sleep(6);
      assert.equal(task.done, true);
    });
    assert.deepEqual(log, ['taken back', 'clean']);
  });

  it('cancel: a task can cancel itself, and is ended at its next yield', async () => {
    await loop.run(function* () {
      const itself: LoopTask<void> = loop.spawn(function* () {
        itself.cancel();
        log.push('goes on');
        yield* loop.sleep(1000);
        log.push('not here');
      });
      yield;
      yield;
      yield;
      assert.throws(() => itself.result, CancelledError);
    });
    assert.deepEqual(log, ['goes on']);
  });

  it('leaves nothing running when main ends, well or badly', async () => {
    for (const bad of [false, true]) {
      log = [];
      const run = loop.run(function* () {
        loop.spawn(worker('left', 1000, 2));
        loop.spawn(function* () {
          yield* loop.until(() => {});
        });
        yield;
        if (bad) throw new Error('main failed');
      });
      if (bad) await assert.rejects(run, /main failed \(in task main\)/);
      else await run;
      assert.deepEqual(log, ['left starts', 'left ends']);
    }
  });

  it('an error that nobody looked at is not lost', async () => {
    await assert.rejects(
      loop.run(function* () {
        loop.spawn(() => fails('unseen', 1), 'quiet');
        yield* loop.sleep(5);
      }),
      /unseen \(in task quiet\)/,
    );
    const seen = await loop.run(function* () {
      const task = loop.spawn(fails('seen'));
      yield* loop.sleep(3);
      assert.throws(() => task.result, /seen/);
      return 'fine';
    });
    assert.equal(seen, 'fine');
  });

  it('tells of a deadlock, after the cleanup', async () => {
    const tasks: LoopTask[] = [];
    function* waits(other: number) {
      try {
        yield* tasks[other]!;
      } finally {
        log.push('clean');
      }
    }
    await assert.rejects(
      loop.run(function* () {
        tasks.push(loop.spawn(waits(1), 'one'), loop.spawn(waits(0), 'two'));
        yield* tasks[0]!;
      }),
      /Deadlock: task main, task one, task two wait for each other/,
    );
    assert.deepEqual(log, ['clean', 'clean']);
  });

  it('runs one main at a time', async () => {
    const first = loop.run(worker('a', 3));
    await assert.rejects(loop.run(worker('b', 1)), /The loop has tasks already/);
    assert.equal(await first, 'a');
    assert.equal(await loop.run(worker('b', 1)), 'b');
  });

  it('names what a task must not yield', async () => {
    const wrong = function* () {
      yield 5 as never;
    };
    await assert.rejects(loop.run(wrong), /A task yields nothing, or waits with yield\*.*not 5.*\(in task wrong\)/);
  });

  it('names what a task cannot be made of', async () => {
    const promised = async () => 5;
    await assert.rejects(loop.run(promised as never), /task promised is made of Promise \{ 5 \}: give a generator, or/);
    await assert.rejects(loop.run(5 as never), /is made of 5/);
    assert.equal(await loop.run(() => worker('one', 0)), 'one');
  });

  it('has 100,000 tasks alive at once, asleep and woken', async () => {
    let alive = 0;
    let most = 0;
    function* napper(n: number) {
      alive += 1;
      most = Math.max(most, alive);
      try {
        yield* loop.sleep(n % 7);
        return n;
      } finally {
        alive -= 1;
      }
    }
    const results = await loop.run(() => loop.gather(...Array.from({ length: 100_000 }, (_, n) => napper(n))));
    assert.equal(alive, 0);
    assert.ok(most > 50_000, `${most}`);
    assert.ok(results.every((result, n) => result === n));
  }).timeout(20_000);
});

describe('EventLoop with real sockets', () => {
  let server: Server;
  let port: number;
  beforeEach(async () => {
    loop = new EventLoop();
    log = [];
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as { port: number }).port;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  /** Waits for an event; takes its listener back if it is cancelled first. */
  const event = <T>(emitter: Server | Socket, name: string) =>
    loop.until<T>((resolve) => {
      emitter.once(name, resolve);
      return () => emitter.off(name, resolve);
    });

  /** The next piece that came in; undefined at the end. */
  function* receive(socket: Socket): LoopSteps<string | undefined> {
    for (;;) {
      const data = socket.read() as Buffer | null;
      if (data !== null) return String(data);
      if (socket.readableEnded || socket.destroyed) return undefined;
      yield* loop.race(event(socket, 'readable'), event(socket, 'end'));
    }
  }

  function* echo(socket: Socket): LoopSteps<void> {
    try {
      for (let text = yield* receive(socket); text !== undefined; text = yield* receive(socket)) {
        yield* loop.sleep(2);
        socket.write(text.toUpperCase());
      }
    } finally {
      socket.destroy();
      log.push('hung up');
    }
  }

  function* serve(): LoopSteps<never> {
    for (;;) {
      const socket = yield* event<Socket>(server, 'connection');
      loop.spawn(echo(socket));
    }
  }

  function* ask(word: string): LoopSteps<string | undefined> {
    const socket = connect(port, '127.0.0.1');
    try {
      yield* event(socket, 'connect');
      log.push(`asks ${word}`);
      socket.write(word);
      const answer = yield* receive(socket);
      log.push(`has ${answer}`);
      return answer;
    } finally {
      socket.destroy();
    }
  }

  it('serves and asks on one thread, all at once', async () => {
    const answers = await loop.run(function* () {
      loop.spawn(serve);
      return yield* loop.gather(ask('one'), ask('two'), ask('three'));
    });
    assert.deepEqual(answers, ['ONE', 'TWO', 'THREE']);
    assert.ok(
      log.slice(0, 3).every((line) => line.startsWith('asks')),
      `each asked before the first had its answer: ${log}`,
    );
    assert.equal(log.filter((line) => line === 'hung up').length, 3);
  });

  it('gives up on a silent server, and takes its listeners back', async () => {
    server.on('connection', (socket) => socket.on('error', () => {}));
    const sockets: Socket[] = [];
    server.on('connection', (socket) => sockets.push(socket));
    await assert.rejects(
      loop.run(() => loop.timeout(20, () => ask('anyone'))),
      TimeoutError,
    );
    for (const socket of sockets) socket.destroy();
    assert.deepEqual(
      log.filter((line) => line.startsWith('has')),
      [],
    );
  });
});
