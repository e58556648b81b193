import assert from 'node:assert/strict';
import { KernelClient } from '../kernel/client.ts';

describe('functions of cells under the kernels', function () {
  this.timeout(60_000);

  for (const kernel of ['ours', 'tslab'] as const) {
    it(`run on the pools of the library: ${kernel}`, async () => {
      const client = await KernelClient.start({ kernel });
      const cell = async (code: string) => {
        const outcome = await client.execute(code);
        assert.equal(outcome.reply.status, 'ok', `${code}\n${outcome.stream('stderr')}`);
        return outcome.stream('stdout').trim();
      };
      try {
        await cell(`
          import { ProcessPoolExecutor, ShippingError, ThreadPoolExecutor, withExecutor } from 'interleaved';
          import { createHash } from 'node:crypto';
          const rate = 1.5;
          class Account { #balance: number; constructor(balance: number) { this.#balance = balance; } get balance() { return this.#balance; } add(x: number) { this.#balance += x * rate; return this; } }
          class Overdrawn extends Error { constructor(public account: Account) { super('overdrawn'); } }`);
        await cell(`
          const pay = (account: Account, amount: number) => {
            if (account.balance + amount < 0) throw new Overdrawn(account);
            return [account.add(amount), createHash('md5').update(String(amount)).digest('hex').length] as const;
          };
          const makeAdder = (n: number) => (x: number) => x + n;`);
        for (const pool of ['ThreadPoolExecutor', 'ProcessPoolExecutor']) {
          const told = await cell(`
            const told = await withExecutor(new ${pool}(2), async (pool) => {
              const [account, length] = await pool.submit(pay, new Account(10), 2);
              const failed = await pool.submit(pay, account, -100).catch((error: unknown) => error) as Overdrawn;
              const many = await pool.map((x: number) => new Account(x).add(2).balance, [1, 2, 3]);
              let refused = '';
              try { await pool.submit(makeAdder(1), 2); } catch (error) { refused = (error as ShippingError).names.join(); }
              return [account instanceof Account, account.balance, length, failed instanceof Overdrawn, failed.account.balance, ...many, refused];
            });
            console.log(JSON.stringify(told));`);
          assert.deepEqual(JSON.parse(told), [true, 13, 32, true, 13, 4, 5, 6, 'n']);
        }
      } finally {
        await client.close();
      }
    });
  }
});
