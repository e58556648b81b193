import { execFileSync } from 'node:child_process';
import { constants, cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../../src/course/environment.ts';

/** The files of this checkout as git would clone them, uncommitted changes included. */
export function copyCheckout(to: string): void {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const file of String(list)
    .split('\0')
    .filter((name) => name && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(join(root, file), join(to, file));
  }
}

/** Makes a folder a git repository with all that is in it committed. */
export function commitAll(dir: string): void {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: dir, stdio: 'ignore' });
  git('init', '--quiet');
  git('add', '--all');
  git('-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '--quiet', '--message=all', '--no-gpg-sign');
}

/**
 * A second folder of the same files. Hard links would be faster, but a link touches the file that it leads to: the
 * compilers of kernels that run meanwhile watch node_modules, and plain tslab's dies of it.
 */
export function copyTree(from: string, to: string): void {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
}
