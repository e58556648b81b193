import { randomUUID } from 'node:crypto';
import { judges } from './table.ts';

judges('10.1', {
  'under the name of the transfer': {
    right: (ledger, transfer) => ledger.put(`transfer ${transfer.id}`, { to: transfer.to, amount: transfer.amount }),
  },
  'looked up first, then put': {
    right: async (ledger, { id, to, amount }) => {
      const rows = await ledger.rows();
      if (rows.length > 1000) throw new Error('the ledger is full');
      await ledger.put(id, { to, amount });
    },
  },
  'written twice under its name': {
    right: async (ledger, { id, to, amount }) => {
      await ledger.put(id, { to, amount });
      await ledger.put(id, { to, amount });
    },
  },
  'looked up, then appended': {
    wrong: async (ledger, { to, amount }) => {
      const rows = await ledger.rows();
      if (!rows.some((row) => row.to === to && row.amount === amount)) await ledger.append({ to, amount });
    },
    fails:
      /each transfer is in the ledger once: the ledger has Ada 40, Grace 25\n[\s\S]*two workers at once[^:]*: the ledger has Ada 40, Ada 40/,
  },
  'a name for every run': {
    wrong: (ledger, { to, amount }) => ledger.put(randomUUID(), { to, amount }),
    fails: /killed at any moment[^:]*: killed at 2 moments, 1 times wrong: the ledger has Ada 40, Ada 40/,
  },
  'under the name of the receiver': {
    wrong: (ledger, { to, amount }) => ledger.put(to, { to, amount }),
    fails: /each transfer is in the ledger once: the ledger has Ada 40, Grace 25$/,
  },
  'a note that it is done, written first': {
    wrong: async (ledger, { id, to, amount }) => {
      const rows = await ledger.rows();
      if (rows.some((row) => row.to === `done ${id}`)) return;
      await ledger.put(`note ${id}`, { to: `done ${id}`, amount: 0 });
      await ledger.append({ to, amount });
    },
    fails: /killed at any moment/,
  },
  'two rows for one transfer': {
    wrong: async (ledger, { id, to, amount }) => {
      await ledger.put(`${id} a`, { to, amount: amount / 2 });
      await ledger.put(`${id} b`, { to, amount: amount / 2 });
    },
    fails: /each transfer is in the ledger once: the ledger has Ada 20, Ada 20/,
  },
  'not awaited': {
    wrong: (ledger, { id, to, amount }) => {
      setTimeout(() => ledger.put(id, { to, amount }).catch(() => {}), 1000);
    },
    fails: /each transfer is in the ledger once: the ledger is empty/,
  },
  'nothing booked': { wrong: async () => {}, fails: /the ledger is empty/ },
  'it throws': {
    wrong: () => {
      throw new Error('no');
    },
    fails: /it finishes: Error: no/,
  },
  'it hangs': { wrong: () => new Promise(() => {}), fails: /it finishes: Error: it was still busy/ },
});
