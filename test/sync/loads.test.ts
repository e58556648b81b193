import { killCases, loadCases } from './load-cases.ts';

const million = 1_000_000;
/** Where each operation puts a thread to sleep; the soak runs millions of these as well. */
const fewer = 120_000;

describe('up to a million operations of 4 threads', function () {
  this.timeout(120_000);
  loadCases(million, fewer);
});

describe('a random one of 4 threads is killed', function () {
  this.timeout(60_000);
  killCases(2);
});
