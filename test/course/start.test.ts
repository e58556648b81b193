import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../src/course/environment.ts';
import { Command } from './command.ts';

const start = (args: string[], env?: Record<string, string>) =>
  new Command('scripts/run.mjs', ['start', '--no-browser', ...args], root, env);

/** The home of a user who has a kernel of our kernel's name, and settings of Jupyter that would open it to the world. */
function homeWithKernel(): string {
  const home = mkdtempSync(join(tmpdir(), 'course-home-'));
  for (const data of ['.local/share/jupyter', 'Library/Jupyter']) {
    mkdirSync(join(home, data, 'kernels/tslab'), { recursive: true });
    const spec = { argv: ['tslab', 'kernel'], display_name: 'of the user', language: 'typescript' };
    writeFileSync(join(home, data, 'kernels/tslab/kernel.json'), JSON.stringify(spec));
  }
  mkdirSync(join(home, '.jupyter'));
  writeFileSync(
    join(home, '.jupyter/jupyter_server_config.py'),
    "c.ServerApp.ip = '0.0.0.0'\nc.ServerApp.token = ''\n",
  );
  chmodSync(home, 0o555);
  return home;
}

describe('npm start', function () {
  this.timeout(90_000);

  it('opens JupyterLab for this machine and this token alone, on the next port when one is taken, whatever the user has at home', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as { port: number };
    const home = homeWithKernel();
    const command = start(['--port', String(port)], { HOME: home });
    try {
      const [, address = ''] = await command.says(/(http:\/\/127\.0\.0\.1:\d+\/lab\S*)/);
      assert.match(command.output, new RegExp(`Port ${port} is taken, so this is \\d+\\.`));
      const { origin, pathname, searchParams } = new URL(address);
      const get = (path: string) =>
        fetch(`${origin}${path}`, { headers: { Authorization: `token ${searchParams.get('token')}` } });
      assert.equal(pathname, '/lab/tree/notebooks/00-start-here.ipynb', 'it opens the first lesson');
      assert.match(await (await fetch(address)).text(), /JupyterLab/);
      assert.equal((await fetch(`${origin}/api/contents`)).status, 403);
      const specs = (await (await get('/api/kernelspecs')).json()) as {
        kernelspecs: Record<string, { spec: { display_name: string } }>;
      };
      assert.equal(specs.kernelspecs.tslab?.spec.display_name, 'TypeScript');
      const news = await (await get('/lab/api/settings/@jupyterlab/apputils-extension:notification')).json();
      assert.equal(
        (news as { schema: { properties: { fetchNews: { default: string } } } }).schema.properties.fetchNews.default,
        'false',
      );
      for (const { address: other, family } of Object.values(networkInterfaces()).flatMap((all) => all ?? [])) {
        if (family !== 'IPv4' || other === '127.0.0.1') continue;
        await assert.rejects(
          fetch(`http://${other}:${new URL(origin).port}/api/status`),
          'it listens on no other address',
        );
      }
      command.child.kill('SIGTERM');
      assert.equal(await command.ended(), 143, command.output);
      assert.deepEqual(await command.left(), []);
      // JupyterLab asks npm for its settings, and npm keeps a log of that.
      const made = readdirSync(home).filter((name) => !['.local', '.jupyter', 'Library', '.npm'].includes(name));
      assert.deepEqual(made, [], 'nothing is written outside the checkout');
    } finally {
      occupant.close();
      command.child.kill('SIGKILL');
      chmodSync(home, 0o755);
      rmSync(home, { recursive: true, force: true });
    }
  });

  it('ends all that it started on Ctrl-C', async () => {
    const command = new Command('npm', ['start', '--', '--no-browser', '--port', '18888']);
    await command.says(/Ctrl-C ends it/);
    // A terminal sends it to the whole group; npm ends by it, whatever we answer.
    process.kill(-command.child.pid!, 'SIGINT');
    await command.says(/Ending JupyterLab/);
    assert.deepEqual(await command.left(), []);
  });

  it('ends all that it started when npm is killed', async () => {
    const command = new Command('npm', ['start', '--', '--no-browser', '--port', '18888']);
    await command.says(/Ctrl-C ends it/);
    command.child.kill('SIGKILL');
    await command.ended();
    assert.deepEqual(await command.left(), []);
  });

  it('refuses a port that is none', async () => {
    const command = start(['--port', '70000']);
    assert.equal(await command.ended(), 1);
    assert.match(command.output, /--port takes a number from 1 to 65535, not "70000"/);
  });
});
