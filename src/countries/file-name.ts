import { createHash } from 'node:crypto';

/** Bytes of a name that a file system takes are 255; the rest is for the hash and `.html`. */
const mostBytes = 200;
/** What no name may hold on some file system, and what a shell or a listing would stumble over. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}/\\:*?"<>|]/gu;
/** Names of devices on Windows. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * The name of the file for an address: `<last path part>.html`, decoded, so that `/wiki/C%C3%B4te_d%27Ivoire` becomes
 * `Côte_d'Ivoire.html`. Whatever the address says, it is one safe name inside its folder; where the address had to be
 * changed for that (too long, path tricks, a query), a hash of it is added, so that two addresses of a folder still
 * have two names. It follows from the address alone: the same on every engine and in every run.
 *
 * @example
 * const html = await readFile(join(folder, fileName(link)), 'utf8');
 */
export function fileName(address: string): string {
  const url = new URL(address);
  url.hash = '';
  const last = url.pathname.split('/').findLast((part) => part !== '') ?? '';
  const decoded = decode(last);
  let name = (decoded ?? last)
    .normalize('NFC')
    .replace(unsafe, '_')
    .replace(/^[.~\s]+|[.\s]+$/gu, '_');
  if (devices.test(name)) name = `_${name}`;
  name = clip(name);
  const exact = decoded !== undefined && name === decoded.normalize('NFC') && url.search === '';
  if (last === '' && url.search === '') return 'index.html';
  return `${name}${exact ? '' : hashOf(url.href)}.html`;
}

/**
 * A name for each address, no two of them alike, also where `A` and `a` are the same file: those that would be, such as
 * `/europe/Georgia` and `/america/Georgia`, have a hash added. The order of the addresses does not matter.
 */
export function fileNames(addresses: Iterable<string>): Map<string, string> {
  const names = new Map([...addresses].map((address) => [address, fileName(address)]));
  const count = new Map<string, number>();
  const folded = (name: string): string => name.normalize('NFKC').toLowerCase();
  for (const name of names.values()) count.set(folded(name), (count.get(folded(name)) ?? 0) + 1);
  for (const [address, name] of names) {
    if (count.get(folded(name))! > 1) names.set(address, `${name.slice(0, -'.html'.length)}${hashOf(address)}.html`);
  }
  return names;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function clip(name: string): string {
  if (Buffer.byteLength(name) <= mostBytes) return name;
  let bytes = 0;
  let kept = '';
  for (const sign of name) {
    bytes += Buffer.byteLength(sign);
    if (bytes > mostBytes) break;
    kept += sign;
  }
  return kept;
}

function hashOf(address: string): string {
  return `~${createHash('sha256').update(address).digest('hex').slice(0, 12)}`;
}
