import assert from 'node:assert/strict';
import { EventLoop } from '../../src/coroutines/event-loop.ts';

describe('tasks of an event loop together', () => {
  it('race without tasks says what it needs', async () => {
    const loop = new EventLoop();
    const none: never[] = [];
    await assert.rejects(
      loop.run(() => loop.race(...(none as unknown as [never]))),
      { name: 'TypeError', message: /^race\(\) needs a task or more: yield\* loop\.race\(first, second\)\./ },
    );
  });

  it('gather of no tasks gives no results', async () => {
    const loop = new EventLoop();
    assert.deepEqual(await loop.run(() => loop.gather()), []);
  });
});
