// Bare undici that does the same work: streams, unpacks, writes under another name, renames.
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Agent, request } from 'undici';

const dispatcher = new Agent();

async function fetchPage(url, folder) {
  const { body, statusCode } = await request(url, { dispatcher, headers: { 'accept-encoding': 'gzip' } });
  if (statusCode !== 200) throw new Error(`status ${statusCode}`);
  const file = `${folder}/${decodeURIComponent(url.slice(url.lastIndexOf('/') + 1))}.html`;
  await pipeline(body, createGunzip(), createWriteStream(`${file}.part`));
  await rename(`${file}.part`, file);
}

const bounded = (limit) => async (links, folder) => {
  const rest = links.values();
  const runner = async () => {
    for (const link of rest) await fetchPage(link, folder);
  };
  await Promise.all(Array.from({ length: Math.min(limit, links.length) }, runner));
};

/** @type {import('./contender.mjs').Ways} */
export const ways = { sequential: bounded(1), sixteen: bounded(16), unbounded: bounded(Number.POSITIVE_INFINITY) };
