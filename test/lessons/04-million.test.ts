import { judges } from './table.ts';

judges('04.4', {
  'by Array.from': {
    right: (visit, count) => {
      const all = Array.from({ length: count }, (_, i) => {
        const visitor = visit(i);
        visitor.next();
        return visitor;
      });
      return all.reduce((sum, visitor, i) => sum + (visitor.next(i).value as number), 0);
    },
  },
  'made first, then begun': {
    right: (visit, count) => {
      const all = Array.from({ length: count }, (_, i) => visit(i));
      for (const visitor of all) visitor.next();
      let sum = 0;
      for (let i = count - 1; i >= 0; i--) sum += all[i]!.next(i).value as number;
      return sum;
    },
  },
  'in parties of a thousand': {
    wrong: (visit, count) => {
      let sum = 0;
      for (let from = 0; from < count; from += 1_000) {
        const party = Array.from({ length: 1_000 }, (_, i) => visit(from + i));
        for (const visitor of party) visitor.next();
        party.forEach((visitor, i) => {
          sum += visitor.next(from + i).value as number;
        });
      }
      return sum;
    },
    fails: /^all wait at the same time: at most 1,000 of 1,000,000$/,
  },
  'not begun': {
    wrong: (visit, count) => {
      const all = Array.from({ length: count }, (_, i) => visit(i));
      return all.reduce((sum, visitor, i) => sum + Number(visitor.next(i).value), 0);
    },
    fails: /own number: 0 were, 0 have returned\nthe sum is right: it gave NaN/,
  },
  'everybody the same number': {
    wrong: (visit, count) => {
      const all = Array.from({ length: count }, (_, i) => visit(i));
      for (const visitor of all) visitor.next();
      return all.reduce((sum, visitor) => sum + (visitor.next(1).value as number), 0);
    },
    fails: /own number: 1 were, 1,000,000 have returned/,
  },
  'the sum known beforehand': {
    wrong: (_visit, count) => count * (count - 1),
    fails: /^all wait at the same time: at most 0 of 1,000,000\neach is sent its own number: 0 were/,
  },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /it runs: Error: no idea/,
  },
});
