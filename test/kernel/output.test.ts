import assert from 'node:assert/strict';
import { KernelClient } from './client.ts';

const lines = (count: number): string[] => Array.from({ length: count }, (_, index) => `line ${index}`);

describe('output of cells', function () {
  this.timeout(120_000);
  let kernel: KernelClient;

  before(async () => {
    kernel = await KernelClient.start();
    await kernel.execute(`
      import { Worker } from 'node:worker_threads';
      import { fork, spawn } from 'node:child_process';
      import { once } from 'node:events';
      import { setTimeout as sleep } from 'node:timers/promises';
      import { display, newDisplay } from 'tslab';`);
  });
  after(() => kernel.close());

  it('20,000 lines arrive complete and in order, in few messages', async () => {
    const { stream, all } = await kernel.execute(`for (let i = 0; i < 20_000; i++) console.log('line ' + i)`);
    assert.deepEqual(stream('stdout').trimEnd().split('\n'), lines(20_000));
    assert.ok(all('stream').length < 1000, `${all('stream').length} messages`);
  });

  it('2,000 displays in a loop arrive in order', async () => {
    const { all } = await kernel.execute(`for (let i = 0; i < 2_000; i++) display.html('<b>' + i + '</b>')`);
    const found = all('display_data').map(({ data }) => (data as Record<string, string>)['text/html']);
    assert.deepEqual(
      found,
      Array.from({ length: 2000 }, (_, index) => `<b>${index}</b>`),
    );
  });

  it('50 MB in 1,024 writes arrive complete', async () => {
    const code = `
      const block = (i: number) => String(i).padStart(8, '0') + 'x'.repeat(48_820) + '\\n';
      for (let i = 0; i < 1_024; i++) process.stdout.write(block(i));`;
    const text = (await kernel.execute(code)).stream('stdout');
    assert.equal(text.length, 1024 * 48_829);
    const blocks = text.trimEnd().split('\n');
    assert.ok(blocks.every((block, index) => block.length === 48_828 && Number(block.slice(0, 8)) === index));
  });

  it('both streams and displays keep their order', async () => {
    const { messages } = await kernel.execute(
      `for (let i = 0; i < 3; i++) { console.log('out', i); console.error('err', i); display.text('shown ' + i) }`,
    );
    const shown = messages.map(
      ({ content }) => content.text ?? (content.data as Record<string, string>)?.['text/plain'],
    );
    assert.deepEqual(
      shown.filter((text) => text !== undefined),
      [0, 1, 2].flatMap((i) => [`out ${i}\n`, `err ${i}\n`, `shown ${i}`]),
    );
  });

  it('a line is seen while its cell keeps the thread busy', async () => {
    const request = kernel.execute(`
      const word = new Int32Array(new SharedArrayBuffer(4));
      console.log('before'); Atomics.wait(word, 0, 0, 1500); console.log('after');`);
    await request;
    const [first, second] = request.messages.filter(({ header }) => header.msg_type === 'stream');
    assert.equal(first?.content.text, 'before\n');
    assert.equal(second?.content.text, 'after\n');
  });

  it('text in pieces of bytes, surrogates and callbacks survive', async () => {
    const { stream, reply } = await kernel.execute(`
      for (const byte of Buffer.from('한글 😀\\n')) process.stdout.write(Uint8Array.of(byte));
      process.stdout.write('😀'.repeat(200_000) + '\\n');
      await new Promise<void>((resolve) => process.stdout.write('done', () => resolve()));`);
    assert.equal(reply.status, 'ok');
    assert.equal(stream('stdout'), `한글 😀\n${'😀'.repeat(200_000)}\ndone`);
  });

  it('workers and processes print under the cell that uses them, completely', async () => {
    const { stream } = await kernel.execute(`
      const talk = "for (let i = 0; i < 500; i++) console.log('worker', i)";
      const worker = new Worker(talk, { eval: true });
      await once(worker, 'exit');
      const child = spawn(process.execPath, ['-e', "for (let i = 0; i < 500; i++) console.log('child', i)"]);
      child.stdout.pipe(process.stdout);
      await once(child, 'close');`);
    const expected = ['worker', 'child'].flatMap((who) => Array.from({ length: 500 }, (_, i) => `${who} ${i}`));
    assert.deepEqual(stream('stdout').trimEnd().split('\n'), expected);
  });

  it('a worker that lives on prints what it was asked for under the cell that asked', async () => {
    const echo = `const { parentPort } = require('node:worker_threads');
      parentPort.on('message', (m) => { console.log('worker says', m); parentPort.postMessage(m) })`;
    await kernel.execute(`
      const pool = new Worker(${JSON.stringify(echo)}, { eval: true });
      pool.on('message', (m) => console.log('heard', m)); void 0`);
    for (const word of ['one', 'two']) {
      const { stream } = await kernel.execute(`pool.postMessage('${word}'); await once(pool, 'message')`);
      assert.deepEqual(stream('stdout').trimEnd().split('\n').sort(), [`heard ${word}`, `worker says ${word}`]);
    }
    await kernel.execute('await pool.terminate()');
  });

  it('what comes late goes to the cell it belongs to', async () => {
    const early = kernel.execute(`
      setTimeout(() => console.log('late timer'), 150);
      const late = new Worker("setTimeout(() => console.log('late worker'), 150)", { eval: true });
      const lateChild = spawn('sh', ['-c', 'sleep 0.2; echo late child']);
      lateChild.stdout.on('data', (data) => console.log(String(data).trim()));
      const bothLeft = Promise.all([once(late, 'exit'), once(lateChild, 'close')]); void 0`);
    await early;
    const later = await kernel.execute('await bothLeft');
    assert.equal(later.stream('stdout'), '');
    const texts = early.messages
      .filter(({ header }) => header.msg_type === 'stream')
      .map(({ content }) => content.text);
    const words = texts.join('').trimEnd().split('\n').sort();
    assert.deepEqual(words, ['late child', 'late timer', 'late worker']);
  });

  it('no idle is lost in 300 cells sent at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 300 }, (_, i) => kernel.execute(`void ${i}`)));
    assert.ok(outcomes.every(({ reply }) => reply.status === 'ok'));
    const counts = outcomes.map(({ reply }) => reply.execution_count as number);
    assert.deepEqual(
      counts,
      counts.map((_, index) => counts[0]! + index),
    );
  });
});

