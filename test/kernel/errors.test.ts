import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KernelClient, type Outcome } from './client.ts';
import { arrived, patience, until, within } from './waits.ts';

/** The one error of a cell, which its reply must repeat. */
function errorOf({ all, reply }: Outcome): { ename: string; evalue: string; traceback: string[] } {
  assert.equal(reply.status, 'error');
  const [error, ...more] = all('error') as { ename: string; evalue: string; traceback: string[] }[];
  assert.ok(error && more.length === 0, JSON.stringify(all('error')));
  const { ename, evalue, traceback } = reply;
  assert.deepEqual({ ename, evalue, traceback }, error);
  return error;
}

describe('errors of cells', function () {
  this.timeout(120_000);
  let kernel: KernelClient;
  const folder = mkdtempSync(join(tmpdir(), 'kernel-errors-'));

  /** Something for a cell to wait for: an expression that is true from `open` on. */
  function gate(name: string): { isOpen: string; open(): void } {
    const file = join(folder, name);
    return { isOpen: `require('node:fs').existsSync(${JSON.stringify(file)})`, open: () => writeFileSync(file, '') };
  }

  before(async () => {
    kernel = await KernelClient.start();
  });
  after(async () => {
    await kernel.close();
    rmSync(folder, { recursive: true });
  });

  it("name the cell and the line of the reader's own text, and nobody else's", async () => {
    const { reply } = await kernel.execute(`interface Shape { side: number }

// Types and blank lines vanish when a cell is compiled.
function area(shape: Shape): number {
  if (shape.side < 0) throw new RangeError(
    'negative side');
  return shape.side ** 2;
}`);
    const first = reply.execution_count as number;
    const error = errorOf(
      await kernel.execute(`type Side = number;\n\nawait null;\n[-1].map((side: Side) => area({ side }))`),
    );
    assert.equal(error.ename, 'RangeError');
    assert.equal(error.evalue, 'negative side');
    assert.deepEqual(error.traceback, [
      'RangeError: negative side',
      `  at area, cell ${first}, line 5: if (shape.side < 0) throw new RangeError(`,
      `  at cell ${first + 1}, line 4: [-1].map((side: Side) => area({ side }))`,
      `  at cell ${first + 1}, line 4: [-1].map((side: Side) => area({ side }))`,
    ]);
  });

  it('in a function that was sent to another thread or process name its line as well', async () => {
    const outcome = await kernel.execute(`
import { ProcessPoolExecutor, ThreadPoolExecutor, withExecutor } from 'interleaved';
interface Task { n: number }

function fail(task: Task): number {
  // The compiler moves this line.
  if (task.n > 0) throw new RangeError('task ' + task.n);
  return 0;
}`);
    const cell = outcome.reply.execution_count;
    for (const pool of ['ThreadPoolExecutor', 'ProcessPoolExecutor']) {
      const error = errorOf(
        await kernel.execute(`await withExecutor(new ${pool}(1), (e) => e.submit(fail, { n: 1 }))`),
      );
      assert.deepEqual(error.traceback, [
        'RangeError: task 1',
        `  at fail, cell ${cell}, line 7: if (task.n > 0) throw new RangeError('task ' + task.n);`,
      ]);
    }
  });

  it('name causes and the errors of an aggregate', async () => {
    const error = errorOf(
      await kernel.execute(`
        const cause = new Error('inner');
        throw new Error('outer', { cause: new AggregateError([cause, 'text'], 'several') })`),
    );
    assert.deepEqual(
      error.traceback.filter((line) => !line.startsWith('  ')),
      ['Error: outer', 'Caused by:', 'AggregateError: several', 'Error: inner', 'Thrown: text'],
    );
  });

  it('name what was thrown when it was no Error', async () => {
    const error = errorOf(await kernel.execute(`throw { odd: 1 }`));
    assert.equal(error.ename, 'Thrown');
    assert.equal(error.evalue, '{ odd: 1 }');
    assert.match(error.traceback.join('\n'), /in cell \d+$/);
  });

  it('are told even when what was thrown cannot be shown', async () => {
    const odd = `{ [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('odd') } }`;
    for (const code of [
      `throw ${odd}`,
      `Promise.reject(${odd}); void 0`,
      `setTimeout(() => { throw ${odd} }, 1); await new Promise((r) => setTimeout(r, 50))`,
    ]) {
      const { ename, evalue } = errorOf(await kernel.execute(code));
      assert.deepEqual([ename, evalue], ['Thrown', 'something that cannot be shown'], code);
    }
  });

  it('of the compiler name every line, and nothing has run', async () => {
    const outcome = await kernel.execute(`console.log('ran');\nconst n: number = 'one';\nmissing()`);
    const error = errorOf(outcome);
    const cell = outcome.reply.execution_count;
    assert.equal(error.ename, 'TypeScriptError');
    assert.equal(error.evalue, `Type 'string' is not assignable to type 'number'. (cell ${cell}, line 2:7)`);
    assert.match(error.traceback.join('\n'), new RegExp(`cell ${cell}, line 3:1: Cannot find name 'missing'`));
    assert.equal(outcome.stream('stdout'), '');
  });

  it('hold no path of the kernel', async () => {
    for (const code of [`require('vega')`, `null.x`, `JSON.parse('{')`, `require('fs').readFileSync('/none')`]) {
      const { traceback, evalue } = errorOf(await kernel.execute(code.replace('null', '(null as any)')));
      const text = [evalue, ...traceback].join('\n');
      assert.ok(!text.includes(process.cwd()), text);
      assert.doesNotMatch(text, /tslab|src\/kernel|node:internal/);
      assert.match(text, /cell \d+/);
    }
  });

  it('print themselves with lines of cells too', async () => {
    const { stream, reply } = await kernel.execute(
      `type T = 1;\n\ntry { throw new Error('told') } catch (e) { console.log(e) }`,
    );
    assert.equal(stream('stdout'), `Error: told\n    at cell ${reply.execution_count}, line 3:13\n`);
  });

  it('cells sent after a failing one are answered as aborted, or run when the failing one says so', async () => {
    const { isOpen, open } = gate('failing');
    const sent = [
      kernel.execute(`while (!${isOpen}) await new Promise((r) => setTimeout(r, 5)); throw new Error('first')`),
      kernel.execute(`console.log('second')`),
      kernel.execute(`console.log('third')`),
    ];
    await arrived(kernel);
    open();
    const outcomes = await Promise.all(sent);
    assert.deepEqual(
      outcomes.map(({ reply }) => reply.status),
      ['error', 'aborted', 'aborted'],
    );
    assert.equal((await kernel.execute(`console.log('after')`)).stream('stdout'), 'after\n');
    const all = await Promise.all([
      kernel.execute(`await null; throw new Error('first')`, { stop_on_error: false }),
      kernel.execute(`console.log('second')`),
    ]);
    assert.equal(all[1].stream('stdout'), 'second\n');
  });

  it('a cell sent after the reply to a failing one runs at once', async () => {
    await kernel.execute(`throw new Error('x')`);
    assert.equal((await kernel.execute('void 0')).reply.status, 'ok');
  });

  it('do not take away what the cell had declared before', async () => {
    await kernel.execute(
      `const found = 7; class Named {}; function twice(n: number) { return 2 * n }; throw new Error('x')`,
    );
    const { all } = await kernel.execute('[twice(found), new Named() instanceof Named].join()');
    assert.deepEqual(all('execute_result')[0]?.data, { 'text/plain': '14,true' });
  });

  it('nobody handled fail the cell that runs, with its line', async () => {
    for (const code of [
      `(async () => {\n  throw new Error('lost') })(); void 0`,
      `setTimeout(() => {\n  throw new Error('lost') }, 1); await new Promise((r) => setTimeout(r, 50))`,
    ]) {
      const outcome = await kernel.execute(code);
      const { ename, evalue, traceback } = errorOf(outcome);
      assert.deepEqual([ename, evalue], ['Error', 'lost']);
      assert.match(traceback.join('\n'), new RegExp(`cell ${outcome.reply.execution_count}, line 2`));
    }
  });

  it('nobody handled after the cell had ended come under that cell', async () => {
    const { isOpen, open } = gate('late');
    const cell = kernel.execute(`
      const look = setInterval(() => {
        if (!${isOpen}) return;
        clearInterval(look);
        Promise.reject(new Error('late'));
      }, 5); void 0`);
    assert.equal((await cell).reply.status, 'ok');
    open();
    const errorOfCell = () => cell.messages.find(({ header }) => header.msg_type === 'error');
    await within(
      until(() => errorOfCell() !== undefined),
      patience,
      'the error',
    );
    const next = await kernel.execute('void 0');
    assert.equal(next.reply.status, 'ok');
    assert.deepEqual(next.all('error'), []);
    const error = errorOfCell();
    assert.equal(error?.content.evalue, 'late');
    assert.match(String(error?.content.traceback), /nobody handled it, after cell \d+ had ended/);
  });

  it('handled a little late are no errors', async () => {
    const { reply, all } = await kernel.execute(`
      const failing = Promise.reject(new Error('expected'));
      await new Promise((r) => setTimeout(r, 30));
      try { await failing } catch { console.log('caught') }`);
    assert.equal(reply.status, 'ok');
    assert.deepEqual(all('error'), []);
  });

  it('a worker that throws and has no listener is an error of its cell', async () => {
    const outcome = await kernel.execute(`
      const { Worker } = require('node:worker_threads');
      const thrower = new Worker("throw new TypeError('in the worker')", { eval: true });
      await new Promise((r) => thrower.on('exit', r))`);
    assert.deepEqual(errorOf(outcome).evalue, 'in the worker');
  });

  it('warnings of the library and the kernel do not land under a cell', async () => {
    const { stream, reply } = await kernel.execute(`
      import * as library from 'interleaved';
      import { Worker as W } from 'node:worker_threads';
      import { execSync } from 'node:child_process';
      import { DatabaseSync } from 'node:sqlite';
      import { request } from 'undici';
      const loaded = [library, W, execSync, DatabaseSync, request].length;`);
    assert.equal(reply.status, 'ok', JSON.stringify(reply));
    assert.equal(stream('stderr'), '');
  });
});
