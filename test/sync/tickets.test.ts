import assert from 'node:assert/strict';
import { Tickets, ticketWords } from '../../src/sync/tickets.ts';
import { run, words } from './helpers.ts';
import { atEachStep } from './interrupted.ts';

describe('the tickets of a Condition', () => {
  it('pass on what was called to a dead one, while two clear and others draw and call', async () => {
    const dead = words(1);
    await run(async (number: Int32Array) => {
      const { threadId } = await import('node:worker_threads');
      number[0] = threadId + 1;
    }, dead);
    const all = Array.from({ length: 100 }, () => {
      const memory = words(ticketWords);
      const tickets = new Tickets(memory, 0);
      const at = tickets.draw();
      memory[at + 1] = dead[0]!;
      tickets.call(1);
      return { tickets, waits: [tickets.draw()] };
    });
    atEachStep(
      all,
      ({ tickets }) => tickets.clear(),
      ({ tickets, waits }) => {
        tickets.clear();
        waits.push(tickets.draw());
        tickets.call(1);
      },
      ({ tickets, waits }, _, step) => {
        assert.deepEqual(
          waits.map((at) => tickets.isCalled(at)),
          [true, true],
          step,
        );
        assert.deepEqual(tickets.list(), [], step);
      },
    );
  });
});
