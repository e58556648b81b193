import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CourseError, root } from './environment.ts';
import { type JupyterServer, startServer } from './server.ts';
import { parseOptions, runTool, Stopped, stopped } from './stop.ts';

const help = `npm start -- [--port N] [--no-browser]

Opens JupyterLab on the first lesson. It listens on 127.0.0.1 only and asks for a token, which is in the address.
  --port N       the first port to try (8888)
  --no-browser   only print the address`;

const firstLesson = 'notebooks/00-start-here.ipynb';

async function start(args: string[]): Promise<number> {
  const options = read(args);
  if (options.help) {
    console.log(help);
    return 0;
  }
  const asked = stopped();
  asked.catch(() => {});
  console.log('Starting JupyterLab …');
  const page = existsSync(join(root, firstLesson)) ? `/lab/tree/${firstLesson}` : '/lab';
  // Should the wish to stop come while it starts, the server is still ours to end.
  const starting = startServer({
    rootDir: root,
    lab: true,
    port: options.port,
    args: [`--LabApp.default_url=${page}`, ...(options.browser ? [] : ['--no-browser'])],
  });
  let server: JupyterServer | undefined;
  try {
    server = await Promise.race([starting, asked]);
    if (server.port !== options.port) console.log(`Port ${options.port} is taken, so this is ${server.port}.`);
    console.log(`\n  ${new URL(page, server.url)}?token=${server.token}\n\nCtrl-C ends it.`);
    await Promise.race([server.ended, asked]);
    console.error('JupyterLab has ended.');
    return 1;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    console.log('\nEnding JupyterLab and its kernels …');
    // Ctrl-C is the way to end it, so that is no failure.
    return error.code === 130 ? 0 : error.code;
  } finally {
    await (server ?? (await starting.catch(() => undefined)))?.close();
  }
}

function read(args: string[]): { port: number; browser: boolean; help: boolean } {
  const known = { port: { type: 'string' }, 'no-browser': { type: 'boolean' }, help: { type: 'boolean' } } as const;
  const { values } = parseOptions({ args, options: known }, help);
  const text = values.port ?? '8888';
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new CourseError(`--port takes a number from 1 to 65535, not ${JSON.stringify(text)}.`);
  }
  return { port, browser: !values['no-browser'] && canOpenBrowser(), help: values.help ?? false };
}

/** Without a screen, Python would look for a browser in the terminal and spoil it. */
function canOpenBrowser(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME, BROWSER } = process.env;
  return process.platform !== 'linux' || [DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME, BROWSER].some(Boolean);
}

runTool(start);