describe('results of cells', function () {
  this.timeout(120_000);
  let kernel: KernelClient;

  before(async () => {
    kernel = await KernelClient.start();
  });
  after(() => kernel.close());

  it('the last expression is an execute_result with the count of its execute_input', async () => {
    const { all, reply } = await kernel.execute('const answer = 41; answer + 1');
    assert.deepEqual(all('execute_result'), [
      { data: { 'text/plain': '42' }, metadata: {}, execution_count: reply.execution_count },
    ]);
    assert.deepEqual(all('execute_input'), [
      { code: 'const answer = 41; answer + 1', execution_count: reply.execution_count },
    ]);
  });

  it('nothing, null and declarations bring no result', async () => {
    for (const code of ['undefined', 'null', 'const nothing = 1', '']) {
      assert.deepEqual((await kernel.execute(code)).all('execute_result'), [], code);
    }
  });

  it('a value that shows itself is one bundle, picture beside text', async () => {
    const { all } = await kernel.execute(
      `({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>1</b>', 'text/plain': '1' }) })`,
    );
    assert.deepEqual(
      all('execute_result').map(({ data }) => data),
      [{ 'text/html': '<b>1</b>', 'text/plain': '1' }],
    );
  });

  it('a value that shows itself as nothing is shown as text', async () => {
    const { all } = await kernel.execute(`({ a: 1, [Symbol.for('Jupyter.display')]: () => undefined })`);
    assert.match(JSON.stringify(all('execute_result')[0]?.data), /^\{"text\/plain":"\{ a: 1/);
  });

  it('what cannot be written as JSON is an error of the cell that shows it', async () => {
    for (const code of [
      `({ [Symbol.for('Jupyter.display')]: () => ({ 'application/json': { n: 10n } }) })`,
      `const ring: any = {}; ring.ring = ring; require('tslab').display.raw('application/json', ring)`,
    ]) {
      const { reply } = await kernel.execute(code);
      assert.deepEqual([reply.status, reply.ename], ['error', 'TypeError'], code);
    }
    assert.equal((await kernel.execute('void 0')).reply.status, 'ok');
  });

  it('the library shows and updates through the host', async () => {
    const first = await kernel.execute(`
      const host = (globalThis as any)[Symbol.for('interleaved.host')];
      host.display({ 'text/plain': '0 of 2' }, { id: 'progress' });
      host.display({ 'text/plain': '1 of 2' }, { id: 'progress', update: true });
      host.display({ 'text/plain': 'other' });`);
    assert.deepEqual(
      first.messages
        .filter(({ header }) => header.msg_type.endsWith('display_data'))
        .map(({ header, content }) => [header.msg_type, content]),
      [
        ['display_data', { data: { 'text/plain': '0 of 2' }, metadata: {}, transient: { display_id: 'progress' } }],
        [
          'update_display_data',
          { data: { 'text/plain': '1 of 2' }, metadata: {}, transient: { display_id: 'progress' } },
        ],
        ['display_data', { data: { 'text/plain': 'other' }, metadata: {}, transient: {} }],
      ],
    );
  });

  it('console.clear() clears the output', async () => {
    assert.deepEqual((await kernel.execute(`console.log('gone'); console.clear()`)).all('clear_output'), [
      { wait: false },
    ]);
  });

  it('cells may begin with an await that could be a call, and with for await', async () => {
    const first = await kernel.execute('await (async () => 7)()');
    assert.deepEqual(first.all('execute_result')[0]?.data, { 'text/plain': '7' });
    const second = await kernel.execute('for await (const x of [1, 2]) console.log(x)');
    assert.equal(second.stream('stdout'), '1\n2\n');
    const third = await kernel.execute('const own = await ([3].map(async (x) => x)[0]); own.toFixed(1)');
    assert.deepEqual(third.all('execute_result')[0]?.data, { 'text/plain': '3.0' });
  });

  it('completion and inspection know the library, its docstrings and names of earlier cells', async () => {
    await kernel.execute(`import { now } from 'interleaved'; const ownName = 1;`);
    const { reply } = await kernel.request('complete_request', { code: 'ownN', cursor_pos: 4 });
    assert.deepEqual([reply.status, reply.matches, reply.cursor_start], ['ok', ['ownName'], 0]);
    const inspection = await kernel.request('inspect_request', { code: 'now()', cursor_pos: 1, detail_level: 0 });
    assert.equal(inspection.reply.found, true);
    assert.match(JSON.stringify(inspection.reply.data), /monotonic clock/);
    // The protocol counts characters, of which an emoji is one.
    const code = `'😀😀'; ownName.toFi`;
    const behind = await kernel.request('complete_request', { code, cursor_pos: [...code].length });
    const { matches, cursor_start, cursor_end } = behind.reply;
    assert.deepEqual([matches, cursor_start, cursor_end], [['toFixed'], 14, 18]);
  });

  it('text is complete, can be completed or never will be', async () => {
    const texts = {
      complete: ['1', '', '// x'],
      incomplete: ['f(', '`a', 'x = `a\nb', '/* a', 'a ='],
      invalid: [')', '"a'],
    };
    for (const [status, codes] of Object.entries(texts)) {
      for (const code of codes) {
        assert.equal((await kernel.request('is_complete_request', { code })).reply.status, status, code);
      }
    }
  });

  it('a silent request shows nothing and counts nothing', async () => {
    const before = (await kernel.execute('void 0')).reply.execution_count as number;
    const silent = await kernel.execute(`console.log('unseen'); 5`, { silent: true, store_history: false });
    assert.deepEqual(
      silent.messages.map(({ header }) => header.msg_type),
      ['status', 'status'],
    );
    assert.equal((await kernel.execute('void 0')).reply.execution_count, before + 1);
  });
});
