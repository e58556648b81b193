import assert from 'node:assert/strict';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { LoopSteps } from '../../src/coroutines/loop-task.ts';
import { TimeoutError } from '../../src/executors/errors.ts';
import { loopAndLog } from './loops.ts';

describe('EventLoop with real sockets', () => {
  let { loop, log } = loopAndLog();
  let server: Server;
  let port: number;
  beforeEach(async () => {
    ({ loop, log } = loopAndLog());
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
        // None has an answer before all have asked: if one had to wait for another's answer, this would not end.
        while (log.filter((line) => line.startsWith('asks')).length < 3) yield;
        socket.write(text.toUpperCase());
      }
    } finally {
      socket.destroy();
      log.push('hung up');
    }
  }

  function* serve(): LoopSteps<never> {
    // Node may accept several before the next turn of this loop.
    const accepted: Socket[] = [];
    server.on('connection', (socket) => accepted.push(socket));
    for (;;) {
      while (accepted.length === 0) yield* event(server, 'connection');
      loop.spawn(echo(accepted.shift()!));
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
    // It reads, so that it sees its caller leave, however late it saw the caller come.
    server.on('connection', (socket) => socket.on('error', () => {}).resume());
    await assert.rejects(
      loop.run(() => loop.timeout(20, () => ask('anyone'))),
      TimeoutError,
    );
    assert.deepEqual(
      log.filter((line) => line.startsWith('has')),
      [],
    );
  });
});
