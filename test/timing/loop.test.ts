import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { displaySymbol } from '../../src/show/display.ts';
import { now } from '../../src/timing/clock.ts';
import { watchLoop } from '../../src/timing/loop.ts';

function spin(ms: number): void {
  const end = now() + ms;
  while (now() < end);
}

const kindsOf = (steps: readonly { kind: string; name: string }[]): string[] =>
  steps.map(({ kind, name }) => (name === 'promise' ? kind : `${kind} ${name}`));

describe('watchLoop', () => {
  it('sees next ticks before microtasks, and both after each task', async () => {
    const log: string[] = [];
    const seen = await watchLoop('order', () => {
      let resolve = (_: string): void => {};
      const promise = new Promise<string>((fulfil) => {
        resolve = fulfil;
      });
      setTimeout(function last() {
        log.push('last');
        process.nextTick(function tick() {
          log.push('tick');
        });
        queueMicrotask(function micro() {
          log.push('micro');
          resolve('done');
        });
      }, 3);
      return promise;
    });
    assert.equal(seen.value, 'done');
    assert.deepEqual(log, ['last', 'tick', 'micro']);
    const own = kindsOf(seen.steps).filter((kind) => /order|last|tick|micro/.test(kind));
    assert.deepEqual(own.slice(0, 4), ['main order', 'timer last', 'next tick tick', 'microtask micro']);
    const turn = seen.turns.find(({ steps }) => steps[0]!.name === 'last')!;
    assert.deepEqual(kindsOf(turn.steps).slice(0, 3), ['timer last', 'next tick tick', 'microtask micro']);
    assert.match(seen.order, /^main order → .*timer last → next tick tick → microtask micro/);
  });

  it('counts a microtask for each await, and none for what runs at once', async () => {
    const count = async (awaits: number) => {
      const { steps } = await watchLoop(async () => {
        for (let n = 0; n < awaits; n++) await null;
      });
      return steps.filter(({ kind }) => kind === 'microtask').length;
    };
    const [none, hundred] = [await count(0), await count(100)];
    assert.equal(hundred - none, 100);
  });

  it('knows immediates, I/O and timers of timers/promises', async () => {
    const { steps } = await watchLoop(async () => {
      setImmediate(function soon() {});
      await readFile(import.meta.filename);
      await pause(1);
    });
    const kinds = new Set(steps.map(({ kind }) => kind));
    for (const kind of ['main', 'immediate', 'I/O', 'timer', 'microtask'] as const) assert.ok(kinds.has(kind), kind);
    assert.ok(steps.some(({ kind, name }) => kind === 'immediate' && name === 'soon'));
    assert.ok(steps.some(({ kind, name }) => kind === 'I/O' && name === 'FSREQPROMISE'));
    for (const [at, { from, to }] of steps.entries()) {
      assert.ok(from <= to);
      if (at > 0) assert.ok(from >= steps[at - 1]!.to - 0.001, 'steps lie one after the other');
    }
  });

  it('tells of a blocked loop: how long, how late timers came, how late the loop came round', async () => {
    const seen = await watchLoop('blocked', async () => {
      const timer = pause(1);
      spin(120);
      await timer;
      await pause(10);
    });
    assert.ok(seen.blockedMs >= 120 && seen.longestTurn >= 120, String(seen));
    const first = seen.steps.find(({ kind }) => kind === 'timer')!;
    assert.ok(first.late! >= 100, String(seen));
    assert.ok(seen.delay.most >= 90, String(seen));
    assert.ok(seen.utilisation * seen.ms >= 119, String(seen));
  });

  it('finds the time of microtasks that starve the rest', async () => {
    const seen = await watchLoop(async () => {
      const end = now() + 80;
      while (now() < end) await null;
    });
    assert.ok(seen.turns[0]!.to - seen.turns[0]!.from >= 75, String(seen));
    assert.ok(seen.steps.length > 100);
  });

  it('is asleep while it waits', async () => {
    let seen = await watchLoop(() => pause(300));
    // On a crowded machine a loop that was woken waits for a core, which counts as awake.
    for (let again = 0; again < 5 && seen.utilisation >= 0.5; again += 1) seen = await watchLoop(() => pause(300));
    assert.ok(seen.utilisation < 0.5, String(seen));
  });

  it('draws the same facts as picture and text', async () => {
    const seen = await watchLoop('both', async () => {
      setImmediate(function soon() {});
      await pause(5);
    });
    await seen.draw();
    const { 'text/html': html, 'text/plain': text } = seen[displaySymbol]();
    assert.match(html!, /<svg[^>]*role="img"/);
    for (const shown of [html!, text!]) {
      assert.match(shown, /What the event loop called, and when/);
      assert.match(shown, /In order: main both → /);
      assert.match(shown, /It came round late by/);
    }
    // On a crowded machine it may begin a column late.
    assert.match(text!, /main +│ *█+ *│ 1 step\n/);
  });

  it('throws what the function throws, refuses what is no function, and stops listening', async () => {
    const error = new Error('mine');
    await assert.rejects(
      watchLoop(() => Promise.reject(error)),
      (thrown) => thrown === error,
    );
    await assert.rejects(
      watchLoop(() => {
        throw error;
      }),
      (thrown) => thrown === error,
    );
    await assert.rejects(watchLoop(5 as never), /watchLoop\(\) needs a function to run, not 5/);
    const seen = await watchLoop(() => 1);
    const { length } = seen.steps;
    await pause(2);
    assert.equal(seen.steps.length, length);
  });
});
