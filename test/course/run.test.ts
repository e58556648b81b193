import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { joined } from '../../src/course/notebook.ts';
import { LessonRunner } from '../../src/course/run.ts';
import { startServer } from '../../src/course/server.ts';
import { lesson } from './fixtures.ts';
import { sharedServer } from './shared.ts';

const patient = { timeout: 30_000 };
const detached = `import { spawn } from 'node:child_process';
const sleeper = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });`;

describe('a lesson run on a real server', () => {
  it('holds what its cells showed, counted from 1, under the ids and tags of its author', async () => {
    const { runner } = await sharedServer();
    const given = lesson(
      '01-all',
      '# Title',
      "console.log('one');\nconsole.log('two');",
      '  ',
      ["throw new RangeError('meant')", 'raises-exception'],
      'for (let i = 0; i < 3000; i += 1) console.log(i);',
      '6 * 7',
    );
    given.notebook.cells[1]!.metadata = { execution: { started: 'then' }, tags: ['kept'] };
    delete given.notebook.cells[1]!.id;
    const seen: number[] = [];
    const { notebook, durations, left } = await runner.run(given, { ...patient, onCell: (cell) => seen.push(cell) });
    const [title, print, empty, error, loop, result] = notebook.cells;
    assert.deepEqual(
      notebook.cells.map((cell) => cell.execution_count),
      [undefined, 1, null, 2, 3, 4],
    );
    assert.deepEqual(title, { ...given.notebook.cells[0], metadata: {} });
    assert.deepEqual(print?.outputs, [{ output_type: 'stream', name: 'stdout', text: 'one\ntwo\n' }]);
    assert.deepEqual(print.metadata, { tags: ['kept'] });
    assert.match(print.id ?? '', /^[0-9a-f]{8}$/);
    assert.deepEqual(empty?.outputs, []);
    assert.deepEqual([error?.outputs?.[0]?.ename, error?.outputs?.[0]?.evalue], ['RangeError', 'meant']);
    assert.equal(joined(loop?.outputs?.[0]?.text).split('\n').length, 3001);
    assert.deepEqual(result?.outputs?.[0], {
      output_type: 'execute_result',
      data: { 'text/plain': '42' },
      metadata: {},
      execution_count: 4,
    });
    assert.deepEqual(seen, [0, 1, 2, 3]);
    assert.equal(durations.length, 4);
    assert.deepEqual(left, []);
    assert.deepEqual(notebook.metadata.kernelspec, {
      display_name: 'TypeScript',
      language: 'typescript',
      name: 'tslab',
    });
    assert.equal((notebook.metadata.language_info as { name: string }).name, 'typescript');
    const again = await runner.run(given, patient);
    assert.deepEqual(again.notebook, notebook, 'a second run changes nothing');
  });

  it('stops at a cell that fails, and names lesson, cell and message', async () => {
    const { runner } = await sharedServer();
    const failing = lesson(
      '02-bad',
      "console.log('fine')",
      "const f = () => { throw new TypeError('really bad') };\nf()",
    );
    await assert.rejects(
      runner.run(failing, patient),
      /^CourseError: 02-bad, cell \[2\]: TypeError: really bad\n[\s\S]*const f = /,
    );
    await assert.rejects(
      runner.run(lesson('03-type', 'const n: number = "text"'), patient),
      /03-type, cell \[1\]:[\s\S]*not assignable/,
    );
  });

  it('interrupts a cell that does not end in time', async () => {
    const { runner } = await sharedServer();
    for (const endless of ['for (;;) {}', 'await new Promise(() => {})']) {
      // Its only cell: on a busy machine one before it would not end in that time either.
      const stuck = lesson('04-stuck', '# Stuck', endless);
      await assert.rejects(runner.run(stuck, { timeout: 1500 }), /04-stuck, cell \[1\]: it did not end in 1\.5 s/);
    }
  });

  it('says when the kernel dies', async () => {
    const { runner } = await sharedServer();
    const deadly = lesson('05-dead', "process.kill(process.pid, 'SIGKILL')");
    await assert.rejects(runner.run(deadly, patient), /05-dead, cell \[1\]: the kernel died/);
  });

  it('says when there is no such kernel', async () => {
    const { runner } = await sharedServer();
    await assert.rejects(
      runner.run(lesson('06-none', '1'), { ...patient, kernelName: 'nosuch' }),
      /kernel nosuch did not start/,
    );
  });

  it('leaves no kernel behind', async () => {
    const { server } = await sharedServer();
    // The kernel that was killed has a successor, whose end the server does not wait for.
    for (let round = 0; server.processes().length > 1 && round < 1200; round += 1) await sleep(50);
    assert.deepEqual(server.processes(), [server.pid]);
  });
});

describe('a Jupyter server of ours', () => {
  it('takes even detached children of its kernels along', async () => {
    const server = await startServer({ rootDir: process.cwd() });
    const runner = new LessonRunner(server);
    try {
      const { left } = await runner.run(lesson('01-leaves', detached), patient);
      assert.equal(left.length, 1, 'and tells of them');
    } finally {
      runner.close();
      await server.close();
    }
    assert.deepEqual(server.processes(), []);
    await server.ended;
  });

  it('says in its own words why it does not start', async () => {
    await assert.rejects(
      startServer({ rootDir: process.cwd(), args: ['--ServerApp.jpserver_extensions=nonsense'] }),
      /^CourseError: The Jupyter server did not start: it ended with code 1\.\n[\s\S]*jpserver_extensions/,
    );
    await assert.rejects(startServer({ rootDir: process.cwd(), patience: 1 }), /did not answer in 0\.001 s/);
  });
});
