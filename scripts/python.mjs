// @ts-check
import { spawnSync } from 'node:child_process';
import { SetupError } from './paths.mjs';

const probe = `import sys
print("%d.%d" % sys.version_info[:2])
try:
    import ensurepip, venv
    print("venv")
except ImportError:
    print("")
print(sys.executable)`;

/**
 * A Python of 3.10 or newer that can make a virtual environment.
 * @returns {string} its path
 * @throws {SetupError} which says what was found instead, and how to get one
 */
export function findPython() {
  const found = [];
  for (const name of ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3.14', 'python']) {
    const result = spawnSync(name, ['-c', probe], { encoding: 'utf8' });
    if (result.status !== 0) continue;
    const [version = '', venv, path = name] = result.stdout.split('\n');
    const fits = isNewEnough(version);
    if (fits && venv) return path;
    found.push({ version, fits });
  }
  const without = found.find((python) => python.fits);
  if (without) {
    throw new SetupError(
      `Python ${without.version} has no venv. On Debian and Ubuntu: sudo apt install python3-venv (or python${without.version}-venv).`,
    );
  }
  const how = 'On Debian and Ubuntu: sudo apt install python3 python3-venv; on macOS: brew install python.';
  if (found[0]) throw new SetupError(`Python ${found[0].version} is too old: this needs Python 3.10 or newer. ${how}`);
  throw new SetupError(`No Python was found: this needs Python 3.10 or newer with venv. ${how}`);
}

/** @param {string} version such as `3.11` */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major === 3 && minor >= 10;
}
