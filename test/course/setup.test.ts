import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from './command.ts';
import { sharedCheckout } from './own-checkout.ts';

describe('set-up from nothing', function () {
  this.timeout(240_000);
  const checkout = sharedCheckout();
  const there = (...names: string[]) => existsSync(checkout.inside(...names));
  const commands: Command[] = [];

  /** The process groups of the lock; undefined while there is none, or it is being written. */
  const groupsAtWork = () => {
    try {
      return (JSON.parse(readFileSync(checkout.inside('.setup/lock'), 'utf8')) as { groups: { pid: number }[] }).groups;
    } catch {
      return undefined;
    }
  };

  /** Kills set-up as soon as something is there; its tools as well, as when the power fails, or not. */
  const killWhen = async (isThere: () => boolean, { tools }: { tools: boolean }, tries = 3): Promise<string> => {
    const command = checkout.setUp();
    commands.push(command);
    let groups = groupsAtWork();
    // It may be there from before: then this set-up may still be taking the lock over.
    while (!(isThere() && groups) && command.child.exitCode === null) {
      await sleep(3);
      groups = groupsAtWork();
    }
    command.child.kill('SIGKILL');
    for (const { pid } of (tools && groups) || []) {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
    const end = await command.ended();
    // A network that failed once; that set-up goes on from any state is what the next test asks.
    if (typeof end === 'number' && end !== 0 && tries > 1) {
      console.log(`set-up failed by itself, and is tried again:\n${command.output}`);
      return killWhen(isThere, { tools }, tries - 1);
    }
    assert.equal(end, 'SIGKILL', command.output);
    return command.output;
  };

  const packages = () => {
    const lib = checkout.inside('.venv/lib');
    const [python] = existsSync(lib) ? readdirSync(lib).filter((name) => name.startsWith('python')) : [];
    const site = join(lib, python ?? '', 'site-packages');
    return python && existsSync(site) ? readdirSync(site) : [];
  };

  it("keeps a reader's own .venv, and needs no home that it can write to", async () => {
    checkout.takeHomeAway();
    mkdirSync(checkout.inside('.venv'));
    writeFileSync(checkout.inside('.venv/mine'), 'precious');
    const said = await killWhen(() => there('.venv/pyvenv.cfg'), { tools: true });
    assert.match(said, /^The \.venv that was here is not the course's: it is .*\.venv\.other now\.$/m);
    assert.equal(readFileSync(checkout.inside('.venv.other/mine'), 'utf8'), 'precious');
  });

  it('is killed while packages arrive, while the library is built, and while notebooks are signed', async () => {
    await killWhen(() => packages().some((name) => /^(?!_|pip|setuptools|distutils|uv)/.test(name)), { tools: true });
    await killWhen(() => there('node_modules'), { tools: false });
    await killWhen(() => there('.setup/dist'), { tools: true });
    await killWhen(() => there('.setup/jupyter/data/nbsignatures.db'), { tools: false });
    // And one that died before it had said who it was.
    writeFileSync(checkout.inside('.setup/lock'), '');
    utimesSync(checkout.inside('.setup/lock'), 0, 0);
  });

  it('makes all that the tools need, though the path has blanks and Korean letters', async () => {
    assert.ok((await checkout.made()).includes('trust in the notebooks'));
    for (const command of commands) assert.deepEqual(await command.left(), [], 'what went on without it was ended');
    assert.ok(!there('.venv.other-2'), 'what it had half made was known as its own');
    const spec = JSON.parse(readFileSync(checkout.inside('.venv/share/jupyter/kernels/tslab/kernel.json'), 'utf8'));
    assert.deepEqual(spec.argv.slice(1), [checkout.inside('dist/kernel/main.js'), '--config-path={connection_file}']);
    assert.equal(spec.interrupt_mode, 'message');
    const said = execFileSync(spec.argv[0], ['-p', '[process.execPath, process.versions.node].join()'], {
      encoding: 'utf8',
    });
    assert.equal(said.trim(), `${spec.argv[0]},24.19.0`, 'the real binary, not a launcher');
    const list = checkout.inside('environment/requirements.txt');
    const sync = ['pip', 'sync', '--dry-run', '--offline', '--python', checkout.inside('.venv/bin/python'), list];
    const { stderr } = spawnSync(checkout.inside('.venv/bin/uv'), sync, { encoding: 'utf8' });
    assert.match(stderr, /Would make no changes/);
    const library = `import(${JSON.stringify(checkout.inside('dist/index.js'))}).then((all) => console.log(typeof all.ThreadPoolExecutor))`;
    assert.equal(execFileSync(spec.argv[0], ['-e', library], { encoding: 'utf8' }).trim(), 'function');
    assert.ok(there('dist/index.d.ts'));
  });

  it('does nothing when all is there', async () => {
    const command = checkout.setUp();
    assert.equal(await command.ended(), 0);
    assert.equal(command.output, '');
  });

  it('does again only what a change calls for', async () => {
    appendFileSync(checkout.inside('src/index.ts'), '\n// changed\n');
    assert.deepEqual(await checkout.made(), ['the library and the kernel']);
    writeFileSync(
      checkout.inside('notebooks/99-new.ipynb'),
      '{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}',
    );
    assert.deepEqual(await checkout.made(), ['trust in the notebooks']);
    rmSync(checkout.inside('.venv/share/jupyter/kernels/tslab/kernel.json'));
    assert.deepEqual(await checkout.made(), ['the kernel in JupyterLab']);
  });

  it('waits for another set-up instead of doing the same beside it', async () => {
    rmSync(checkout.inside('dist/.interleaved-stamp'));
    const both = [checkout.setUp(), checkout.setUp()];
    assert.deepEqual(await Promise.all(both.map((command) => command.ended())), [0, 0]);
    const said = both.map(({ output }) => output).join('');
    assert.equal(said.match(/the library and the kernel: /g)?.length, 1, said);
    assert.match(said, /Another set-up is at work here \(process \d+\); waiting for it/);
  });
});
