import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { caches } from '../../scripts/caches.mjs';
import { copyCheckout } from './checkout.ts';
import { Command } from './command.ts';

/** Variables under which nothing can be fetched: the way leads to a port where nobody is. */
export const withoutNetwork: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'].map((name) => [
      name,
      'http://127.0.0.1:9',
    ]),
  ),
  npm_config_proxy: 'http://127.0.0.1:9',
  npm_config_https_proxy: 'http://127.0.0.1:9',
  npm_config_noproxy: '',
  NO_PROXY: '',
  no_proxy: '',
};

let shared: Checkout | undefined;

/** One checkout for all test files that need one that is set up, for which they ask it: that takes half a minute. */
export function sharedCheckout(): Checkout {
  shared ??= new Checkout();
  return shared;
}

after('the shared checkout is removed', () => shared?.remove());

/** A checkout of its own, and the set-up of it. */
export class Checkout {
  /** A folder for this checkout and what else a test makes. */
  readonly parent: string = mkdtempSync(join(tmpdir(), 'course-setup-'));
  path: string = join(this.parent, 'a course 과정');
  /** The variables of its set-up. An active conda environment is none of its business. */
  env: Record<string, string | undefined> = { CONDA_PREFIX: undefined };

  #lockedHome: string | undefined;

  constructor() {
    // What pip had there when it was killed goes with this checkout.
    this.env.TMPDIR = join(this.parent, 'tmp');
    mkdirSync(this.env.TMPDIR);
    copyCheckout(this.path);
  }

  inside(...names: string[]): string {
    return join(this.path, ...names);
  }

  setUp(env: Readonly<Record<string, string>> = {}): Command {
    return new Command('scripts/run.mjs', ['build'], this.path, { ...this.env, ...env });
  }

  /** Sets up, and gives the steps that this took. */
  async made(env?: Readonly<Record<string, string>>): Promise<(string | undefined)[]> {
    const command = this.setUp(env);
    assert.equal(await command.ended(), 0, command.output);
    return [...command.output.matchAll(/^ {2}(.+): [\d.]+ s$/gm)].map(([, step]) => step);
  }

  /**
   * A home in which nothing can be written, not even by root; the caches that set-up then keeps in the checkout are
   * those of this machine, so that nothing need be fetched anew.
   */
  takeHomeAway(): void {
    const home = process.getuid?.() === 0 && existsSync('/sys/kernel') ? '/sys' : join(this.parent, 'home');
    if (home !== '/sys') {
      mkdirSync(home);
      chmodSync(home, 0o555);
      this.#lockedHome = home;
    }
    Object.assign(this.env, { HOME: home, XDG_CACHE_HOME: undefined });
    for (const [name, place] of Object.entries(caches)) {
      this.env[name] = undefined;
      mkdirSync(this.inside('.setup', 'cache'), { recursive: true });
      mkdirSync(place, { recursive: true });
      symlinkSync(place, this.inside('.setup', 'cache', name));
    }
  }

  remove(): void {
    // As root of a namespace, in which the disk is full, set-up has written there all the same.
    if (this.#lockedHome !== undefined) chmodSync(this.#lockedHome, 0o755);
    rmSync(this.parent, { recursive: true, force: true });
  }
}
