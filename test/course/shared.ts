import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { readEnvironment, root } from '../../src/course/environment.ts';
import { LessonRunner } from '../../src/course/run.ts';
import { type JupyterServer, startServer } from '../../src/course/server.ts';

/** The kernel as a user has it who installed plain tslab. */
export const plainKernel = 'tslab-plain';

interface Shared {
  readonly server: JupyterServer;
  readonly runner: LessonRunner;
}

let shared: Promise<Shared> | undefined;
const extra = mkdtempSync(join(tmpdir(), 'course-kernels-'));

/** One server for all test files that run lessons: to start it takes longer than most lessons. */
export function sharedServer(): Promise<Shared> {
  shared ??= begin();
  return shared;
}

async function begin(): Promise<Shared> {
  const { node, variables } = readEnvironment();
  const spec = join(extra, 'kernels', plainKernel);
  mkdirSync(spec, { recursive: true });
  const argv = [node, join(root, 'node_modules', 'tslab', 'bin', 'tslab'), 'kernel', '--config-path={connection_file}'];
  writeFileSync(
    join(spec, 'kernel.json'),
    JSON.stringify({ argv, display_name: 'TypeScript', language: 'typescript' }),
  );
  const server = await startServer({
    rootDir: join(root, 'notebooks'),
    variables: { JUPYTER_PATH: [variables.JUPYTER_PATH, extra].join(delimiter) },
  });
  return { server, runner: new LessonRunner(server) };
}

after('the shared server ends, and all that it started', async function () {
  this.timeout(30_000);
  rmSync(extra, { recursive: true, force: true });
  const { server, runner } = (await shared) ?? {};
  runner?.close();
  await server?.close();
  if (server && server.processes().length > 0) throw new Error(`processes are left: ${server.processes()}`);
});
