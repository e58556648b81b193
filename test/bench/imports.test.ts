import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from '../kernel/client.ts';

const bench = join(root, 'bench');
const files = readdirSync(bench, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|mjs)$/.test(name) && !name.includes('node_modules'))
  .map((name) => join(bench, name));

/** What a file takes from files beside it: their paths, and the names that it wants. */
function wants(file: string): { readonly path: string; readonly names: readonly string[] }[] {
  const statements = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\s+(?:type\s+)?(?:\w+,?\s*)?(?:\{([^}]*)\}\s*)?from\s+'(\.[^']+)'/gm,
  );
  return [...statements].map(([, list = '', path]) => ({
    path: join(dirname(file), path!),
    names: namesIn(list).map(([first]) => first!),
  }));
}

/** The names that a file has for others. */
function offers(file: string): Set<string> {
  const code = readFileSync(file, 'utf8');
  const declared = code.matchAll(/^export (?:abstract |async )?(?:function\*?|const|let|class|interface|type) (\w+)/gm);
  const listed = code.matchAll(/^export (?:type )?\{([^}]*)\}/gm);
  return new Set([
    ...[...declared].map(([, name]) => name!),
    ...[...listed].flatMap(([, list]) => namesIn(list!).map((pair) => pair.at(-1)!)),
  ]);
}

/** `a, type b as c` as [a], [b, c]. */
function namesIn(list: string): string[][] {
  const each = list.split(',').map((one) => one.trim().replace(/^type /, ''));
  return each.filter((one) => one !== '').map((one) => one.split(/ as /));
}

describe('the benches', () => {
  it('find in other files what they take from them', () => {
    const missing: string[] = [];
    let found = 0;
    for (const file of files) {
      for (const [, path] of readFileSync(file, 'utf8').matchAll(/new URL\('(\.[^'$]+)', import\.meta\.url\)/g)) {
        if (!existsSync(join(dirname(file), path!))) missing.push(`${relative(root, file)}: no file ${path}`);
      }
      for (const { path, names } of wants(file)) {
        const here = relative(root, file);
        if (!existsSync(path)) missing.push(`${here}: no file ${relative(root, path)}`);
        else if (!path.includes('node_modules')) {
          const offered = offers(path);
          for (const name of names) {
            found += 1;
            if (!offered.has(name)) missing.push(`${here}: no ${name} in ${relative(root, path)}`);
          }
        }
      }
    }
    assert.deepEqual(missing, []);
    assert.ok(found > 50, `only ${found} names were looked at`);
  });
});
