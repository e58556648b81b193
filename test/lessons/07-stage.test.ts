import { judges } from './table.ts';

judges('07.3', {
  'until the inbox is closed': {
    right: async (inbox, outbox, work) => {
      for await (const item of inbox) {
        const result = await work(item);
        await outbox.put(result);
      }
      outbox.close();
    },
  },
  'closed in every case': {
    right: async (inbox, outbox, work) => {
      try {
        for await (const item of inbox) await outbox.put(await work(item));
      } finally {
        outbox.close();
      }
    },
  },
  'puts that nobody waits for': {
    wrong: async (inbox, outbox, work) => {
      const puts: unknown[] = [];
      for await (const item of inbox) puts.push(outbox.put(await work(item)));
      await Promise.all(puts);
      outbox.close();
    },
    fails: /at most 7 items are under way: at most (8|9|1\d|2\d) of 24/,
  },
  'all at work at once': {
    wrong: async (inbox, outbox, work) => {
      const all: unknown[] = [];
      for await (const item of inbox) all.push(work(item).then((result) => outbox.put(result)));
      await Promise.all(all);
      outbox.close();
    },
    fails: /at most 7 items are under way/,
  },
  'all results first': {
    wrong: async (inbox, outbox, work) => {
      const all: number[] = [];
      for await (const item of inbox) all.push(await work(item));
      for (const result of all) await outbox.put(result);
      outbox.close();
    },
    fails: /same time: at most 1 at once[\s\S]*under way: at most 24 of 24/,
  },
  'never closed': {
    wrong: async (inbox, outbox, work) => {
      for await (const item of inbox) await outbox.put(await work(item));
    },
    limit: 500,
    fails: /it finishes: Error: it was still busy/,
  },
  'the first one only': {
    wrong: async (inbox, outbox, work) => {
      for await (const item of inbox) {
        await outbox.put(await work(item));
        break;
      }
      outbox.close();
    },
    limit: 500,
    fails: /it finishes|nothing is lost/,
  },
  'each put twice': {
    wrong: async (inbox, outbox, work) => {
      for await (const item of inbox) {
        const result = await work(item);
        await outbox.put(result);
        await outbox.put(result);
      }
      outbox.close();
    },
    fails: /nothing is lost, doubled or out of order: it gave 192 results/,
  },
  'it throws': {
    wrong: async () => {
      throw new Error('no idea');
    },
    limit: 500,
    fails: /it finishes: (QueueBroken|Error)/,
  },
  'without the work': {
    wrong: async (inbox, outbox) => {
      for await (const item of inbox) await outbox.put(item);
      outbox.close();
    },
    fails: /out of order: it gave 24 results, \[0,1/,
  },
});
