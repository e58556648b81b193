import assert from 'node:assert/strict';
import { inCells } from './in-cells.ts';

describe('functions of real cells', () => {
  const { cell, everywhere } = inCells();

  it('keep the values that they see when a later cell declares a name anew', async () => {
    await cell(
      'const size = 10; class Box { kind = "old"; } const useSize = () => [size, new Box().kind]; function viaHelp() { return helped(); } function helped() { return "old"; }',
    );
    await cell(
      'const size = 20; class Box { kind = "new"; more = 1; } const useNew = () => [size, new Box().kind]; function helped() { return "new"; }',
    );
    assert.deepEqual(await everywhere('useSize'), [10, 'old']);
    assert.deepEqual(await everywhere('useNew'), [20, 'new']);
    assert.equal(await everywhere('viaHelp'), 'old');
    await cell(
      'const size = 30; class Box { kind = "newest"; } class Small extends Box {} const useSmall = () => new Small().kind;',
    );
    await cell(
      'class Box { kind = "last"; } const useLast = () => [new Small().kind, new Box().kind, new Small() instanceof Box];',
    );
    assert.deepEqual(await everywhere('useLast'), ['newest', 'last', false]);
  });

  it('travel once while they stay the same, and anew when what they use changes', async () => {
    const counted = await cell(`
      const config = { factor: 2, deep: { list: [1] } }; let offset = 1;
      const scale = (x: number) => x * config.factor + offset + config.deep.list.length;
      const runs: any[] = [];
      const start = sources('thread');
      const note = async () => { runs.push([await send('thread', scale, 10), sources('thread') - start]); };
      await note(); await note();
      config.factor = 3; await note(); await note();
      config.deep.list.push(5); await note();
      offset = 100; await note(); await note();
      tell(runs);`);
    assert.deepEqual(counted, [
      [22, 1],
      [22, 1],
      [32, 2],
      [32, 2],
      [33, 3],
      [132, 4],
      [132, 4],
    ]);
    const again = await cell(
      'const scale = (x: number) => -x; const at = sources("thread"); const r = await send("thread", scale, 1); tell([r, sources("thread") - at]);',
    );
    assert.deepEqual(again, [-1, 1]);
    const loop = await cell(
      'const at2 = sources("thread"); for (let i = 0; i < 5; i++) await send("thread", (x: number) => x + offset, i); tell(sources("thread") - at2);',
    );
    assert.equal(loop, 1);
  });

  it('change only the copy in the worker, which all functions there share', async () => {
    const told = await cell(`
      let state: any; const cache = new Map<string, number>(); let calls = 0;
      const init = (value: string) => { state = { value }; cache.set(value, 1); };
      const task = () => { calls++; return [state?.value, [...cache.keys()], calls]; };
      await send('thread', init, 'ready');
      const first = await send('thread', task);
      const second = await send('thread', task);
      tell([first, second, state, cache.size, calls]);`);
    assert.deepEqual(told, [['ready', ['ready'], 1], ['ready', ['ready'], 2], undefined, 0, 0]);
  });

  it('see captured variables that share an object share it there', async () => {
    await cell(
      'const STOP = { stop: true }; const queue = [1, STOP]; const unique = Symbol("unique"); const marks = { [unique]: 1, tag: unique }; const isStop = (s: any = unique) => [queue[1] === STOP, marks[s as typeof unique], marks.tag === unique, s === unique];',
    );
    assert.deepEqual(await everywhere('isStop', 'unique'), [true, 1, true, true]);
  });

  it('bring the present values of static fields and of properties put on a function', async () => {
    await cell(
      'class Settings { static level = 1; static list = [1]; static pick = (x: number) => x + Settings.level; } function memo(x: number) { return (memo as any).known[x]; } (memo as any).known = { 1: "one" };',
    );
    await cell(
      'Settings.level = 7; Settings.list.push(2); (memo as any).known[2] = "two"; const readSettings = () => [Settings.level, Settings.list, Settings.pick(1), memo(1), memo(2)];',
    );
    assert.deepEqual(await everywhere('readSettings'), [7, [1, 2], 8, 'one', 'two']);
    await cell('Settings.level = 8; (memo as any).known[2] = "zwei";');
    assert.deepEqual(await everywhere('readSettings'), [8, [1, 2], 9, 'one', 'zwei']);
  });

  it('share memory between threads, by argument and by variable, and refuse it to a process', async () => {
    const told = await cell(`
      const memory = new SharedArrayBuffer(16); const words = new Int32Array(memory); const holder = { words, tail: new Uint8Array(memory, 8) };
      const bump = (other: { words: Int32Array }) => { Atomics.add(words, 0, 1); holder.tail[0]++; other.words[1]++; return other.words.buffer === words.buffer; };
      await send('thread', bump, { words }); await send('thread', bump, holder);
      const swapped = new Int32Array(new SharedArrayBuffer(16)); const big = [words]; const bigBump = () => Atomics.add(big[0], 0, 10);
      await send('thread', bigBump); big[0] = swapped; await send('thread', bigBump);
      let refusal: any; try { await send('process', bump, 1); } catch (e) { refusal = e; }
      let refusal2: any; try { await send('process', (x: any) => 1, { deep: [words] }); } catch (e) { refusal2 = e; }
      tell([[...words], holder.tail[0], swapped[0], refusal.names.includes('words'), refusal2.names, refusal2.message]);`);
    const [words, tail, swapped, isNamed, path, message] = told as unknown[];
    assert.deepEqual([words, tail, swapped, isNamed, path], [[12, 2, 2, 0], 2, 10, true, ['args[0].deep[0]']]);
    assert.match(String(message), /threads/);
  });
});
