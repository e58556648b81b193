import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { displaySymbol } from '../../src/show/display.ts';
import { Timeline } from '../../src/timing/timeline.ts';
import { task, wait, worker } from './story.ts';

/** Two workers, two tasks each; the second worker's last task begins when the first worker's has ended. */
const story = [
  ...worker('thread 2', 100, 130),
  ...worker('thread 10', 100, 120),
  ...task(1, 'thread 2', [100, 130, 160, 162]),
  ...task(2, 'thread 10', [100, 120, 150, 155]),
  ...task(3, 'thread 2', [100, 165, 180, 181]),
  ...task(4, 'thread 10', [100, 180, 200, 200]),
];

describe('a timeline', () => {
  it('has a lane for each worker, main first, numbers in order, whatever the order of events', () => {
    const events = [...story, ...task(5, 'main', [90, 90, 95, 95])].reverse();
    const { lanes, start, end } = new Timeline(events);
    assert.deepEqual(
      lanes.map(({ name, tasks }) => [name, tasks.length]),
      [
        ['main', 1],
        ['thread 2', 2],
        ['thread 10', 2],
      ],
    );
    assert.deepEqual([start, end], [90, 200]);
  });

  it('gives each task its four times', () => {
    const [first] = new Timeline(story).tasks;
    const times = { submitted: 100, started: 130, finished: 160, received: 162 };
    assert.deepEqual(first, { id: 1, name: 't1', lane: 'thread 2', ...times, message: undefined, ok: true });
  });

  it('counts overlap: a run that begins as another ends does not overlap it', () => {
    const timeline = new Timeline(story);
    assert.equal(timeline.maxConcurrency, 2);
    assert.equal(timeline.overlapTime, 150 - 130);
    assert.equal(timeline.overlaps(1, 2), true);
    assert.equal(timeline.overlaps('t3', 't4'), false);
    assert.equal(timeline.overlaps(1, 1), false);
    assert.throws(() => timeline.overlaps(1, 'gcd'), /No task "gcd" was recorded, only: t1, t3, t2, t4\./);
  });

  it('finds whether any two tasks of one name overlapped', () => {
    const same = [...task(1, 'a', [0, 0, 10, 10], { name: 'f' }), ...task(2, 'b', [0, 5, 15, 15], { name: 'f' })];
    assert.equal(new Timeline(same).overlaps('f', 'f'), true);
    const apart = [...task(1, 'a', [0, 0, 5, 5], { name: 'f' }), ...task(2, 'b', [0, 5, 15, 15], { name: 'f' })];
    assert.equal(new Timeline(apart).overlaps('f', 'f'), false);
  });

  it('computes work, speed-up and efficiency', () => {
    const timeline = new Timeline(story);
    assert.equal(timeline.workTime, 30 + 30 + 15 + 20);
    assert.equal(timeline.speedUp, 0.95);
    assert.equal(timeline.workers, 2);
    assert.equal(timeline.efficiency, 0.475);
  });

  it('says when more workers ran at once than there are cores, as their runs are then no measure of work', () => {
    const cores = availableParallelism();
    const crowd = (lanes: number, kind: string) =>
      String(new Timeline(Array.from({ length: lanes }, (_, i) => task(i, `${kind} ${i + 1}`, [0, 0, 10, 10])).flat()));
    assert.match(crowd(cores + 1, 'thread'), new RegExp(`there are cores \\(${cores}\\)`));
    assert.doesNotMatch(crowd(cores + 1, 'task'), /there are cores/);
    if (cores > 1) assert.doesNotMatch(crowd(cores, 'thread'), /there are cores/);
  });

  it('stands for a task that never ended and for one that never began', async () => {
    const timeline = new Timeline([
      ...task(1, 'thread 1', [0, 1]),
      ...task(2, 'thread 1', [0]),
      ...worker('thread 1', 0, 1, 9),
    ]);
    assert.deepEqual([timeline.tasks.length, timeline.maxConcurrency, timeline.workTime], [2, 0, 0]);
    assert.match(String(timeline), /thread 1 │.*█.*│ 1 task/);
    assert.match((await timeline.draw())[displaySymbol]()['text/html']!, /thread 1 ran 1 tasks and was busy 0 %/);
  });

  it('keeps both lives of a lane that was taken twice', () => {
    const [lane] = new Timeline([...worker('thread 1', 0, 5, 10), ...worker('thread 1', 20, 25)]).lanes;
    assert.deepEqual(lane!.lives, [
      { spawned: 0, ready: 5, exited: 10 },
      { spawned: 20, ready: 25, exited: undefined },
    ]);
  });

  it('tells one wait for a lock from the next, also under one id', () => {
    const [lane] = new Timeline([...wait(7, 'thread 1', [0, 5, 6]), ...wait(7, 'thread 1', [8, 9, 10])]).lanes;
    assert.deepEqual(
      lane!.waits.map(({ waiting, acquired, released }) => [waiting, acquired, released]),
      [
        [0, 5, 6],
        [8, 9, 10],
      ],
    );
  });

  it('counts the messages that brought the tasks', () => {
    const together = story.map((event) => (event.kind === 'started' ? { ...event, message: 1 } : event));
    assert.match(String(new Timeline(together)), /4 tasks in 2 messages, 2 at once/);
    assert.doesNotMatch(String(new Timeline(story)), /messages/);
  });

  it('is empty without events, and still shows itself', () => {
    const timeline = new Timeline([]);
    assert.deepEqual([timeline.span, timeline.maxConcurrency, timeline.lanes], [0, 0, []]);
    assert.match(String(timeline), /no task, worker or lock reported anything/);
  });

  it('draws the same facts as picture and text', async () => {
    const bundle = (await new Timeline(story, { dropped: 3 }).draw())[displaySymbol]();
    const text = bundle['text/plain']!;
    const html = bundle['text/html']!;
    assert.match(text, /thread 2 {2}│\/\/\/\/.*│ 2 tasks/);
    assert.match(text, /\/ start-up {3}· queue {3}█ run {3}> reply/);
    assert.match(text, /3 events were dropped/);
    assert.match(
      html,
      /<desc[^>]*>4 tasks, 95\.0 ms of work, 2 at once at most; .*thread 2 ran 2 tasks and was busy 45 %/,
    );
    for (const state of ['start-up', 'queue', 'run', 'reply'])
      assert.match(html, new RegExp(`<text[^>]*>${state}</text>`));
    assert.match(html, /3 events dropped/);
    assert.match(html, /<caption>4 tasks, 2 at once/);
  });

  it('says in a picture and in words that a task failed', async () => {
    const failed = await new Timeline(task(1, 'thread 1', [0, 1, 9, 10], { ok: false })).draw();
    assert.match(String(failed), /1 task, 1 failed/);
    assert.match(failed[displaySymbol]()['text/html']!, /✕/);
  });

  it('stays small with ten thousand tasks, and says so', async () => {
    const many = Array.from({ length: 10_000 }, (_, id) =>
      task(id, `thread ${1 + (id % 4)}`, [0, id, id + 3.5, id + 9]),
    );
    const html = (await new Timeline(many.flat()).draw())[displaySymbol]()['text/html']!;
    assert.ok(html.length < 30_000, `${html.length} characters`);
    assert.match(html, /10,000 tasks drawn as \d+ bars/);
    assert.match(html, /5,000 tasks|2,500/);
  });

  it('draws sixteen lanes and counts the rest', async () => {
    const lanes = Array.from({ length: 40 }, (_, id) => task(id, `task ${id + 1}`, [0, 1, 9, 10])).flat();
    const { 'text/html': html, 'text/plain': text } = (await new Timeline(lanes).draw())[displaySymbol]();
    assert.match(html!, /24 more lanes not drawn/);
    assert.match(text!, /… and 24 more lanes/);
    assert.match(text!, /all 40/);
  });
});

