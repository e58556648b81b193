// Node's fetch with p-limit.
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';

async function fetchPage(url, folder) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`status ${response.status}`);
  const file = `${folder}/${decodeURIComponent(url.slice(url.lastIndexOf('/') + 1))}.html`;
  await pipeline(Readable.fromWeb(response.body), createWriteStream(`${file}.part`));
  await rename(`${file}.part`, file);
}

const bounded = (count) => (links, folder) => {
  const limit = pLimit(count);
  return Promise.all(links.map((link) => limit(() => fetchPage(link, folder))));
};

/** @type {import('./contender.mjs').Ways} */
export const ways = { sequential: bounded(1), sixteen: bounded(16), unbounded: bounded(Number.POSITIVE_INFINITY) };
