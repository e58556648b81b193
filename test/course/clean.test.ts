import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../../src/course/environment.ts';
import { commitAll } from './checkout.ts';

describe('npm run clean', () => {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'course-clean-')));
  const checkout = join(parent, 'a course 과정');
  const write = (path: string, text = 'x') => {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    writeFileSync(join(checkout, path), text);
  };
  const clean = (...args: string[]) => {
    const result = spawnSync(process.execPath, [join(checkout, 'scripts/clean.mjs'), ...args], { encoding: 'utf8' });
    return { code: result.status, said: result.stdout + result.stderr };
  };
  const status = () =>
    execFileSync('git', ['status', '--ignored', '--short', '--untracked-files=all'], { cwd: checkout }).toString();

  /** What git ignores, each line of .gitignore with something in it. */
  const made = [
    '.venv/bin/python',
    '.venv/.interleaved',
    '.setup/trusted',
    '.setup-old/x',
    'node_modules/a/index.js',
    'bench/node_modules/b/index.js',
    'dist/index.js',
    'site/index.html',
    '.progress.jsonl',
    'notebooks/.ipynb_checkpoints/00-checkpoint.ipynb',
    'bench/deep/__pycache__/a.pyc',
  ];
  const makeAll = () => {
    for (const path of made) write(path);
  };

  before(() => {
    for (const path of ['scripts', '.gitignore', 'package.json']) {
      cpSync(join(root, path), join(checkout, path), { recursive: true });
    }
    write('notebooks/00-start.ipynb', '{}');
    commitAll(checkout);
  });
  after(() => rmSync(parent, { recursive: true, force: true }));

  it('takes away all that .gitignore names', () => {
    assert.equal(status(), '');
    makeAll();
    const patterns = readFileSync(join(checkout, '.gitignore'), 'utf8').trim().split('\n');
    for (const pattern of patterns) {
      const parts = pattern.replace('*', '').split('/').filter(Boolean);
      assert.ok(
        made.some((path) => parts.every((part) => path.includes(part))),
        `nothing here for ${pattern}`,
      );
    }
    const { code, said } = clean();
    assert.equal(code, 0, said);
    assert.equal(status(), '');
    assert.match(clean().said, /^There is nothing to take away\.\n$/);
  });

  it("leaves the reader's files and changes, even those in the way of its names", () => {
    write('notebooks/00-start.ipynb', '{"changed": true}');
    write('notebooks/my notes.ipynb');
    write('mine/__pycache__/kept.pyc');
    write('notebooks/another repository/.git/HEAD');
    write('notebooks/another repository/__pycache__/kept.pyc');
    mkdirSync(join(parent, 'outside'));
    writeFileSync(join(parent, 'outside/kept'), '');
    symlinkSync(join(parent, 'outside'), join(checkout, 'site'));
    symlinkSync(join(parent, 'outside'), join(checkout, 'bench-link'));
    for (const path of made.filter((path) => !/^(?:site|\.venv)\//.test(path))) write(path);
    write('.venv/pyvenv.cfg', 'of the reader');
    assert.equal(clean().code, 0);
    assert.deepEqual(readdirSync(join(parent, 'outside')), ['kept'], 'a link goes, not what it leads to');
    assert.ok(!existsSync(join(checkout, 'site')));
    const kept = status()
      .split('\n')
      .filter((line) => line && !line.includes('another repository'))
      .sort();
    assert.deepEqual(kept, [
      ' M notebooks/00-start.ipynb',
      '!! .venv/pyvenv.cfg',
      '!! mine/__pycache__/kept.pyc',
      '?? "notebooks/my notes.ipynb"',
      '?? bench-link',
    ]);
    assert.ok(existsSync(join(checkout, 'notebooks/another repository/__pycache__/kept.pyc')));
  });

  it('says what would go, and keeps the record of the exercises when asked', () => {
    makeAll();
    const before = status();
    assert.match(clean('--dry-run').said, /^would go: \.venv\n[\s\S]*would go: \.setup\n$/);
    assert.equal(status(), before);
    assert.equal(clean('--keep-progress').code, 0);
    assert.ok(existsSync(join(checkout, '.progress.jsonl')));
    assert.ok(!existsSync(join(checkout, '.venv')));
    assert.equal(clean('--all').code, 2);
  });

  it('refuses while the course runs from the folder', async () => {
    makeAll();
    write('src/course/start.mjs', 'setInterval(() => {}, 1000)');
    const course = spawn(process.execPath, [join(checkout, 'src/course/start.mjs')], { stdio: 'ignore' });
    try {
      const { code, said } = clean();
      assert.equal(code, 1);
      assert.match(said, new RegExp(`^The course runs from this folder \\(process ${course.pid}\\): end it first`));
      assert.ok(existsSync(join(checkout, '.venv/bin/python')));
    } finally {
      course.kill('SIGKILL');
      await once(course, 'exit');
    }
  });

  it('does not refuse because of the npm that runs it, be it of the very environment', () => {
    makeAll();
    const node = join(checkout, '.venv/bin/node');
    symlinkSync(process.execPath, node);
    const script = "require('node:child_process').execFileSync('node', [process.argv[1]], { stdio: 'inherit' })";
    const result = spawnSync(node, ['-e', script, join(checkout, 'scripts/clean.mjs')], { encoding: 'utf8' });
    assert.equal(result.status, 0, result.stderr);
    assert.ok(!existsSync(join(checkout, '.venv')));
  });

  it('refuses while somebody sets up, but not for ever after a set-up that was killed', () => {
    makeAll();
    const script = `import(process.argv[1]).then(({ withLock }) => withLock(async () => {
      const { execFileSync } = await import('node:child_process');
      try { execFileSync(process.execPath, [process.argv[2]], { encoding: 'utf8', stdio: 'pipe' }); }
      catch (error) { console.log(error.status, error.stderr); }
      process.kill(process.pid, 'SIGKILL');
    }, console.log))`;
    const paths = ['scripts/lock.mjs', 'scripts/clean.mjs'].map((path) => join(checkout, path));
    const { stdout } = spawnSync(process.execPath, ['-e', script, ...paths], { encoding: 'utf8' });
    assert.match(stdout, /^1 A set-up is at work here \(process \d+\): wait until it has ended\.\n/);
    assert.ok(existsSync(join(checkout, '.setup/lock')));
    const { code, said } = clean();
    assert.equal(code, 0, said);
    assert.ok(!existsSync(join(checkout, '.setup')));
  });
  it('does not take a set-up that was killed for one at work because nobody has asked for its end', async function () {
    if (process.platform !== 'linux') this.skip();
    makeAll();
    const script = `import(process.argv[1]).then(({ withLock }) =>
      withLock(async () => process.kill(process.pid, 'SIGKILL'), console.log))`;
    // `sleep` becomes its parent, and asks for nobody.
    const parent = ['-c', '"$0" "$@" & exec sleep 983', process.execPath, '-e', script];
    const keeper = spawn('/bin/sh', [...parent, join(checkout, 'scripts/lock.mjs')], { stdio: 'ignore' });
    try {
      const lock = join(checkout, '.setup/lock');
      const isZombie = () => {
        const { pid } = JSON.parse(readFileSync(lock, 'utf8') || '{}') as { pid?: number };
        return pid !== undefined && / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
      };
      while (!existsSync(lock) || !isZombie()) await new Promise((resolve) => setTimeout(resolve, 10));
      const { code, said } = clean();
      assert.equal(code, 0, said);
    } finally {
      keeper.kill('SIGKILL');
    }
  });
});
