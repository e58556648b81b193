import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { pbkdf2 } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { displaySymbol } from '../../src/show/display.ts';
import { tellsOfThreads } from '../../src/timing/cpu-samples.ts';
import { type BoundBy, Diagnosis, diagnose, watch } from '../../src/timing/diagnose.ts';
import { inCell } from '../show/cell.ts';
import { asInOldNode } from './old-node.ts';
import { compute, type Workload, workloads } from './workloads.ts';

describe('diagnose', function () {
  this.timeout(60_000);
  let known: { all: readonly Workload[]; close: () => Promise<void> };
  before(async () => {
    known = await workloads();
  });
  after(() => known.close());

  const named = (name: string): Workload => known.all.find((one) => one.name === name)!;

  /** What is found in the first of six runs that had a core, or is right all the same. */
  async function judged(run: () => Promise<Diagnosis>, verdict: BoundBy): Promise<Diagnosis | undefined> {
    for (let tries = 0; tries < 6; tries += 1) {
      const found = await run();
      if (found.reliable || found.verdict === verdict) return found;
    }
    return undefined;
  }

  for (const name of [
    'image filter',
    'hash mining',
    'data mining',
    'matrix multiplication',
    'API calls, one by one',
    'file reading',
    'a child process computes',
    'a pool computes',
    'sleeping',
    'calls and computing in turns',
    "libuv's pool computes",
    'a thread that sleeps blocked',
    'a slow pipe is read',
  ]) {
    it(`is right about: ${name}`, async function () {
      if (name.includes('child') && !tellsOfThreads()) this.skip();
      const { run, verdict } = named(name);
      const found = await judged(async () => diagnose(name, run), verdict);
      // A machine that had no core for it in six runs says nothing of a wrong verdict.
      if (found === undefined) this.skip();
      assert.equal(found.verdict, verdict, String(found));
    });
  }

  it('counts all that threads did which compute in turn, each for less than a sample', async () => {
    const derive = promisify(pbkdf2);
    const { spent, cpuMs } = await diagnose(async () => {
      // Each on another of libuv's threads.
      for (let n = 0; n < 60; n++) await derive('secret', 'salt', 20_000, 32, 'sha256');
    });
    assert.ok(spent.computing > 0.75 * cpuMs, `${spent.computing} of ${cpuMs}`);
  });

  it('says that a run which mostly had no core tells little', () => {
    const bare = { label: 'f', value: 1, loop: 1, moved: 0, waits: new Map(), bursts: [], start: 0, failed: false };
    const cpu = { main: 10, others: 0, children: 0, system: 0 };
    const crowded = new Diagnosis({ ...bare, ms: 100, cpu, spent: { computing: 40, io: 0, idle: 0, lost: 60 } });
    assert.equal(crowded.reliable, false);
    assert.match(String(crowded), /For 60 % of the time no core was free, so this says little: run it again\./);
    const free = new Diagnosis({ ...bare, ms: 100, cpu, spent: { computing: 90, io: 0, idle: 0, lost: 10 } });
    assert.equal(free.reliable, true);
    assert.doesNotMatch(String(free), /run it again/);
  });

  it('says so as well when that may have been, and would change what it found', () => {
    const bare = { label: 'f', value: 1, loop: 1, moved: 0, waits: new Map(), bursts: [], start: 0, failed: false };
    const cpu = { main: 10, others: 0, children: 0, system: 0 };
    const facts = { ...bare, ms: 270, cpu, spent: { computing: 124, io: 0, idle: 146, lost: 0 } };
    const doubted = new Diagnosis({ ...facts, perhapsLost: 135 });
    assert.equal(doubted.verdict, 'mixed');
    assert.equal(doubted.reliable, false);
    assert.match(String(doubted), /busy with others: for up to 50 % of the time no core may have been free, so this/);
    assert.equal(new Diagnosis({ ...facts, perhapsLost: 50 }).reliable, true);
    assert.equal(new Diagnosis({ ...facts, perhapsLost: 270 }).reliable, false);
  });

  it('says that a short function tells nothing, and why', () => {
    const bare = { label: 'f', value: 1, loop: 1, moved: 0, waits: new Map(), bursts: [], start: 0, failed: false };
    const cpu = { main: 10, others: 0, children: 0, system: 0 };
    const short = new Diagnosis({ ...bare, ms: 49, cpu, spent: { computing: 49, io: 0, idle: 0, lost: 0 } });
    assert.equal(short.reliable, false);
    assert.match(String(short), /It took 49\.0 ms, too little to be seen, .*for 50\.0 ms at least\./);
  });

  it('leaves out what threads and children did before', async () => {
    const before = 600;
    const code = `
      const used = () => { const { user, system } = process.threadCpuUsage(); return user + system; };
      while (used() < ${before * 1000});
      const { parentPort } = require('node:worker_threads');
      if (parentPort) parentPort.postMessage('done'); else process.send('done');
      setInterval(() => {}, 1e6);`;
    const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const thread = new Worker(code, { eval: true });
    try {
      await Promise.all([once(child, 'message'), once(thread, 'message')]);
      const found = await diagnose(() => sleep(100));
      assert.ok(found.cpuMs < before / 2, String(found));
    } finally {
      child.kill();
      await Promise.all([once(child, 'exit'), thread.terminate()]);
    }
  });

  it('is right without what only Linux tells', async function () {
    for (const name of ['matrix multiplication', 'API calls, one by one', 'sleeping']) {
      const { run, verdict } = named(name);
      const found = await judged(async () => new Diagnosis((await watch(name, run, false)).facts), verdict);
      if (found === undefined) this.skip();
      assert.equal(found.verdict, verdict, String(found));
    }
  });

  it('sees a wait for a socket though others that were open before are closed meanwhile', async () => {
    const server = createServer((socket) => setTimeout(() => socket.end('done'), 300)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const idle = createServer().listen(0, '127.0.0.1');
    await once(idle, 'listening');
    const open = Array.from({ length: 4 }, () => connect((idle.address() as AddressInfo).port, '127.0.0.1'));
    try {
      await Promise.all(open.map((socket) => once(socket, 'connect')));
      const { facts } = await watch('one answer', async () => {
        for (const socket of open) socket.destroy();
        await sleep(50);
        const socket = connect(port, '127.0.0.1').resume();
        await once(socket, 'close');
      });
      assert.ok(facts.spent.io > facts.spent.idle, JSON.stringify(facts.spent));
    } finally {
      server.close();
      idle.close();
    }
  });

  it('draws the bursts of both kinds in turn, and prints the evidence', async () => {
    const found = await diagnose('turns', named('calls and computing in turns').run);
    const main = found.bursts.filter(({ lane }) => lane === 'main');
    assert.ok(main.filter(({ kind }) => kind === 'CPU').length >= 3, String(found));
    assert.ok(main.filter(({ kind }) => kind === 'I/O').length >= 3, String(found));
    for (const [at, { from, to }] of main.entries()) {
      assert.ok(from < to);
      if (at > 0) assert.ok(from >= main[at - 1]!.to);
    }
    await found.draw();
    const { 'text/html': html, 'text/plain': text } = found[displaySymbol]();
    assert.match(html!, /<svg[^>]*role="img"[\s\S]*Evidence/);
    assert.match(text!, /^turns is mixed: it computed \d+ % of the time that it had\.\n/);
    assert.match(text!, /main +│[█w ]*█w+█[█w ]*│ \d+ bursts/);
    assert.match(text!, /seen under way +.*TCPSocketWrap/);
  });

  it('accounts for all the time, and gives the value', async () => {
    const found = await diagnose(async () => {
      compute(100);
      await sleep(100);
      return 'done';
    });
    assert.equal(found.value, 'done');
    assert.equal(found.label, 'the function');
    const { computing, io, idle, lost } = found.spent;
    const sum = computing + io + idle + lost;
    assert.ok(sum <= found.ms * 1.1 + 20 && sum >= found.ms * 0.9 - 20, `${sum} of ${found.ms}`);
    assert.ok(found.cpuMs >= 95 && computing >= 80, String(found));
    // On a loaded machine helpers of the engine that wait for a core make idle time look lost, but never like I/O;
    // and the garbage of tests before may take part of the time in which it sleeps.
    assert.ok(idle + lost >= (found.ms - found.cpuMs) / 2 && io <= 20, String(found));
  });

  it('comes to an end when its cell is interrupted and its function ends later', async function () {
    if (!tellsOfThreads()) this.skip();
    await inCell(async (cell) => {
      const diagnosed = diagnose(async () => {
        cell.interrupt();
        await sleep(20);
      });
      await assert.rejects(diagnosed, { name: 'AbortError' });
      assert.equal(cell.ends.size, 0);
    });
  }).timeout(20_000);

  it('throws what the function throws, and refuses what is no function', async () => {
    const error = new Error('mine');
    await assert.rejects(
      diagnose(() => Promise.reject(error)),
      (thrown) => thrown === error,
    );
    await assert.rejects(diagnose(5 as never), /diagnose\(\) needs a function to run, not 5/);
  });

  it('says which Node it takes, before it runs anything', () =>
    asInOldNode(async () => {
      let ran = false;
      const run = () => {
        ran = true;
      };
      const words = { message: `to diagnose a function takes Node 22.19 or newer, and this is ${process.version}` };
      await assert.rejects(diagnose(run), words);
      assert.equal(ran, false);
    }));
});