describe('the Chrome trace of a timeline', () => {
  it('has complete events in µs for runs and start-up, pairs for queue and reply, and names the lanes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'interleaved-'));
    try {
      const path = join(folder, 'trace.json');
      await new Timeline([...story, ...wait(9, 'thread 2', [140, 145, 150])]).writeChromeTrace(path);
      const { traceEvents } = JSON.parse(await readFile(path, 'utf8')) as { traceEvents: Record<string, unknown>[] };
      const run = traceEvents.find(({ name }) => name === 't1')!;
      assert.deepEqual([run.ph, run.ts, run.dur, run.tid], ['X', 30_000, 30_000, 1]);
      const names = traceEvents.filter(({ ph }) => ph === 'M').map(({ args }) => (args as { name: string }).name);
      assert.deepEqual(names, ['thread 2', 'thread 10']);
      const count = (name: string, ph: string) =>
        traceEvents.filter((event) => event.name === name && event.ph === ph).length;
      assert.deepEqual(
        [count('queue', 'b'), count('queue', 'e'), count('reply', 'b'), count('reply', 'e')],
        [4, 4, 4, 4],
      );
      assert.deepEqual([count('start-up', 'X'), count('wait: lock', 'X'), count('held: lock', 'X')], [2, 1, 1]);
      for (const { ts, dur } of traceEvents.filter(({ ph }) => ph === 'X'))
        assert.ok(Number(ts) >= 0 && Number(dur) >= 0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
