import assert from 'node:assert/strict';
import { Notebook } from './cells.ts';

describe('versions of a class, and of what it captured, as its cell runs again', function () {
  this.timeout(60_000);

  it('are kept neither by the worker nor by the caller', async () => {
    const notebook = await Notebook.open();
    try {
      await notebook.cell(`
        import { ThreadPoolExecutor } from 'interleaved';
        const pool = new ThreadPoolExecutor(1);
        const collect = async (rounds: number) => {
          process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
          const clean = process.getBuiltinModule('node:vm').runInNewContext('gc');
          for (let round = 0; round < rounds; round += 1) {
            await new Promise((resolve) => setTimeout(resolve, 5));
            clean();
          }
        };
        const kept = async () => {
          await collect(5);
          return (globalThis as any).seen.filter((ref: WeakRef<object>) => ref.deref()).length;
        };`);
      for (let n = 0; n < 10; n += 1) {
        const result = await notebook.cell(`
          let rows = [${n}];
          class Row { at: number; constructor(at: number) { this.at = at; } value() { return rows[this.at]; } }
          const make = () => {
            ((globalThis as any).seen ??= []).push(new WeakRef(rows));
            return new Row(0);
          };
          make();
          await collect(1);
          const row = await pool.submit(make);
          tell([row instanceof Row, row.value()]);`);
        assert.deepEqual(result, [true, n]);
      }
      const [there, here] = (await notebook.cell('tell([await pool.submit(kept), await kept()]);')) as number[];
      assert.ok(there! >= 1 && there! <= 7, `${there} of 10 are kept in the worker`);
      assert.ok(here! >= 1 && here! <= 4, `${here} of 10 are kept here`);
    } finally {
      notebook.close();
    }
  });
});
