import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../', import.meta.url);

/** Ms that fetching may take. */
const patience = 120_000;

/**
 * Puts the peers of `bench/package.json` into `bench/node_modules`, unless they are there.
 *
 * @returns why they could not be had, if so: a bench then goes on without them
 */
export function fetchPeers(): string | undefined {
  const { dependencies }: { dependencies: Record<string, string> } = readJson('package.json');
  const isThere = ([name, version]: [string, string]): boolean => {
    try {
      return readJson(`node_modules/${name}/package.json`).version === version;
    } catch {
      return false;
    }
  };
  if (Object.entries(dependencies).every(isThere)) return undefined;
  const options = ['--prefer-offline', '--fetch-retries=0', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { error, status, stderr } = spawnSync('npm', ['ci', '--prefix', fileURLToPath(folder), ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: patience,
    killSignal: 'SIGKILL',
  });
  if (status === 0) return undefined;
  return error?.message ?? stderr.match(/^npm error (?!code|errno|syscall).*/m)?.[0] ?? `npm ended with ${status}`;
}

function readJson(path: string) {
  return JSON.parse(readFileSync(new URL(path, folder), 'utf8'));
}
