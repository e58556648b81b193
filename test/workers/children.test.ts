import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { childOptions, threadOptions } from '../../src/workers/children.ts';

describe('the options a child process inherits', () => {
  it('are all but those of the main script, above all the script itself', () => {
    for (const script of [
      ['-e', 'main()'],
      ['-p', 'main()'],
      ['--eval', 'main()'],
      ['--print=main()'],
      ['--input-type=module', '-e', 'main()'],
      ['--input-type', 'module', '-e', 'main()'],
      ['--inspect=9229'],
      ['--inspect-brk'],
      ['--test', '--watch'],
    ]) {
      assert.deepEqual(childOptions(['--expose-gc', ...script, '--max-old-space-size=64']), [
        '--expose-gc',
        '--max-old-space-size=64',
      ]);
    }
    assert.deepEqual(childOptions([]), []);
  });
});

describe('the options a thread inherits', () => {
  it('are all where none is the main script’s', () => {
    assert.equal(threadOptions([]), undefined);
    assert.equal(threadOptions(['--expose-gc', '--conditions=dev']), undefined);
  });

  it('are else those that Node lets a thread have', () => {
    assert.deepEqual(
      threadOptions([
        '--expose-gc',
        '--input-type=module',
        '--conditions=dev',
        '--stack-size=900',
        '-r',
        'os',
        '-e',
        '1',
      ]),
      ['--conditions=dev', '-r', 'os'],
    );
    assert.deepEqual(threadOptions(['--input-type', 'module', '-e', '1']), []);
  });
});

const home = new URL('../../src/index.ts', import.meta.url).href;

describe('a script given on the command line', () => {
  const script = `
    import { Process, ProcessPoolExecutor, Thread, ThreadPoolExecutor, withExecutor } from '${home}';
    class Paths {
      async join(path = import('node:path')) { return (await path).posix.join('a', typeof (await import('fast-check')).assert); }
    }
    const join = async () => new Paths().join();
    for (const Worker of [Thread, Process]) {
      const worker = new Worker(async () => console.log(await join()));
      worker.start();
      await worker.join();
    }
    for (const Pool of [ThreadPoolExecutor, ProcessPoolExecutor]) {
      await withExecutor(new Pool(1), async (pool) => console.log(await pool.submit(join)));
    }`;
  for (const options of [[], ['--expose-gc', '--stack-size=900'], ['--conditions=dev']]) {
    it(`starts workers that import, and nothing else is printed: node ${options.join(' ')}`, async () => {
      const args = [...options, '--input-type=module', '-e', script];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
      assert.equal(stdout, 'a/function\n'.repeat(4));
      assert.equal(stderr, '');
    });
  }
});
